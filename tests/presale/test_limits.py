"""Limit orders through HTTP: "in if it is at most X"."""

import pytest
from django.utils import timezone

from core.models import Outbox
from presale import queries
from presale.actions import orders
from presale.audit.limits import limits_kept
from presale.errors import BadOrder, LimitReached
from presale.forms.limits import limit_within
from presale.models import Campaign, PreOrder
from tests import cast
from tests.presale import house
from tests.presale.test_pages_checkout import pay_form, review_of, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(sign_in):
    return sign_in(cast.person("Ada"))


@pytest.fixture
def campaign():
    return house.opened()


def fresh(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(pk=campaign.pk)


def figures(campaign: Campaign) -> tuple[int, int]:
    """Units that are in, and the price of a unit, as every page shows them."""
    shown = queries.ladder(fresh(campaign))
    return shown.units, shown.now_unit_minor


def test_the_form_offers_the_prices_that_are_ahead(ada, campaign):
    page = ada.get(f"/c/{campaign.pk}/checkout/").content.decode()
    assert "The price now, ¥329, or less if it falls: I am in" in page
    assert "Only if it falls to ¥289 or less" in page and "Only if it falls to ¥259 or less" in page
    assert "all of it comes back by itself" in page


def test_the_money_is_said_before_the_deposit_at_the_limit(ada, campaign):
    blue = house.variant(campaign).pk
    url = f"/c/{campaign.pk}/checkout/?limit=25900&variant={blue}"
    page = ada.get(url).content.decode()
    assert "at most ¥209" in page and "price still above ¥259 then: ¥50 back" in page
    review = review_of(ada, campaign, limit="25900")
    assert "You are in only if the price falls to ¥259 or less. Now it is ¥329." in review
    assert "I am in only if the price of a unit is at most ¥259" in review
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review))
    assert answer.status_code == 303
    order = PreOrder.objects.get()
    assert (order.limit_minor, order.unit_shown_minor) == (25900, 25900)
    assert "at most ¥259 when deposits close" in order.consent_text
    page = house.pay(order) and ada.get(f"/orders/{order.code}/").content.decode()
    assert "Not in yet: the price is ¥329, your limit is ¥259. If it stays higher" in page
    assert "your limit</span>" in page
    assert "at most ¥259" in Outbox.objects.get(subject__startswith="Deposit paid").text
    assert figures(campaign) == (0, 32900)


def test_limited_units_wait_on_the_ladder_until_their_step_is_reached(client, campaign, sound):
    house.deposited(campaign, "Ada", limit_minor=25900, quantity=2)
    house.deposited(campaign, "Omar", quantity=1)
    page = client.get(f"/c/{campaign.pk}/").content.decode()
    assert figures(campaign) == (1, 32900)
    assert "and 2 more units wait for ¥259" in page
    # 289 needs 3 of which one is in; 259 needs 5 of which one is in and two wait.
    assert "2 more units and it is ¥259 for everyone" in page
    house.deposited(campaign, "Kenji", quantity=2)
    assert figures(campaign) == (5, 25900)
    assert "wait for" not in client.get(f"/c/{campaign.pk}/").content.decode()


def test_the_close_keeps_who_is_within_the_price_and_refunds_the_others(client, campaign, sound):
    out = house.deposited(campaign, "Ada", limit_minor=25900)
    at = house.deposited(campaign, "Omar", limit_minor=28900)
    plain = house.deposited(campaign, "Kenji", quantity=2)
    campaign = house.counted(campaign)
    assert (campaign.final_unit_minor, campaign.final_units) == (28900, 3)
    for order in (out, at, plain):
        order.refresh_from_db()
    assert [out.state, at.state, plain.state] == ["cancelled", "balance-due", "balance-due"]
    assert house.money(out).refunded_minor == 5000 and house.money(at).owed_minor == 23900
    mail = Outbox.objects.get(subject__startswith="The price stayed above")
    assert "¥289 per unit, above your limit of ¥259" in mail.text and "¥50 goes back" in mail.text
    page = client.get(f"/orders/{out.code}/").content.decode()
    assert "The final price is above your limit." in page
    assert house.variant(campaign).taken == 3


