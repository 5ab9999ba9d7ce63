"""What the buyer changes until each lock: quantity, address, and the notices before."""

import re
from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from core.models import Outbox
from presale import ticks
from presale.actions import orders
from presale.errors import TooLate
from presale.models import Attempt, Campaign, PersonLimit, PreOrder, RefundObligation
from tests import cast
from tests.presale import house
from tests.presale.house import DAY, HOME, HOUR

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "Ada", "address1": "2 New Road", "city": "Wellington", "postcode": "6011"}


@pytest.fixture
def order(sound):
    zones = [("Far", ["NZ"], 1500), ("Near", ["FR"], 0)]
    return house.deposited(house.opened(zones=zones, minimum=1, production_minimum=1), quantity=3)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, order: PreOrder, what: str, **data):
    return client.post(f"/orders/{order.code}/{what}/", data)


def quantity(client, order: PreOrder, number, **more):
    line = order.lines.get().variant_id
    return post(client, order, "quantity", line=line, quantity=number, **more)


def figures(order: PreOrder) -> tuple[int, int, int, int]:
    """Units of its line, of the campaign, of the variant, of its person's limit."""
    order = PreOrder.objects.get(pk=order.pk)
    line = order.lines.get()
    limit = PersonLimit.objects.get(campaign=order.campaign, person=order.person)
    return line.quantity, order.campaign.units, line.variant.taken, limit.taken


# -- Fewer ----------------------------------------------------------------------------------
def test_fewer_units_are_told_in_money_before_anything_happens(client, order):
    assert "¥100 goes back" in text_of(quantity(client, order, 1))
    assert figures(order) == (3, 3, 3, 3) and not RefundObligation.objects.exists()


def test_fewer_units_give_back_places_and_their_deposit(client, order):
    order.campaign.refresh_from_db()
    reached = order.campaign.reached_unit_minor
    assert quantity(client, order, 1, confirm=1).status_code == 302
    assert figures(order) == (1, 1, 1, 1)
    assert RefundObligation.objects.get().amount_minor == 10_000
    ticks.run_all(timezone.now())
    page = text_of(client.get(f"/orders/{order.code}/"))
    assert "You took fewer units." in page and "Paid and not given back ¥50" in page
    order.campaign.refresh_from_db()
    assert order.campaign.reached_unit_minor == reached == 28_900
    assert Outbox.objects.filter(subject__contains="fewer units").count() == 1


def test_the_balance_is_that_of_the_units_that_are_left(client, order):
    quantity(client, order, 2, confirm=1)
    house.counted(order.campaign)
    order.refresh_from_db()
    assert order.obligations.get(kind="balance").amount_minor == 2 * (28_900 - 5_000)
    house.pay(order)
    assert house.money(order).kept_minor == 2 * 28_900


def test_cancelling_afterwards_returns_the_rest_and_no_more(client, order):
    quantity(client, order, 2, confirm=1)
    post(client, order, "cancel")
    assert [row.amount_minor for row in RefundObligation.objects.order_by("pk")] == [5_000, 10_000]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "1e3", "5", "1000000000", "２", "", "3"])
def test_a_quantity_that_makes_no_sense_changes_nothing(client, order, number):
    assert quantity(client, order, number, confirm=1).status_code == 422
    assert figures(order) == (3, 3, 3, 3) and not RefundObligation.objects.exists()


def test_a_line_of_another_order_is_not_taken(client, order):
    sand = house.variant(order.campaign, "S").pk
    assert post(client, order, "quantity", line=sand, quantity=1, confirm=1).status_code == 422
    assert figures(order) == (3, 3, 3, 3)


def test_after_the_close_the_quantity_stands(client, order):
    with time_machine.travel(order.campaign.closes_at, tick=False):
        assert quantity(client, order, 1, confirm=1).status_code == 409
        with pytest.raises(TooLate):
            orders.reduce_order(
                order, variant=order.lines.get().variant, quantity=1, actor="user:1",
                now=timezone.now(),
            )  # fmt: skip
    assert figures(order) == (3, 3, 3, 3)


