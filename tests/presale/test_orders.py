"""Placing, changing and giving back an order; what is refused leaves nothing behind."""

import uuid
from dataclasses import replace

import pytest
from django.utils import timezone

from core.models import Outbox
from presale import queries, shipping
from presale.actions import campaigns, orders
from presale.actions.orders import Buyer, Wanted
from presale.actions.places import person_of
from presale.errors import (
    BadOrder,
    EmailNotVerified,
    NotOpen,
    OverLimit,
    PaymentsOff,
    PriceChanged,
    ReasonMissing,
    Refused,
    ShippingChanged,
    SoldOut,
    TooLate,
)
from presale.models import (
    Attempt,
    BankIntent,
    Campaign,
    Obligation,
    PersonLimit,
    PreOrder,
    RefundObligation,
    Variant,
)
from tests import cast
from tests.presale.house import (
    DAY,
    HOME,
    counted,
    deposited,
    draft,
    money,
    opened,
    pay,
    reserved,
    variant,
)

S = PreOrder.State
pytestmark = pytest.mark.usefixtures("sound")


def traces() -> list[int]:
    """What placing an order writes."""
    taken = sum(Variant.objects.values_list("taken", flat=True))
    limits = sum(PersonLimit.objects.values_list("taken", flat=True))
    rows = [model.objects.count() for model in (PreOrder, Obligation, Attempt, BankIntent)]
    return [*rows, taken, limits]


def test_an_order_holds_its_units_and_owes_its_deposit():
    campaign = opened()
    order = reserved(campaign, sku="S", quantity=2)
    assert (order.state, order.unit_shown_minor) == (S.RESERVED, 32900)
    assert order.obligations.get().amount_minor == 10000
    assert variant(campaign, "S").taken == 2
    assert PersonLimit.objects.get(person=order.person).taken == 2
    assert money(order).quote.later_minor == 2 * (32900 + 1000 - 5000)


@pytest.mark.parametrize("quantity", [0, -1, 1.0, 1.5, True, "1", "1e3", 10**9, 5, None])
def test_odd_quantities_are_refused_at_their_field(quantity):
    campaign = opened()
    with pytest.raises(BadOrder) as refusal:
        reserved(campaign, quantity=quantity)
    assert (refusal.value.field, refusal.value.status) == ("quantity", 422)
    assert traces() == [0] * 6


def test_an_option_of_another_campaign_is_refused():
    campaign = opened()
    other = opened(title="Other")
    for wanted in ([Wanted(variant(other).pk, 1)], [Wanted(10**6, 1)], []):
        with pytest.raises(BadOrder):
            reserved(campaign, wanted=wanted)
    pk = variant(campaign).pk
    with pytest.raises(BadOrder):
        reserved(campaign, wanted=[Wanted(pk, 1), Wanted(pk, 1)])
    assert traces() == [0] * 6


def test_nobody_orders_before_after_or_one_second_late():
    campaign = opened()
    for at in (campaign.opens_at - DAY, campaign.closes_at, campaign.closes_at + DAY):
        with pytest.raises(NotOpen) as refusal:
            reserved(campaign, now=at)
        assert refusal.value.at == campaign.closes_at
    campaigns.close_early(campaign, actor="user:1", reason="Enough.", now=timezone.now())
    with pytest.raises(NotOpen):
        reserved(campaign)
    assert traces() == [0] * 6


def test_sold_out_says_how_many_are_left():
    campaign = opened()
    reserved(campaign, sku="S", quantity=3)
    before = traces()
    with pytest.raises(SoldOut) as refusal:
        reserved(campaign, "Kenji", sku="S", quantity=2)
    assert (refusal.value.left, traces()) == (1, before)


def test_one_person_holds_no_more_than_the_limit_even_with_another_spelling():
    campaign = opened()
    reserved(campaign, quantity=3)
    before = traces()
    for name in ("Ada", "ADA"):
        buyer = Buyer(email=f" {name}@Example.com ", email_is_verified=True)
        with pytest.raises(OverLimit) as refusal:
            reserved(campaign, buyer=buyer, quantity=2)
        assert (refusal.value.left, traces()) == (1, before)