def test_the_minimum_counts_only_who_is_in(campaign, sound):
    waits = house.deposited(campaign, "Ada", limit_minor=25900)
    plain = house.deposited(campaign, "Omar")
    campaign = house.counted(campaign)
    assert (campaign.state, campaign.final_units) == ("failed", 1)
    for order in (waits, plain):
        order.refresh_from_db()
        assert order.state == "cancelled" and house.money(order).refunded_minor == 5000


def test_a_price_reached_with_limited_units_stays_when_one_is_cancelled(campaign, sound):
    limited = house.deposited(campaign, "Ada", limit_minor=28900)
    house.deposited(campaign, "Omar", quantity=2)
    assert figures(campaign) == (3, 28900)
    orders.cancel_order(limited, actor="user:1", now=timezone.now())
    assert figures(campaign) == (2, 28900)
    assert house.counted(campaign).final_unit_minor == 28900


def test_a_limit_holds_places_and_counts_for_the_person(ada, campaign):
    house.deposited(campaign, "Kenji", sku="G", quantity=2, limit_minor=25900)
    answer = ada.post(f"/c/{campaign.pk}/checkout/", typed(campaign, sku="G"))
    assert answer.status_code == 422 and "Only 0 left of Grey" in answer.content.decode()
    house.deposited(campaign, "Ada", quantity=4, limit_minor=25900)
    review = review_of(ada, campaign, limit="28900")
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review))
    assert answer.status_code == 409 and "you can still take 0" in answer.content.decode()
    assert PreOrder.objects.count() == 2


@pytest.mark.parametrize(
    "limit", ["32900", "27000", "0", "-1", "1e9", "２５９００", "no", "25900.0"]
)
def test_what_is_no_price_ahead_is_refused_at_its_field(ada, campaign, limit):
    answer = ada.post(f"/c/{campaign.pk}/checkout/", typed(campaign, limit=limit))
    assert answer.status_code == 422 and "still ahead" in answer.content.decode()
    assert not PreOrder.objects.exists()


def test_the_action_refuses_it_as_well(campaign):
    with pytest.raises(BadOrder):
        house.reserved(campaign, limit_minor=27000)
    with pytest.raises(LimitReached):
        house.reserved(campaign, limit_minor=32900)
    assert not PreOrder.objects.exists()


def test_a_limit_reached_while_one_reads_is_ordered_at_the_price_now(ada, campaign):
    review = review_of(ada, campaign, limit="28900")
    house.deposited(campaign, "Kenji", quantity=3)
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review))
    page = answer.content.decode()
    assert answer.status_code == 409 and "fallen to your limit" in page
    assert PreOrder.objects.count() == 1
    assert "The price now, ¥289" in page and "Only if it falls to ¥289" not in page


def test_a_limit_posted_past_the_signed_page_is_ignored(ada, campaign):
    review = review_of(ada, campaign)
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review, limit="25900", limit_minor="1"))
    assert PreOrder.objects.get().limit_minor is None


def test_without_a_lower_price_no_limit_is_offered(ada):
    single = house.opened(steps=((1, 32900),))
    assert "At which price" not in ada.get(f"/c/{single.pk}/checkout/").content.decode()


def test_verify_finds_a_limit_order_that_is_in_above_its_limit(campaign):
    limited = house.deposited(campaign, "Ada", limit_minor=28900)
    house.deposited(campaign, "Omar", quantity=2)
    house.counted(campaign)
    assert limits_kept().findings == []
    PreOrder.objects.filter(pk=limited.pk).update(limit_minor=25900)
    assert any("above its limit" in text for text in limits_kept().findings)
    assert any("limited units" in text for text in limits_kept().findings)


def test_the_cap_of_a_vote_is_proposed_as_the_limit(campaign):
    assert limit_within(campaign, 26000) == 25900
    assert limit_within(campaign, 40000) is None and limit_within(campaign, 100) is None