# -- More -----------------------------------------------------------------------------------
def more(client, order: PreOrder, number: int, **data):
    """See what it means, then agree to exactly that."""
    page = quantity(client, order, number).content.decode()
    kept = dict(re.findall(r'name="(form_key|total_seen)" value="([^"]+)"', page))
    return page, quantity(client, order, number, confirm=1, **{**kept, "terms": "1", **data})


def test_more_units_are_an_order_of_their_own_in_the_same_parcel(client, order):
    page, answer = more(client, order, 4)
    assert "1 unit more" in page and "¥50 deposit" in page
    assert answer.status_code == 303
    added = order.joined.get()
    house.pay(added)
    assert (added.state, added.shipping_minor, added.city) == ("deposited", 0, order.city)
    assert figures(order) == (3, 4, 4, 4)
    assert added.number in text_of(client.get(f"/orders/{order.code}/"))


def test_the_same_page_sent_twice_adds_once(client, order):
    page = quantity(client, order, 4).content.decode()
    kept = dict(re.findall(r'name="(form_key|total_seen)" value="([^"]+)"', page))
    for _again in range(2):
        assert quantity(client, order, 4, confirm=1, terms=1, **kept).status_code == 303
    assert order.joined.count() == 1


@pytest.mark.parametrize("sent", [{"terms": ""}, {"total_seen": "1"}, {"total_seen": "x"}])
def test_more_units_without_consent_or_at_another_total_are_refused(client, order, sent):
    assert more(client, order, 4, **sent)[1].status_code in (409, 422)
    assert not order.joined.exists() and Attempt.objects.count() == 1


def test_more_units_than_there_are_or_than_a_person_may_have_are_refused(client, sound):
    campaign = house.opened()
    house.deposited(campaign, "Kenji", sku="G")
    order = house.deposited(campaign, sku="G")
    answer = more(client, order, 3)[1]
    assert answer.status_code == 409 and "Only 0 left of Grey." in text_of(answer)
    assert not order.joined.exists()


def test_an_order_is_not_cancelled_before_the_one_in_its_parcel(client, order):
    more(client, order, 4)
    house.pay(added := order.joined.get())
    answer = post(client, order, "cancel")
    assert answer.status_code == 409 and added.number in text_of(answer)
    order.refresh_from_db()
    assert order.state == "deposited"
    assert post(client, added, "cancel").status_code == 302
    assert post(client, order, "cancel").status_code == 302


# -- The address ----------------------------------------------------------------------------
def test_a_dearer_country_is_taken_only_at_the_price_that_was_shown(client, order):
    answer = post(client, order, "address", **ADDRESS, country="NZ")
    assert answer.status_code == 409 and "¥15 instead of ¥0" in text_of(answer)
    order.refresh_from_db()
    assert (order.country, order.shipping_minor) == ("GB", 0)
    for seen in ("1499", "x", "-1500"):
        answer = post(client, order, "address", **ADDRESS, country="NZ", shipping_seen=seen)
        assert answer.status_code == 409
    post(client, order, "address", **ADDRESS, country="NZ", shipping_seen="1500")
    order.refresh_from_db()
    assert (order.country, order.shipping_minor) == ("NZ", 1_500)
    house.counted(order.campaign)
    assert order.obligations.get(kind="balance").amount_minor == 3 * (28_900 - 5_000) + 1_500


def test_after_the_final_price_a_dearer_country_is_refused_and_a_cheaper_one_repaid(client, sound):
    campaign = house.opened(zones=[("Far", ["NZ"], 1500)], minimum=1, production_minimum=1)
    order = house.deposited(campaign, address=replace(HOME, country="NZ", postcode="6011"))
    home = house.deposited(campaign, "Kenji")
    house.counted(campaign)
    order.refresh_from_db()
    house.pay(order)
    answer = post(client, home, "address", **ADDRESS, country="NZ", shipping_seen="1500")
    assert answer.status_code == 422 and "balance is fixed" in text_of(answer)
    bath = {**ADDRESS, "city": "Bath", "postcode": "BA1 1AA", "country": "GB"}
    assert "¥0 instead of ¥15" in text_of(post(client, order, "address", **bath))
    assert post(client, order, "address", **bath, shipping_seen="0").status_code == 302
    assert RefundObligation.objects.get().amount_minor == 1_500
    assert house.money(order).kept_minor == 32_900