def test_the_price_the_page_showed_is_the_most_that_is_taken():
    campaign = opened()
    total = queries.quote(campaign, [(variant(campaign), 1)], "GB").total_minor
    with pytest.raises(PriceChanged) as refusal:
        reserved(campaign, total_seen_minor=total - 1)
    assert (refusal.value.seen_minor, refusal.value.now_minor) == (total - 1, total)
    assert traces() == [0] * 6
    assert reserved(campaign, total_seen_minor=total).unit_shown_minor == 32900


def test_a_guest_confirms_the_address_first():
    campaign = opened()
    guest = Buyer(email="gus@example.com")
    with pytest.raises(EmailNotVerified):
        reserved(campaign, buyer=guest)
    assert traces() == [0] * 6
    order = reserved(campaign, buyer=replace(guest, email_is_verified=True))
    assert (order.user, order.person) == (None, person_of("GUS@example.com"))


def test_without_consent_or_to_a_country_not_served_nothing_is_ordered():
    campaign = draft()
    campaign.brand.zones.update(countries=["CN"])
    campaigns.publish(campaign, actor="user:1", now=timezone.now())
    with pytest.raises(BadOrder, match="agree"):
        reserved(campaign, consent_text=" ")
    with pytest.raises(BadOrder) as refusal:
        reserved(campaign)
    assert (refusal.value.field, traces()) == ("country", [0] * 6)


def test_without_a_provider_nothing_is_ordered(settings):
    campaign = opened()
    settings.PAYMENT_PROVIDER = ""
    with pytest.raises(PaymentsOff):
        reserved(campaign)
    assert traces() == [0] * 6
    settings.PAYMENT_PROVIDER = "demo"


def test_the_same_form_is_the_same_order():
    campaign = opened()
    key = uuid.uuid4()
    first, again = reserved(campaign, form_key=key), reserved(campaign, form_key=key, quantity=2)
    assert first.pk == again.pk
    assert (PreOrder.objects.count(), variant(campaign).taken) == (1, 1)
    with pytest.raises(BadOrder):
        reserved(campaign, "Kenji", form_key=key)


def test_shipping_is_named_and_kept():
    campaign = opened(zones=[("Islands", ["GB"], 1200)])
    order = reserved(campaign)
    assert (order.shipping_minor, money(order).quote.later_minor) == (1200, 32900 + 1200 - 5000)


def test_what_shipping_costs_is_frozen_with_the_terms():
    campaign = opened(zones=[("Islands", ["GB"], 1200)])
    zones = campaign.brand.zones
    zones.update(price_minor=9900)
    zones.filter(countries=[]).delete()
    zones.create(name="Far", countries=["NZ"], price_minor=5000)
    assert reserved(campaign).shipping_minor == 1200
    assert reserved(campaign, "Kenji", address=replace(HOME, country="NZ")).shipping_minor == 0
    assert "Everywhere: ¥0" in campaign.terms_text and "Islands (GB): ¥12" in campaign.terms_text
    assert [zone.name for zone in shipping.zones_of(campaign)] == ["Everywhere", "Islands"]


def test_a_campaign_taken_back_is_frozen_anew_with_the_zones_of_that_day():
    soon = timezone.now() + DAY
    campaign = opened(opens_at=soon, closes_at=soon + DAY)
    campaigns.unpublish(campaign, actor="user:1", now=timezone.now())
    campaign.brand.zones.update(price_minor=700)
    assert [zone.price_minor for zone in shipping.zones_of(campaign)] == [700]
    campaigns.publish(campaign, actor="user:1", now=timezone.now())
    campaign.brand.zones.update(price_minor=9900)
    assert [zone.price_minor for zone in shipping.zones_of(campaign)] == [700]


# -- Giving back ----------------------------------------------------------------------------
def test_an_unpaid_reservation_is_given_back():
    campaign = opened()
    order = orders.cancel_order(reserved(campaign), actor="user:1", now=timezone.now())
    assert (order.state, variant(campaign).taken) == (S.EXPIRED, 0)
    assert order.obligations.get().state == Obligation.State.VOID


def test_a_paid_deposit_comes_back_whole_while_deposits_are_open():
    campaign = opened()
    order = deposited(campaign, quantity=2)
    order = orders.cancel_order(order, actor="user:1", now=timezone.now())
    campaign.refresh_from_db()
    assert (order.state, variant(campaign).taken, campaign.units) == (S.CANCELLED, 0, 0)
    assert RefundObligation.objects.get().amount_minor == 10000
    # The price that had been reached stays.
    assert campaign.reached_unit_minor == 32900


