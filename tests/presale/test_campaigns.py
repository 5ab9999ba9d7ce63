"""A campaign's life: what is refused, what it decides, and that the money follows."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from core.states import WrongState
from fans.models import Brand
from presale import ledger, ticks
from presale.actions import campaigns, orders
from presale.errors import BadDate, NotPublishable, ReasonMissing, Refused, TooLate
from presale.models import Campaign, Obligation, PreOrder, RefundObligation
from tests.presale.house import (
    DAY,
    HOUR,
    counted,
    deposited,
    draft,
    money,
    opened,
    pay,
    reserved,
    variant,
)

C, S = Campaign.State, PreOrder.State
BY = {"actor": "user:1", "reason": "A reason."}
pytestmark = pytest.mark.usefixtures("sound")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# -- Publishing -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closes_at": timezone.now() - HOUR / 2}, "closes_at"),
        ({"ship_by": (timezone.now() + 20 * DAY).date()}, "ship_by"),
        ({"minimum": 10**6, "person_limit": 4}, None),
        ({"production_minimum": 3}, "production_minimum"),
        ({"deposit_minor": 100}, "deposit"),
        ({"deposit_minor": 30000}, "deposit"),
        ({"deposit_worth_bp": 60000}, "deposit"),
        ({"forfeit": "forfeit"}, "forfeit"),
    ],
)
def test_what_cannot_be_kept_is_not_published(change, field):
    campaign = draft(**change)
    if field is None:
        campaign.variants.filter(quota=None).update(quota=3)
        field = "minimum"
    with pytest.raises(NotPublishable) as refusal:
        campaigns.publish(campaign, actor="user:1", now=timezone.now())
    assert field in [problem.field for problem in refusal.value.problems]
    assert (fresh(campaign).state, StateLog.objects.count()) == (C.DRAFT, 0)


def test_a_ladder_that_does_not_fall_is_not_published():
    campaign = draft(steps=((1, 28900), (3, 28900)))
    with pytest.raises(NotPublishable) as refusal:
        campaigns.publish(campaign, actor="user:1", now=timezone.now())
    assert [problem.field for problem in refusal.value.problems] == ["steps"]


@pytest.mark.parametrize("change", [{"state": "suspended"}, {"payout_ready": False}])
def test_a_brand_that_may_not_sell_publishes_nothing(change):
    campaign = draft()
    Brand.objects.update(**change)
    with pytest.raises(NotPublishable):
        campaigns.publish(campaign, actor="user:1", now=timezone.now())
    assert fresh(campaign).state == C.DRAFT


def test_terms_are_frozen_and_hashed():
    campaign = opened()
    for words in ("¥329", "counted as ¥50", "Made only if deposits for 2 units", "Sand: + ¥10"):
        assert words in campaign.terms_text
    assert len(campaign.terms_hash) == 64
    assert reserved(campaign).terms_hash == campaign.terms_hash


def test_it_opens_when_its_time_comes_and_can_be_taken_back_before():
    opens = timezone.now() + DAY
    campaign = campaigns.publish(draft(opens_at=opens), actor="user:1", now=timezone.now())
    assert (campaign.state, variant(campaign).is_open) == (C.SCHEDULED, False)
    assert campaigns.unpublish(campaign, actor="user:1", now=timezone.now()).state == C.DRAFT
    campaigns.publish(campaign, actor="user:1", now=timezone.now())
    ticks.open_due(opens - HOUR)
    assert fresh(campaign).state == C.SCHEDULED
    ticks.open_due(opens)
    assert (fresh(campaign).state, variant(campaign).is_open) == (C.OPEN, True)
    with pytest.raises(WrongState):
        campaigns.unpublish(fresh(campaign), actor="user:1", now=opens)


# -- The close ------------------------------------------------------------------------------
@pytest.mark.parametrize(("minimum", "mail"), [(1, ":balance-due"), (9, ":campaign_failed")])
def test_the_mails_after_an_early_close_say_why_and_after_the_planned_one_nothing(minimum, mail):
    early = opened(minimum=minimum, production_minimum=1)
    deposited(early)
    reason = "The cloth is <used> up & gone."
    campaigns.close_early(early, actor="user:1", reason=reason, now=timezone.now())
    ticks.run_all(timezone.now())
    buyer = Outbox.objects.get(key__endswith=mail)
    brands = Outbox.objects.filter(key__startswith=f"campaign:{early.pk}:gate1")
    assert reason in buyer.text and "closed deposits early. The reason:" in buyer.text
    assert brands and all(reason in row.text for row in brands)
    planned = opened(minimum=minimum, production_minimum=1, state_reason="Moved once.")
    deposited(planned)
    ticks.run_all(planned.closes_at)
    other = Outbox.objects.filter(key__endswith=mail).exclude(pk=buyer.pk).get()
    assert "The reason:" not in other.text and "Moved once." not in other.text


def test_it_closes_by_time_and_waits_for_open_payments():
    campaign = opened()
    deposited(campaign, quantity=2)
    reserved(campaign, "Kenji")
    at = campaign.closes_at
    assert ticks.close_due(at - dt.timedelta(seconds=1)) == 0
    ticks.close_due(at)
    assert ticks.finalise(at) == 0
    assert (fresh(campaign).state, variant(campaign).is_open) == (C.CLOSING, False)
    ticks.run_all(at)
    assert fresh(campaign).state == C.BALANCE


def test_closing_early_needs_a_reason_and_happens_once():
    campaign = opened()
    with pytest.raises(ReasonMissing):
        campaigns.close_early(campaign, actor="user:1", reason=" ", now=timezone.now())
    assert fresh(campaign).state == C.OPEN
    campaigns.close_early(campaign, **BY, now=timezone.now())
    assert fresh(campaign).state_reason == "A reason."
    with pytest.raises(WrongState):
        campaigns.close_early(fresh(campaign), **BY, now=timezone.now())


def test_everybody_pays_one_final_price():
    campaign = opened()
    people = [deposited(campaign, name) for name in ("Ada", "Kenji", "Omar")]
    campaign = counted(campaign)
    assert (campaign.final_unit_minor, campaign.final_units) == (28900, 3)
    assert {fresh(order).final_unit_minor for order in people} == {28900}
    due = Obligation.objects.filter(kind="balance").values_list("amount_minor", flat=True)
    assert list(due) == [23900] * 3
    assert campaign.grace_ends_at - campaign.balance_closes_at == 7 * DAY
    assert Outbox.objects.filter(key__endswith=":balance-due").count() == 3


def test_a_deposit_that_covers_the_price_leaves_nothing_due():
    campaign = opened(
        steps=((1, 7500), (2, 5000)), deposit_minor=5000, production_minimum=1
    )  # 75 now, 50 from two units on
    order, other = deposited(campaign), deposited(campaign, "Kenji")
    campaign = counted(campaign)
    assert [fresh(one).state for one in (order, other)] == [S.IN_PRODUCTION] * 2
    assert Obligation.objects.filter(kind="balance").count() == 0
    assert campaign.state == C.PRODUCTION


def test_extending_moves_the_close_once_and_tells_everybody():
    campaign = opened()
    order = deposited(campaign)
    until = campaign.closes_at
    for wrong in (until, until - DAY, until + 31 * DAY):
        with pytest.raises(BadDate):
            campaigns.extend(campaign, closes_at=wrong, **BY, now=timezone.now())
    campaigns.extend(campaign, closes_at=until + 5 * DAY, **BY, now=timezone.now())
    ticks.tell_extensions(timezone.now())
    ticks.tell_extensions(timezone.now())
    assert Outbox.objects.filter(key=f"order:{order.pk}:extended:1").count() == 1
    later = deposited(campaign, "Kenji")
    ticks.tell_extensions(timezone.now())
    assert not Outbox.objects.filter(key__startswith=f"order:{later.pk}:extended").exists()
    with pytest.raises(BadDate):
        campaigns.extend(campaign, closes_at=until + 6 * DAY, **BY, now=timezone.now())
    orders.cancel_order(fresh(order), actor="user:1", now=until + DAY)
    assert fresh(order).state == S.CANCELLED
    with pytest.raises(TooLate):
        campaigns.extend(campaign, closes_at=until + 9 * DAY, **BY, now=until + 5 * DAY)


def test_a_close_moved_so_far_that_it_could_not_ship_is_refused():
    campaign = opened(ship_by=(timezone.now() + 40 * DAY).date())
    late = campaign.closes_at + 20 * DAY
    with pytest.raises(BadDate):
        campaigns.extend(campaign, closes_at=late, **BY, now=timezone.now())
    assert fresh(campaign).extensions == 0


def test_the_day_the_grace_ends_is_read_in_the_zone_of_the_brand():
    campaign = opened(ship_by=dt.date(2060, 1, 1))
    # 20:00 UTC is the next day in Shanghai, where the goods would then be due to ship.
    closes = (campaign.closes_at + 2 * DAY).replace(hour=20, minute=0)
    last = (closes + (campaign.balance_days + 7) * DAY).date()
    Campaign.objects.filter(pk=campaign.pk).update(ship_by=last + DAY)
    with pytest.raises(BadDate):
        campaigns.extend(campaign, closes_at=closes, **BY, now=timezone.now())


# -- The balance ----------------------------------------------------------------------------
def three_with_balance_due(**fields) -> tuple[Campaign, list[PreOrder]]:
    campaign = opened(**fields)
    people = [deposited(campaign, name) for name in ("Ada", "Kenji", "Omar")]
    return counted(campaign), [fresh(order) for order in people]


def test_unpaid_balances_end_with_their_grace_and_the_rest_is_produced():
    campaign, people = three_with_balance_due()
    pay(people[0]), pay(people[1])
    ticks.run_all(campaign.grace_ends_at - HOUR)
    assert (fresh(people[2]).state, fresh(campaign).state) == (S.BALANCE_DUE, C.BALANCE)
    ticks.run_all(campaign.grace_ends_at)
    assert fresh(people[2]).state == S.DEFAULTED
    assert money(people[2]).refunded_minor == 5000
    assert fresh(campaign).state == C.PRODUCTION
    # The price stays although only two were paid.
    assert fresh(campaign).final_unit_minor == 28900


def test_an_earnest_deposit_is_kept_as_the_terms_say():
    campaign, people = three_with_balance_due(deposit_kind="earnest", forfeit="forfeit")
    pay(people[0]), pay(people[1])
    ticks.run_all(campaign.grace_ends_at)
    assert ledger.balance(f"rev:forfeit:{campaign.brand_id}", "CNY") == -5000
    assert (money(people[2]).kept_minor, RefundObligation.objects.count()) == (5000, 0)


def test_too_few_paid_units_ask_the_brand_and_silence_refunds():
    campaign, people = three_with_balance_due()
    pay(people[0])
    ticks.run_all(campaign.grace_ends_at)
    campaign = fresh(campaign)
    assert campaign.state == C.DECISION
    assert Outbox.objects.filter(key__startswith=f"campaign:{campaign.pk}:gate2").count() == 2
    ticks.run_all(campaign.decide_by - HOUR)
    assert fresh(campaign).state == C.DECISION
    ticks.run_all(campaign.decide_by)
    assert (fresh(campaign).state, fresh(people[0]).state) == (C.CANCELLED, S.CANCELLED)
    assert money(people[0]).refunded_minor == 28900


def test_the_brand_may_produce_fewer():
    campaign, people = three_with_balance_due()
    pay(people[0])
    ticks.run_all(campaign.grace_ends_at)
    campaign = fresh(campaign)
    with pytest.raises(ReasonMissing):
        campaigns.proceed(campaign, actor="user:1", reason="", now=timezone.now())
    campaigns.proceed(campaign, **BY, now=timezone.now())
    ticks.run_all(timezone.now())
    assert fresh(people[0]).state == S.IN_PRODUCTION


def test_nothing_is_produced_for_nobody():
    campaign, _people = three_with_balance_due()
    ticks.run_all(campaign.grace_ends_at)
    with pytest.raises(Refused):
        campaigns.proceed(fresh(campaign), **BY, now=timezone.now())
    assert fresh(campaign).state == C.DECISION


def test_the_balance_window_is_cut_short_only_in_the_demo(settings):
    campaign, people = three_with_balance_due()
    settings.DEMO = False
    with pytest.raises(Refused):
        campaigns.close_balance_early(campaign, **BY, now=timezone.now())
    assert fresh(campaign).grace_ends_at == campaign.grace_ends_at
    settings.DEMO = True
    campaigns.close_balance_early(campaign, **BY, now=timezone.now())
    ticks.run_all(timezone.now())
    assert [fresh(order).state for order in people] == [S.DEFAULTED] * 3


# -- Calling it off -------------------------------------------------------------------------
def test_it_can_be_called_off_in_every_state_before_parcels_and_all_money_returns():
    for stop in (C.SCHEDULED, C.OPEN, C.CLOSING, C.BALANCE, C.DECISION, C.PRODUCTION):
        campaign, people = _brought_to(stop)
        assert campaign.state == stop
        with pytest.raises(ReasonMissing):
            campaigns.cancel(campaign, actor="user:1", reason="", now=timezone.now())
        campaigns.cancel(campaign, **BY, now=timezone.now())
        ticks.run_all(timezone.now())
        assert fresh(campaign).state == C.CANCELLED
        for order in people:
            it = money(order)
            assert fresh(order).state in (S.CANCELLED, S.EXPIRED, S.DEFAULTED)
            assert (it.kept_minor, it.refunded_minor) == (0, it.paid_minor)
        with pytest.raises(WrongState):
            campaigns.cancel(fresh(campaign), **BY, now=timezone.now())


def _brought_to(state: str) -> tuple[Campaign, list[PreOrder]]:
    now = timezone.now()
    if state == C.SCHEDULED:
        campaign = draft(opens_at=now + DAY)
        return campaigns.publish(campaign, actor="user:1", now=now), []
    campaign = opened()
    people = [deposited(campaign), deposited(campaign, "Kenji"), reserved(campaign, "Omar")]
    if state == C.CLOSING:
        campaigns.close_early(campaign, **BY, now=now)
    if state in (C.BALANCE, C.DECISION, C.PRODUCTION):
        campaign = counted(campaign)
        pay(fresh(people[0]))
    if state == C.PRODUCTION:
        pay(fresh(people[1]))
        ticks.run_all(now)
    if state == C.DECISION:
        ticks.run_all(campaign.grace_ends_at)
    return fresh(campaign), people


def test_once_a_parcel_is_sent_it_cannot_be_called_off():
    campaign, people = _brought_to(C.PRODUCTION)
    orders.ship_order(fresh(people[0]), actor="user:1", now=timezone.now())
    campaign = fresh(campaign)
    assert campaign.state == C.SHIPPING
    with pytest.raises(WrongState):
        campaigns.cancel(campaign, **BY, now=timezone.now())
    assert fresh(campaign).state == C.SHIPPING


# -- After the parcel -----------------------------------------------------------------------
def test_orders_close_by_themselves_and_the_campaign_is_completed():
    from presale.models import Shipment

    campaign, people = _brought_to(C.PRODUCTION)
    now = timezone.now()
    for order in people[:2]:
        Shipment.objects.create(
            order=order, carrier="Post", tracking="1", shipped_at=now,
            shipped_by=campaign.created_by,
        )  # fmt: skip
        orders.ship_order(fresh(order), actor="user:1", now=now)
    ticks.run_all(now + 14 * DAY)
    assert fresh(people[0]).state == S.DELIVERED
    ticks.run_all(now + 28 * DAY)
    assert (fresh(people[0]).state, fresh(campaign).state) == (S.CLOSED, C.COMPLETED)


def test_a_return_undoes_the_sale_and_refunds_everything():
    campaign, people = _brought_to(C.PRODUCTION)
    order = orders.ship_order(fresh(people[0]), actor="user:1", now=timezone.now())
    with pytest.raises(ReasonMissing):
        orders.accept_return(order, actor="user:1", reason="", now=timezone.now())
    order = orders.accept_return(order, actor="user:1", reason="Torn.", now=timezone.now())
    ticks.run_all(timezone.now())
    assert (money(order).refunded_minor, money(order).kept_minor) == (32900, 0)
    for account in ("rev:sales", "liab:tax"):
        assert ledger.balance(f"{account}:{campaign.brand_id}", "CNY") == 0