def test_the_address_of_an_order_that_travels_with_another_follows_it(client, order):
    more(client, order, 4)
    house.pay(added := order.joined.get())
    bath = {**ADDRESS, "city": "Bath", "postcode": "BA1 1AA", "country": "GB"}
    assert post(client, added, "address", **bath).status_code == 409
    assert post(client, order, "address", **bath).status_code == 302
    added.refresh_from_db()
    assert added.city == "Bath"


# -- Locks ----------------------------------------------------------------------------------
def lock(sign_in, campaign: Campaign, at, who: str = "Mei"):
    local = at.astimezone(timezone.get_fixed_timezone(480)).strftime("%Y-%m-%dT%H:%M")
    url = f"/m/{campaign.brand.slug}/campaigns/{campaign.pk}/address-lock/"
    return sign_in(cast.person(who)).post(url, {"locks_at": local})


def test_the_brand_locks_addresses_and_only_so_far_ahead(sign_in, order):
    campaign, now = order.campaign, timezone.now()
    assert lock(sign_in, campaign, now + 47 * HOUR).status_code == 422
    assert lock(sign_in, campaign, campaign.closes_at - HOUR).status_code == 422
    assert lock(sign_in, campaign, now + 30 * DAY, "Omar").status_code == 403
    campaign.refresh_from_db()
    assert campaign.address_locks_at is None
    assert lock(sign_in, campaign, now + 30 * DAY).status_code == 302
    campaign.refresh_from_db()
    assert campaign.address_locks_at is not None


def test_after_the_lock_the_address_stands(client, order):
    at = timezone.now() + 30 * DAY
    Campaign.objects.filter(pk=order.campaign_id).update(address_locks_at=at)
    assert "until" in text_of(client.get(f"/orders/{order.code}/"))
    bath = {**ADDRESS, "city": "Bath", "postcode": "BA1 1AA", "country": "GB"}
    with time_machine.travel(at, tick=False):
        assert post(client, order, "address", **bath).status_code == 409
    order.refresh_from_db()
    assert order.city == "Leeds"


def test_notices_go_out_48_hours_before_each_lock_and_once(order):
    campaign = order.campaign
    locks_at = campaign.closes_at + 20 * DAY
    Campaign.objects.filter(pk=campaign.pk).update(address_locks_at=locks_at)

    def told(at) -> int:
        ticks.tell_locks(at)
        ticks.tell_locks(at)
        return Outbox.objects.filter(key__contains="-soon:").count()

    assert told(campaign.closes_at - 49 * HOUR) == 0
    assert told(campaign.closes_at - 48 * HOUR) == 1
    assert told(locks_at - 49 * HOUR) == 1
    assert told(locks_at - 47 * HOUR) == 2
    Campaign.objects.filter(pk=campaign.pk).update(address_locks_at=locks_at + DAY)
    assert told(locks_at) == 3, "a lock that is moved is told again"


def test_who_ordered_within_the_last_48_hours_is_not_told_what_they_just_read(order):
    late = order.campaign.closes_at - 40 * HOUR
    house.deposited(order.campaign, "Kenji", now=late)
    ticks.tell_locks(late + HOUR)
    assert Outbox.objects.get(key__contains="close-soon").to == order.email


# -- Cancelling -----------------------------------------------------------------------------
def test_the_page_says_what_comes_back_where_and_when(client, order):
    page = text_of(client.get(f"/orders/{order.code}/cancel/"))
    assert "Back ¥150" in page and "Kept ¥0" in page and "you paid with on" in page
    assert "banks take up to 10 days" in page


def test_where_it_is_too_late_the_page_says_since_when_and_what_is_left(client, order):
    house.counted(order.campaign)
    page = client.get(f"/orders/{order.code}/cancel/")
    words = text_of(page)
    assert page.status_code == 409 and "could be cancelled until deposits closed" in words
    assert "the deposit comes back" in words and "Nothing else is charged." in words
    order.refresh_from_db()
    house.pay(order)
    assert "The brand can end the order" in text_of(client.get(f"/orders/{order.code}/cancel/"))


def test_a_cancelled_order_says_that_it_has_ended(client, order):
    post(client, order, "cancel")
    assert "has ended already: Cancelled" in text_of(post(client, order, "cancel"))
    assert RefundObligation.objects.count() == 1