def test_a_cancellation_never_raises_the_price():
    campaign = opened()
    first = deposited(campaign)
    second = deposited(campaign, "Kenji", quantity=4)
    assert queries.unit_now(_fresh(campaign)) == 25900
    orders.cancel_order(second, actor="user:1", now=timezone.now())
    assert queries.unit_now(_fresh(campaign)) == 25900
    deposited(campaign, "Omar")
    assert counted(campaign).final_unit_minor == 25900
    assert money(first).quote.unit_minor == 25900


def test_after_the_close_it_is_too_late_to_cancel():
    campaign = opened()
    order, other = deposited(campaign), deposited(campaign, "Kenji")
    with pytest.raises(TooLate):
        orders.cancel_order(order, actor="user:1", now=campaign.closes_at)
    counted(campaign)
    for one in (order, other):
        with pytest.raises(TooLate):
            orders.cancel_order(one, actor="user:1", now=timezone.now())
    assert RefundObligation.objects.count() == 0


def test_the_brand_may_let_an_order_go_at_any_time_before_it_is_sent():
    campaign = opened()
    order = deposited(campaign)
    deposited(campaign, "Kenji")
    deposited(campaign, "Omar")
    counted(campaign)
    order = pay(PreOrder.objects.get(pk=order.pk))
    with pytest.raises(ReasonMissing):
        orders.release_order(order, actor="user:1", reason=" ", now=timezone.now())
    order = orders.release_order(order, actor="user:1", reason="Kind.", now=timezone.now())
    assert (order.state, money(order).refund_open_minor) == (S.CANCELLED, 28900)
    assert Outbox.objects.filter(key=f"order:{order.pk}:release").count() == 1
    with pytest.raises(Refused):
        orders.release_order(order, actor="user:1", reason="Twice.", now=timezone.now())
    assert RefundObligation.objects.count() == 1


# -- Changing -------------------------------------------------------------------------------
def test_a_variant_is_swapped_for_one_of_the_same_price():
    campaign = opened()
    order = deposited(campaign, quantity=2)
    change = {"actor": "user:1", "now": timezone.now(), "from_variant": variant(campaign)}
    orders.change_variant(order, to_variant=variant(campaign, "G"), **change)
    assert [variant(campaign, sku).taken for sku in "BG"] == [0, 2]
    assert order.lines.get().variant.sku == "G"
    with pytest.raises(BadOrder):
        orders.change_variant(order, to_variant=variant(campaign, "S"), **change)


def test_a_swap_is_refused_when_sold_out_dearer_or_late():
    campaign = opened()
    deposited(campaign, "Kenji", sku="G", quantity=2)
    order = deposited(campaign)
    change = {"actor": "user:1", "from_variant": variant(campaign), "now": timezone.now()}
    with pytest.raises(SoldOut):
        orders.change_variant(order, to_variant=variant(campaign, "G"), **change)
    with pytest.raises(BadOrder):
        orders.change_variant(order, to_variant=variant(campaign, "S"), **change)
    late = change | {"now": campaign.closes_at}
    with pytest.raises(TooLate):
        orders.change_variant(order, to_variant=variant(campaign, "G"), **late)
    assert order.lines.get().variant.sku == "B"


def test_the_address_changes_until_the_parcel_is_sent_and_costs_no_more_unseen():
    campaign = opened(zones=[("Far", ["NZ"], 100)])
    order = deposited(campaign)
    moved = replace(HOME, city="York")
    order = orders.change_address(order, moved, actor="user:1", now=timezone.now())
    assert order.city == "York"
    with pytest.raises(ShippingChanged):
        orders.change_address(
            order, replace(HOME, country="NZ"), actor="user:1", now=timezone.now()
        )
    order = orders.cancel_order(order, actor="user:1", now=timezone.now())
    with pytest.raises(TooLate):
        orders.change_address(order, HOME, actor="user:1", now=timezone.now())


def test_one_persons_deed_does_not_count_for_a_guest():
    cast.person("Ada")
    campaign = opened()
    order = deposited(campaign, buyer=Buyer(email="gus@example.com", email_is_verified=True))
    assert (order.state, order.user) == (S.DEPOSITED, None)


def _fresh(campaign: Campaign) -> Campaign:
    return Campaign.objects.get(pk=campaign.pk)
