"""Paying: refused, confirmed, abandoned, lost, late, twice; one charge at most."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import ledger, providers, ticks
from presale.actions import answers, campaigns, orders, payments
from presale.errors import AlreadyPaid, NotPayable, StillChecking, TooLate
from presale.models import Attempt, BankCharge, BankIntent, Campaign, PreOrder, RefundObligation
from presale.providers.demo import CARD_OF, bank_decide, bank_page
from presale.states import LIVE_ATTEMPTS
from tests.presale.house import (
    DAY,
    HOUR,
    counted,
    deposited,
    hear,
    intents,
    money,
    opened,
    pay,
    ref_of,
    reserved,
    variant,
)
from tests.presale.money_sound import assert_money_sound

S, A = PreOrder.State, Attempt.State
ASKS, LATER_REFUSED, LATER_SHORT = CARD_OF["authenticate"], "4000000000000341", "4000000000000044"
pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def campaign() -> Campaign:
    return opened()


def fresh(order: PreOrder) -> PreOrder:
    return PreOrder.objects.select_related("campaign").get(pk=order.pk)


def due(campaign: Campaign, card: str = "", *, auto: bool = False) -> PreOrder:
    """An order whose balance is due; its deposit was paid with that card."""
    order = deposited(campaign, card=card, auto_charge=auto)
    if order.state == S.RESERVED:
        order = confirm(order)
    deposited(campaign, "Kenji")
    counted(campaign)
    return fresh(order)


def confirm(order: PreOrder) -> PreOrder:
    """Confirm at the bank what it asks to be confirmed."""
    bank_decide(BankIntent.objects.get(status="action").ref, "confirm", now=timezone.now())
    hear()
    return fresh(order)


# -- The deposit ----------------------------------------------------------------------------
def test_declined_then_paid_is_one_charge(campaign):
    order = pay(reserved(campaign), "decline")
    assert (order.state, BankCharge.objects.count()) == (S.RESERVED, 0)
    order = pay(order, "insufficient")
    assert order.state == S.RESERVED
    order = pay(order)
    assert (order.state, BankCharge.objects.count(), BankIntent.objects.count()) == (
        S.DEPOSITED, 1, 1,
    )  # fmt: skip
    assert Outbox.objects.filter(key=f"order:{order.pk}:deposit-paid").count() == 1


def test_confirmation_at_the_bank_then_paid(campaign):
    order = pay(reserved(campaign), "authenticate")
    assert (order.state, intents("action")) == (S.RESERVED, 1)
    assert confirm(order).state == S.DEPOSITED


def test_confirmation_refused_leaves_the_page_open(campaign):
    order = pay(reserved(campaign), "authenticate")
    ref = BankIntent.objects.get().ref
    bank_decide(ref, "refuse", now=timezone.now())
    hear()
    assert (fresh(order).state, bank_page(ref).step) == (S.RESERVED, "card")
    assert pay(order).state == S.DEPOSITED


def test_abandoned_reservations_end_and_give_their_place_back(campaign):
    order = pay(reserved(campaign), "abandon")
    later = order.reserved_until
    with pytest.raises(NotPayable):
        payments.start_deposit(order, now=later)
    ticks.run_all(later)
    order = fresh(order)
    assert (order.state, variant(campaign).taken, intents("dead")) == (S.EXPIRED, 0, 1)
    with pytest.raises(NotPayable):
        payments.start_deposit(order, now=later)


def test_opening_the_return_page_without_paying_changes_nothing(campaign):
    order = reserved(campaign)
    payments.start_deposit(order, now=timezone.now())
    assert payments.look_again(order, now=timezone.now()).state == S.RESERVED


def test_the_return_page_sees_the_payment_before_the_notice_comes(campaign):
    order = reserved(campaign)
    url = payments.start_deposit(order, now=timezone.now())
    bank_decide(ref_of(url), "pay", now=timezone.now())
    assert payments.look_again(order, now=timezone.now()).state == S.DEPOSITED
    hear()
    assert (fresh(order).state, BankCharge.objects.count()) == (S.DEPOSITED, 1)


def test_two_tabs_pay_once(campaign):
    order = reserved(campaign)
    first = payments.start_deposit(order, now=timezone.now())
    second = payments.start_deposit(order, now=timezone.now())
    assert first == second
    bank_decide(ref_of(first), "pay", now=timezone.now())
    # The second tab is sent on to the shop, and nothing is charged again.
    assert "/orders/" in bank_decide(ref_of(second), "pay", now=timezone.now())
    hear()
    with pytest.raises(AlreadyPaid):
        payments.start_deposit(fresh(order), now=timezone.now())
    assert BankCharge.objects.count() == 1


def test_a_provider_is_never_called_inside_a_transaction(campaign):
    from django.db import transaction

    order = reserved(campaign)
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        payments.start_deposit(order, now=timezone.now())
    assert BankIntent.objects.count() == 0


# -- Lost answers ---------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_done"])
@pytest.mark.parametrize("call", ["ensure_customer", "open_checkout", "fetch"])
def test_a_lost_answer_is_unknown_and_found_again(campaign, faults, call, fault):
    order = reserved(campaign)
    faults[call] = [fault]
    now = timezone.now()
    with pytest.raises(StillChecking):
        payments.start_deposit(order, now=now)
    assert Attempt.objects.get().state == A.UNKNOWN
    if (call, fault) == ("ensure_customer", "500_done"):
        faults["stuck"].clear()  # a key's memory of a failure ends after a day
    ticks.run_all(now + HOUR / 60)
    assert Attempt.objects.get().state == A.PENDING
    assert pay(order).state == S.DEPOSITED
    assert (BankIntent.objects.count(), BankCharge.objects.count()) == (1, 1)


def test_unknown_then_found_paid(campaign, faults):
    order = reserved(campaign)
    faults["open_checkout"] = ["drop_after"]
    now = timezone.now()
    with pytest.raises(StillChecking):
        payments.start_deposit(order, now=now)
    bank_decide(BankIntent.objects.get().ref, "pay", now=now)
    hear(now)
    # The notice speaks of an object we do not know yet; nothing is concluded from it.
    assert fresh(order).state == S.RESERVED
    ticks.run_all(now + HOUR / 60)
    assert fresh(order).state == S.DEPOSITED
    assert BankCharge.objects.count() == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_reservation_waits_while_nobody_knows_whether_it_is_paid(campaign, faults, fault):
    order = reserved(campaign)
    payments.start_deposit(order, now=timezone.now())
    faults["kill"] = [fault, fault]
    later = order.reserved_until
    ticks.expire_reservations(later)
    assert (fresh(order).state, variant(campaign).taken) == (S.EXPIRING, 1)
    with pytest.raises(StillChecking):
        orders.cancel_order(fresh(order), actor="user:1", now=later)
    ticks.run_all(later + HOUR)
    assert (fresh(order).state, variant(campaign).taken) == (S.EXPIRED, 0)


def test_without_an_answer_for_a_day_the_others_wait_no_longer(campaign, faults):
    deposited(campaign, "Kenji")
    deposited(campaign, "Omar")
    order = reserved(campaign)
    payments.start_deposit(order, now=timezone.now())
    faults["kill"] = ["drop_before"] * 1000
    faults["fetch"] = ["drop_before"] * 1000
    counted(campaign)
    campaign.refresh_from_db()
    assert (campaign.state, fresh(order).state) == (Campaign.State.CLOSING, S.EXPIRING)
    ticks.run_all(timezone.now() + DAY + HOUR)
    campaign.refresh_from_db()
    assert (campaign.state, fresh(order).state) == (Campaign.State.BALANCE, S.EXPIRED)
    # The money was there after all: it is booked and goes back.
    faults.clear()
    bank_decide(BankIntent.objects.get(status="open").ref, "pay", now=timezone.now())
    hear()
    assert (fresh(order).state, money(order).refund_open_minor) == (S.EXPIRED, 5000)
    assert campaign.final_units == 2


# -- Late money -----------------------------------------------------------------------------
def test_paid_while_the_reservation_ends_is_kept(campaign):
    order = reserved(campaign)
    url = payments.start_deposit(order, now=timezone.now())
    bank_decide(ref_of(url), "pay", now=timezone.now())
    ticks.expire_reservations(order.reserved_until)
    assert (fresh(order).state, variant(campaign).taken) == (S.DEPOSITED, 1)


def late_payment(order: PreOrder) -> None:
    """The bank took money for a page that it had said was ended."""
    intent = BankIntent.objects.get(metadata__order=order.number)
    BankIntent.objects.filter(pk=intent.pk).update(status="open", expires_at=None)
    bank_decide(intent.ref, "pay", now=timezone.now())
    hear()


def expired(campaign: Campaign, **more) -> PreOrder:
    order = reserved(campaign, **more)
    payments.start_deposit(order, now=timezone.now())
    return orders.cancel_order(order, actor="user:1", now=timezone.now())


def test_late_money_gets_the_place_when_there_still_is_one(campaign):
    order = expired(campaign)
    late_payment(order)
    assert (fresh(order).state, variant(campaign).taken) == (S.DEPOSITED, 1)
    assert RefundObligation.objects.count() == 0


def test_late_money_without_a_place_goes_back(campaign):
    order = expired(campaign, sku="G", quantity=2)
    deposited(campaign, "Kenji", sku="G", quantity=2)
    late_payment(order)
    assert (fresh(order).state, variant(campaign, "G").taken) == (S.EXPIRED, 2)
    ticks.run_all(timezone.now())
    assert (money(order).refunded_minor, money(order).kept_minor) == (10000, 0)


def test_money_after_the_campaign_was_cancelled_goes_back(campaign):
    order = reserved(campaign)
    url = payments.start_deposit(order, now=timezone.now())
    campaigns.cancel(campaign, actor="user:1", reason="Mill closed.", now=timezone.now())
    bank_decide(ref_of(url), "pay", now=timezone.now())
    hear()
    assert (fresh(order).state, variant(campaign).taken) == (S.CANCELLED, 0)
    ticks.run_all(timezone.now())
    assert money(order).refunded_minor == 5000
    assert Outbox.objects.filter(key__startswith=f"order:{order.pk}:late").count() == 1


def test_a_balance_paid_while_the_campaign_is_cancelled_goes_back_with_the_deposit(campaign):
    order = due(campaign)
    url = payments.start_balance(order, now=timezone.now())
    bank_decide(ref_of(url), "pay", now=timezone.now())
    campaigns.cancel(campaign, actor="user:1", reason="Mill closed.", now=timezone.now())
    ticks.run_all(timezone.now())
    assert fresh(order).state == S.CANCELLED
    assert (money(order).paid_minor, money(order).refunded_minor) == (32900, 32900)


def test_a_balance_paid_after_the_cancellation_goes_back(campaign):
    order = due(campaign)
    payments.start_balance(order, now=timezone.now())
    campaigns.cancel(campaign, actor="user:1", reason="Mill closed.", now=timezone.now())
    ticks.run_all(timezone.now())
    assert (fresh(order).state, money(order).refunded_minor) == (S.CANCELLED, 5000)
    intent = BankIntent.objects.get(status="dead")
    BankIntent.objects.filter(pk=intent.pk).update(status="open", expires_at=None)
    bank_decide(intent.ref, "pay", now=timezone.now())
    hear()
    ticks.run_all(timezone.now())
    assert (fresh(order).state, money(order).refunded_minor) == (S.CANCELLED, 32900)


# -- Answers that fit nothing ---------------------------------------------------------------
@pytest.mark.parametrize(
    "change", [{"amount_minor": 4999}, {"currency": "EUR"}, {"account": "x"}, {"metadata": {}}]
)
def test_money_that_was_not_asked_for_is_set_apart(campaign, change):
    order = reserved(campaign)
    url = payments.start_deposit(order, now=timezone.now())
    bank_decide(ref_of(url), "pay", now=timezone.now())
    attempt = Attempt.objects.get()
    state = replace(providers.get("demo").fetch(attempt.anchor_ref), **change)
    for _again in range(2):
        attempt = answers.apply_state(attempt, state, now=timezone.now())
    assert (attempt.state, fresh(order).state) == (A.DEAD, S.RESERVED)
    money_type = change.get("currency", "CNY")
    assert ledger.balance("suspense:unmatched", money_type) == -change.get("amount_minor", 5000)
    # The bank's statement says something else than it told us: that is found.
    if "amount_minor" in change or "currency" in change:
        with pytest.raises(SystemExit):
            call_command("verify", "presale.provider")
        state = providers.get("demo").fetch(attempt.anchor_ref)
        BankCharge.objects.update(
            amount_minor=change.get("amount_minor", 5000), currency=money_type
        )


def test_a_second_payment_of_the_same_debt_is_set_apart(campaign):
    order = due(campaign)
    payments.start_balance(order, now=timezone.now())
    first = Attempt.objects.get(obligation__kind="balance")
    state = providers.get("demo").fetch(first.anchor_ref)
    answers.apply_state(first, replace(state, status="dead"), now=timezone.now())
    order = pay(order)
    assert order.state == S.PAID
    bank_decide(first.anchor_ref, "pay", now=timezone.now())
    hear()
    assert ledger.balance("suspense:unmatched", "CNY") == -27900
    assert (fresh(order).state, money(order).paid_minor) == (S.PAID, 32900)


# -- The balance ----------------------------------------------------------------------------
def test_the_balance_is_charged_to_the_agreed_card_a_day_after_the_announcement(campaign):
    order = due(campaign, auto=True)
    now = timezone.now()
    ticks.run_all(now + DAY - HOUR)
    assert (order.state, fresh(order).state) == (S.BALANCE_DUE, S.BALANCE_DUE)
    ticks.run_all(now + DAY + HOUR)
    assert (fresh(order).state, money(order).paid_minor) == (S.PAID, 32900)
    attempt = Attempt.objects.get(obligation__kind="balance")
    assert attempt.channel == Attempt.Channel.OFF_SESSION


def test_without_consent_no_card_is_charged(campaign):
    order = due(campaign)
    ticks.run_all(timezone.now() + 5 * DAY)
    assert fresh(order).state == S.BALANCE_DUE
    assert Attempt.objects.filter(obligation__kind="balance").count() == 0


def test_a_charge_that_needs_confirmation_is_finished_by_its_owner_on_the_same_object(campaign):
    order = due(campaign, ASKS, auto=True)
    later = timezone.now() + DAY + HOUR
    ticks.run_all(later)
    order = fresh(order)
    attempt = Attempt.objects.get(obligation__kind="balance")
    assert (order.state, attempt.state) == (S.ACTION_NEEDED, A.ACTION)
    assert Outbox.objects.filter(key=f"order:{order.pk}:needs-action").count() == 1
    url = payments.start_balance(order, now=later)
    assert ref_of(url) == attempt.anchor_ref
    bank_decide(attempt.anchor_ref, "confirm", now=later)
    hear(later)
    assert fresh(order).state == S.PAID
    assert Attempt.objects.filter(obligation__kind="balance").count() == 1


def test_confirmation_can_be_tried_again_or_another_card_taken(campaign):
    order = due(campaign, ASKS, auto=True)
    later = timezone.now() + DAY + HOUR
    ticks.run_all(later)
    order = fresh(order)
    first = ref_of(payments.start_balance(order, now=later))
    bank_decide(first, "refuse", now=later)
    hear(later)
    assert ref_of(payments.start_balance(fresh(order), now=later)) == first
    other = ref_of(payments.start_balance(fresh(order), now=later, other_card=True))
    assert other != first
    assert BankIntent.objects.get(ref=first).status == "dead"
    bank_decide(other, "pay", now=later)
    hear(later)
    assert (fresh(order).state, money(order).paid_minor) == (S.PAID, 32900)


def test_a_card_that_is_refused_for_good_is_not_tried_again(campaign):
    order = due(campaign, LATER_REFUSED, auto=True)
    now = timezone.now()
    for days in range(1, 8):
        ticks.run_all(now + days * DAY + HOUR)
    assert fresh(order).state == S.ACTION_NEEDED
    attempt = Attempt.objects.get(obligation__kind="balance")
    assert (attempt.state, attempt.tries) == (A.DECLINED, 0)
    order = pay(fresh(order), now=now + 6 * DAY)
    assert (order.state, BankIntent.objects.filter(status="dead").count()) == (S.PAID, 1)


def test_a_card_that_is_short_of_money_is_tried_four_times_then_the_owner_is_asked(campaign):
    order = due(campaign, LATER_SHORT, auto=True)
    now = timezone.now()
    states = []
    for hours in range(24, 24 * 13, 12):
        ticks.run_all(now + dt.timedelta(hours=hours + 1))
        states.append((fresh(order).state, Attempt.objects.latest("pk").tries))
    tries = [tries for _state, tries in states]
    assert sorted(set(tries)) == [0, 1, 2, 3]
    assert states[0][0] == S.BALANCE_DUE
    assert states[-1][0] == S.ACTION_NEEDED
    assert Outbox.objects.filter(key=f"order:{order.pk}:needs-action").count() == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_done"])
@pytest.mark.parametrize("call", ["create_charge", "confirm_charge", "fetch"])
@pytest.mark.parametrize("card", ["", ASKS])
def test_a_saved_card_is_charged_once_whatever_answer_is_lost(campaign, faults, call, fault, card):
    order = due(campaign, card, auto=True)
    later = timezone.now() + DAY + HOUR
    faults[call] = [fault]
    ticks.collect_balance(later)
    assert Attempt.objects.get(obligation__kind="balance").state == A.UNKNOWN
    assert fresh(order).state == S.BALANCE_DUE
    hear(later)
    ticks.run_all(later + HOUR)
    assert fresh(order).state == (S.ACTION_NEEDED if card else S.PAID)
    charges = BankCharge.objects.filter(intent__metadata__order=order.number).count()
    assert charges == (1 if card else 2)


def test_a_lost_refusal_is_found_and_not_tried_again(campaign, faults):
    order = due(campaign, LATER_REFUSED, auto=True)
    later = timezone.now() + DAY + HOUR
    faults["confirm_charge"] = ["drop_after"]
    ticks.collect_balance(later)
    assert Attempt.objects.get(obligation__kind="balance").state == A.UNKNOWN
    ticks.run_all(later + HOUR)
    assert fresh(order).state == S.ACTION_NEEDED
    assert BankIntent.objects.filter(kind="charge").count() == 1


def test_a_checkout_left_open_does_not_stand_for_the_charge_that_was_agreed(campaign):
    order = due(campaign, auto=True)
    now = timezone.now()
    payments.start_balance(order, now=now)
    ticks.run_all(now + DAY + HOUR)
    assert fresh(order).state == S.BALANCE_DUE
    BankIntent.objects.filter(status="open").update(expires_at=now)
    ticks.run_all(now + DAY + 2 * HOUR)
    assert (fresh(order).state, money(order).paid_minor) == (S.PAID, 32900)


def test_a_consent_that_was_taken_back_charges_nothing(campaign):
    order = due(campaign, auto=True)
    agreed = order.consent_text
    orders.stop_auto_charge(order, actor="guest", now=timezone.now())
    ticks.run_all(timezone.now() + DAY + HOUR)
    order = fresh(order)
    assert (order.state, order.auto_charge, order.consent_text) == (S.BALANCE_DUE, False, agreed)
    assert not BankIntent.objects.filter(kind="charge").exists()
    assert pay(order, now=timezone.now() + DAY + HOUR).state == S.PAID


def test_a_refused_charge_is_not_tried_again_after_the_consent_was_taken_back(campaign):
    order = due(campaign, LATER_SHORT, auto=True)
    at = timezone.now() + DAY + HOUR
    ticks.collect_balance(at)
    assert Attempt.objects.get(obligation__kind="balance").state == A.DECLINED
    orders.stop_auto_charge(fresh(order), actor="guest", now=at)
    ticks.collect_balance(at + 8 * DAY)
    assert Attempt.objects.get(obligation__kind="balance").tries == 0
    moves = StateLog.objects.filter(entity="presale.preorder", event="stop_auto_charge")
    assert [(row.actor, row.from_state) for row in moves] == [("guest", S.BALANCE_DUE)]


def test_a_consent_cannot_be_taken_back_while_the_card_is_charged_or_when_all_is_paid(
    campaign, faults
):
    order = due(campaign, auto=True)
    at = timezone.now() + DAY + HOUR
    faults["confirm_charge"] = ["drop_before"]
    ticks.collect_balance(at)
    with pytest.raises(StillChecking):
        orders.stop_auto_charge(fresh(order), actor="guest", now=at)
    ticks.run_all(at + HOUR)
    assert fresh(order).state == S.PAID
    with pytest.raises(TooLate):
        orders.stop_auto_charge(fresh(order), actor="guest", now=at + HOUR)
    assert fresh(order).auto_charge


def test_reminders_come_in_their_rhythm_and_stop_with_the_payment(campaign):
    order = due(campaign)
    now = timezone.now()
    mails = Outbox.objects.filter(key__startswith=f"order:{order.pk}:remind")
    seen = []
    for days in range(0, 14):
        ticks.remind_of_balances(now + days * DAY + HOUR)
        ticks.remind_of_balances(now + days * DAY + HOUR)
        seen.append(mails.count())
    # After 3 days, 24 h before the end on day 6, then every 48 h of the grace.
    assert seen == [0, 0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6]
    pay(fresh(order), now=now + 13 * DAY)
    ticks.remind_of_balances(now + 14 * DAY + HOUR)
    assert mails.count() == 6


def test_paying_what_is_not_due_is_refused(campaign):
    order = deposited(campaign)
    with pytest.raises(NotPayable):
        payments.start_balance(order, now=timezone.now())
    with pytest.raises(AlreadyPaid):
        payments.start_deposit(order, now=timezone.now())
    deposited(campaign, "Kenji")
    counted(campaign)
    order = pay(fresh(order))
    with pytest.raises(AlreadyPaid):
        payments.start_balance(order, now=timezone.now())
    assert_money_sound()


def test_a_balance_without_an_answer_for_a_day_holds_up_nobody(campaign, faults):
    order = due(campaign)
    payments.start_balance(order, now=timezone.now())
    over = order.campaign.grace_ends_at + HOUR
    faults["kill"] = ["drop_before"] * 3
    ticks.default_overdue(over)
    ticks.default_overdue(over)  # not asked again at once
    assert (fresh(order).state, len(faults["kill"])) == (S.BALANCE_DUE, 2)
    ticks.default_overdue(over + 25 * HOUR)
    assert fresh(order).state == S.DEFAULTED
    assert order.obligations.get(kind="balance").attempts.get().state == A.DEAD


def test_what_cannot_be_charged_takes_no_place_in_the_batch(campaign, monkeypatch):
    order = deposited(campaign, card="4000000000000044", auto_charge=True)
    other = deposited(campaign, "Kenji", auto_charge=True)
    counted(campaign)
    monkeypatch.setattr(ticks.payments, "BATCH", 1)
    later = timezone.now() + DAY + HOUR
    ticks.collect_balance(later)
    payments.start_balance(order, now=later)  # in place of the card; then its owner leaves
    BankIntent.objects.filter(status="open").update(expires_at=timezone.now())
    ticks.resolve_unknown(later + HOUR)
    assert (fresh(order).state, fresh(other).state) == (S.BALANCE_DUE, S.BALANCE_DUE)
    assert not Attempt.objects.filter(obligation__order=order, state__in=LIVE_ATTEMPTS).exists()
    ticks.collect_balance(later + HOUR)
    assert fresh(other).state == S.PAID
