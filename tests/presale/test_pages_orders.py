"""A person's orders through HTTP: the order page, paying, changing, cancelling, mailed links."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from core.models import Outbox
from fans.models import Voter
from presale import ticks
from presale.models import BankIntent, Campaign, PreOrder, RefundObligation, Variant
from presale.paylinks import pay_link
from tests import cast
from tests.presale import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(sound):
    return house.deposited(house.opened())


def page_of(client, order: PreOrder) -> str:
    return client.get(f"/orders/{order.code}/").content.decode()


def text_of(page: str) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def due(minimum: int = 1) -> PreOrder:
    """An order whose balance is due."""
    order = house.deposited(house.opened(minimum=minimum, production_minimum=1))
    house.counted(order.campaign)
    order.refresh_from_db()
    assert order.state == "balance-due"
    return order


def path_of(url: str) -> str:
    return url[url.index("/", 8) :]


def test_the_code_opens_the_order_without_an_account(client, order):
    page = text_of(page_of(client, order))
    assert order.number in page and "Deposit paid" in page and "1 × ¥329 Blue · price now" in page
    assert "Later, at most ¥279" in page and "1 Mill Lane" in page


def test_a_wrong_code_opens_nothing(client, order):
    assert client.get(f"/orders/{order.code[:-1]}x/").status_code == 404
    assert client.post("/orders/nothing/cancel/").status_code == 404


def test_the_price_on_the_order_falls_with_the_ladder(client, order):
    house.deposited(order.campaign, "Kenji", quantity=2)
    page = text_of(page_of(client, order))
    assert "1 × ¥289 Blue · price now, ¥329 when you ordered" in page


def test_the_consent_to_charge_the_card_can_be_taken_back_on_the_page(client, sound):
    order = house.deposited(house.opened(), auto_charge=True)
    button = "Do not charge my card by itself"
    assert button in page_of(client, order)
    answer = client.post(f"/orders/{order.code}/stop-charge/", follow=True).content.decode()
    assert "Your card will not be charged by itself." in answer and button not in answer
    order.refresh_from_db()
    assert not order.auto_charge
    assert button not in page_of(client, house.deposited(order.campaign, "Kenji"))
    assert client.get(f"/orders/{order.code}/stop-charge/").status_code == 405


def test_every_movement_of_the_money_is_told_from_the_books(client, order):
    client.post(f"/orders/{order.code}/cancel/")
    house.hear()
    ticks.run_all(timezone.now())
    page = text_of(page_of(client, order))
    assert re.search(r"Deposit paid .*¥50 .*Refund promised.*¥50 .*Refund sent.*¥50", page)
    assert "Paid and not given back ¥0" in page


def test_cancelling_says_first_what_comes_back(client, order):
    page = client.get(f"/orders/{order.code}/cancel/").content.decode()
    assert "Cancel and get ¥50 back" in page
    client.post(f"/orders/{order.code}/cancel/")
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert RefundObligation.objects.get().amount_minor == 5_000


def test_cancelling_after_the_close_is_refused_and_changes_nothing(client):
    order = due()
    for send in (client.get, client.post):
        assert send(f"/orders/{order.code}/cancel/").status_code == 409
    order.refresh_from_db()
    assert order.state == "balance-due" and not RefundObligation.objects.exists()


def test_another_variant_of_the_same_price_is_taken(client, order):
    grey, blue = house.variant(order.campaign, "G"), house.variant(order.campaign, "B")
    answer = client.post(f"/orders/{order.code}/variant/", {"line": blue.pk, "to": grey.pk})
    assert answer.status_code == 302 and order.lines.get().variant == grey
    grey.refresh_from_db()
    assert grey.taken == 1


def test_a_dearer_or_foreign_variant_is_refused(client, order):
    blue, sand = house.variant(order.campaign, "B"), house.variant(order.campaign, "S")
    foreign = Variant.objects.create(campaign=house.draft(), label="X", sku="X")
    for to in (sand.pk, foreign.pk, "x", ""):
        answer = client.post(f"/orders/{order.code}/variant/", {"line": blue.pk, "to": to})
        assert answer.status_code == 422 and order.lines.get().variant == blue


def test_a_variant_cannot_be_changed_after_the_close(client):
    order = due()
    blue, grey = house.variant(order.campaign, "B"), house.variant(order.campaign, "G")
    answer = client.post(f"/orders/{order.code}/variant/", {"line": blue.pk, "to": grey.pk})
    assert answer.status_code == 409 and order.lines.get().variant == blue


def test_the_address_can_be_changed_until_the_parcel_is_sent(client, order):
    form = {"name": "Ada", "address1": "2 New Road", "city": "Bath", "postcode": "BA1 1AA"}
    form["country"] = "GB"
    assert client.post(f"/orders/{order.code}/address/", form).status_code == 302
    order.refresh_from_db()
    assert (order.address1, order.city) == ("2 New Road", "Bath")
    answer = client.post(f"/orders/{order.code}/address/", {**form, "address1": ""})
    assert answer.status_code == 422
    order.refresh_from_db()
    assert order.address1 == "2 New Road"


def test_the_balance_is_paid_from_the_order_page(client, sound):
    order = due()
    assert "Pay ¥279" in page_of(client, order)
    answer = client.post(f"/orders/{order.code}/pay/")
    assert answer.status_code == 303
    client.post(path_of(answer.url), {"decision": "pay"})
    client.get(f"/orders/{order.code}/?from=bank", follow=True)
    order.refresh_from_db()
    assert order.state == "paid"
    assert "Balance paid" in page_of(client, order)


def test_paying_in_two_tabs_pays_once(client, sound):
    order = due()
    first = client.post(f"/orders/{order.code}/pay/").url
    second = client.post(f"/orders/{order.code}/pay/").url
    client.post(path_of(first), {"decision": "pay"})
    client.post(path_of(second), {"decision": "pay"})
    client.get(f"/orders/{order.code}/return/")
    again = client.post(f"/orders/{order.code}/pay/", follow=True)
    assert "already paid" in again.content.decode()
    assert BankIntent.objects.filter(status="paid").count() == 2  # deposit and balance


def test_the_mailed_link_opens_one_payment(client, sound):
    order = due()
    mail = Outbox.objects.filter(key__contains="balance").latest("pk").text
    # The signature holds the second of its making, so the mail's own link is the one to follow.
    link = re.search(r"/pay/\S+", mail)[0]
    assert "Pay ¥279" in client.get(link).content.decode()
    bank = client.post(link).url
    client.post(path_of(bank), {"decision": "pay"})
    client.get(f"/orders/{order.code}/return/")
    page = client.get(link).content.decode()
    assert "Already paid" in page and "Receipt" in page
    assert "Already paid" in client.post(link).content.decode()


def test_an_expired_link_offers_a_new_one_by_mail(client):
    order = due()
    link = path_of(pay_link(order.obligations.get(kind="balance")))
    before = Outbox.objects.count()
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, seconds=1)):
        answer = client.get(link)
        assert answer.status_code == 410 and "has expired" in answer.content.decode()
        assert client.post(link).status_code == 410
        assert "Look into your mail" in client.post(f"{link}new/").content.decode()
        client.post(f"{link}new/")
        mail = Outbox.objects.latest("pk")
        assert client.get(path_of(re.search(r"http\S+", mail.text)[0])).status_code == 200
    assert mail.to == order.email and Outbox.objects.count() == before + 1


@pytest.mark.parametrize("token", ["x", "1:abc:def", "MQ:1tttt:AAAA"])
def test_a_link_we_did_not_sign_is_not_known(client, token):
    for send in (client.get, client.post):
        assert send(f"/pay/{token}/").status_code == 404
    assert client.post(f"/pay/{token}/new/").status_code == 200
    assert not Outbox.objects.exists()


def test_my_orders_are_mine_alone(sign_in, order):
    assert order.number in sign_in(cast.person("Ada")).get("/me/orders/").content.decode()
    assert order.number not in sign_in(cast.person("Omar")).get("/me/orders/").content.decode()


def test_my_orders_ask_to_sign_in(client):
    assert client.get("/me/orders/").status_code == 302


def test_the_receipt_says_what_was_paid_for_what(client, order):
    page = text_of(client.get(f"/orders/{order.code}/receipt/").content.decode())
    assert f"Receipt {order.number}" in page and "Prices include 13 % tax." in page
    assert re.search(r"Deposit paid .* ¥50", page)


def test_a_guests_order_joins_the_account_of_its_address_and_no_other(sign_in, order):
    PreOrder.objects.filter(pk=order.pk).update(user=None)
    sign_in(cast.person("Omar")).post(f"/orders/{order.code}/account/")
    order.refresh_from_db()
    assert order.user is None
    sign_in(cast.person("Ada")).post(f"/orders/{order.code}/account/")
    order.refresh_from_db()
    assert order.user == cast.person("Ada")


def test_a_failed_campaign_says_when_everything_went_back(client, sound):
    order = house.deposited(house.opened(minimum=9))
    house.counted(order.campaign)
    ticks.run_all(timezone.now())
    page = text_of(client.get(f"/c/{order.campaign_id}/").content.decode())
    assert "1 of at least 9 units was ordered" in page and "was refunded on" in page
    assert "Refund sent" in text_of(page_of(client, order))
    assert Campaign.objects.get().state == "failed"


def test_an_ended_reservation_says_so_and_offers_to_order_again(client, sound):
    order = house.reserved(house.opened())
    page = client.post(f"/orders/{order.code}/cancel/", follow=True).content.decode()
    assert "Nothing was charged" in page and "on its way back" not in page
    assert f'href="/c/{order.campaign_id}/checkout/"' in page
    house.counted(order.campaign)
    assert "Order again" not in page_of(client, order)


def test_a_guests_order_is_kept_by_the_code_mailed_to_its_address(client, order):
    PreOrder.objects.update(user=None)
    door = client.post(f"/orders/{order.code}/account/", follow=True).content.decode()
    claim = re.search(r'name="claim" value="([^"]+)"', door)[1]
    client.post("/accounts/login/", {"email": order.email, "claim": claim})
    code = re.search(r"\b(\d{6})\b", Outbox.objects.filter(to=order.email).latest("pk").text)[1]
    client.post("/accounts/login/code/confirm/", {"code": code})
    order.refresh_from_db()
    assert order.user == cast.person("Ada")
    assert Voter.objects.filter(user=None).count() == 0
