"""Gifts: the card, the recipient's own page, and nothing with a price on it."""

import re

import pytest
from django.utils import timezone

from core.models import Outbox
from presale.models import Campaign, Gift, PreOrder
from tests import cast
from tests.presale import house
from tests.presale.house import DAY

pytestmark = pytest.mark.django_db
CARD = {"giver": "Uncle Jo", "message": "For the wind.", "recipient_email": "kim@example.com"}
THERE = {"name": "Kim", "address1": "2 New Road", "city": "Bath", "postcode": "BA1 1AA"}
THERE |= {"country": "GB"}


@pytest.fixture
def order(sound) -> PreOrder:
    zones = [("Far", ["NZ"], 1500)]
    return house.deposited(house.opened(zones=zones, minimum=1, production_minimum=1))


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def wrapped(client, order: PreOrder) -> Gift:
    assert client.post(f"/orders/{order.code}/gift/", CARD).status_code == 302
    return Gift.objects.get(order=order)


def test_an_order_becomes_a_gift_by_its_link_alone_and_is_none_again(client, order):
    gift = wrapped(client, order)
    page = client.get(f"/orders/{order.code}/gift/").content.decode()
    assert f"/gift/{gift.code}/" in page and "Uncle Jo" in page
    client.post(f"/orders/{order.code}/gift/not/")
    assert not Gift.objects.exists() and client.get(f"/gift/{gift.code}/").status_code == 404


@pytest.mark.parametrize("wrong", [{"giver": ""}, {"recipient_email": "x"}, {"message": "x" * 501}])
def test_a_card_that_cannot_be_is_refused(client, order, wrong):
    assert client.post(f"/orders/{order.code}/gift/", {**CARD, **wrong}).status_code == 422
    assert not Gift.objects.exists()


def test_the_recipients_page_has_no_price_no_order_and_no_address(client, order):
    page = client.get(f"/gift/{wrapped(client, order).code}/")
    words = text_of(page)
    assert "A gift from Uncle Jo" in words and "For the wind." in words
    assert "¥" not in words and order.number not in words
    for secret in (order.code, order.email, order.address1, order.city):
        assert secret not in page.content.decode()


def test_the_recipient_enters_the_address_but_not_where_shipping_differs(client, order):
    url = f"/gift/{wrapped(client, order).code}/"
    far = {**THERE, "city": "Wellington", "postcode": "6011", "country": "NZ"}
    answer = client.post(url, {**far, "shipping_seen": "1500"})
    assert answer.status_code == 422 and "¥" not in text_of(answer)
    assert client.post(url, {**THERE, "address1": ""}).status_code == 422
    order.refresh_from_db()
    assert (order.city, order.shipping_minor) == ("Leeds", 0)
    assert "Thank you" in text_of(client.post(url, THERE))
    order.refresh_from_db()
    assert (order.name, order.city) == ("Kim", "Bath")
    assert Gift.objects.get().addressed_at is not None


def test_after_the_address_lock_neither_card_nor_address_changes(client, order):
    gift, at = wrapped(client, order), timezone.now() - DAY
    Campaign.objects.filter(pk=order.campaign_id).update(address_locks_at=at)
    client.post(f"/orders/{order.code}/gift/", {**CARD, "giver": "Nobody"})
    client.post(f"/orders/{order.code}/gift/not/")
    assert client.post(f"/gift/{gift.code}/", THERE).status_code == 409
    order.refresh_from_db()
    assert (Gift.objects.get().giver, order.city) == ("Uncle Jo", "Leeds")


def test_the_giver_is_greeted_and_the_recipient_hears_once_without_a_price(client, sign_in, order):
    wrapped(client, order)
    client.post(f"/gift/{Gift.objects.get().code}/", THERE)
    house.counted(order.campaign)
    order.refresh_from_db()
    house.pay(order)
    house.ticks.run_all(timezone.now())
    url = f"/m/{order.campaign.brand.slug}/campaigns/{order.campaign_id}/"
    mei = sign_in(cast.person("Mei"))
    sheet = mei.get(f"{url}parcels.csv").content.decode()
    assert "Uncle Jo" in sheet and "For the wind." in sheet and "Bath" in sheet
    assert "329" not in sheet and order.email not in sheet
    sent = {"number": order.number, "carrier": "SF", "tracking": "SF1"}
    assert mei.post(f"{url}shipments/", sent).status_code == 302
    mail = Outbox.objects.get(to="kim@example.com")
    assert "SF SF1" in mail.text and "Uncle Jo" in mail.text
    assert "¥" not in mail.text and order.code not in mail.text
    mails = Outbox.objects.filter(to=order.email)
    assert all("Hello Kim" not in one.text for one in mails)
    assert "Hello Uncle Jo," in mails.filter(key__endswith=":shipped").get().text


def test_others_do_not_see_what_is_printed_for_parcels(sign_in, order):
    url = f"/m/{order.campaign.brand.slug}/campaigns/{order.campaign_id}/parcels.csv"
    assert sign_in(cast.person("Omar")).get(url).status_code == 403
