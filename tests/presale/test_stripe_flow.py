"""Orders paid by Stripe (the peer): whole, with lost answers, and compared with its statement."""

import datetime as dt

import pytest
from django.utils import timezone

from presale import audit, reconcile, ticks
from presale.actions import attempts, orders, payments
from presale.errors import PaymentsOff, StillChecking
from presale.models import Attempt, PreOrder, RefundAttempt, RefundObligation
from tests.presale.house import DAY, HOUR, counted, opened, reserved
from tests.presale.money_sound import assert_money_sound
from tests.presale.stripe_house import CARDS, anchor_of, at_the_page, deposit, deposited, hear, lose

S, A = PreOrder.State, Attempt.State
MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def fresh(order):
    return PreOrder.objects.select_related("campaign").get(pk=order.pk)


def captured(peer):
    return [row for row in peer.all("charge") if row["status"] == "succeeded"]


def test_deposit_balance_by_saved_card_and_balance_with_its_holder(stripe_on):
    campaign = opened()
    ada = deposited(stripe_on, campaign)
    kenji = deposited(stripe_on, campaign, "Kenji", card=CARDS["authenticate"])
    assert (ada.state, kenji.state) == (S.DEPOSITED, S.DEPOSITED)
    counted(campaign)
    at = timezone.now() + 25 * HOUR
    ticks.run_all(at)
    assert (fresh(ada).state, fresh(kenji).state) == (S.PAID, S.ACTION_NEEDED)
    url = payments.start_balance(fresh(kenji), now=at)
    assert url == f"{stripe_on.base}/3ds/{anchor_of(kenji)}"
    at_the_page(stripe_on, anchor_of(kenji), "confirm")
    hear(stripe_on, at)
    assert fresh(kenji).state == S.PAID
    assert len(captured(stripe_on)) == 4
    assert_money_sound()


def test_another_card_after_the_first_intent_is_dead(stripe_on):
    campaign = opened()
    order = deposited(stripe_on, campaign, card="4000000000000341")
    deposited(stripe_on, campaign, "Kenji")
    counted(campaign)
    at = timezone.now() + 25 * HOUR
    ticks.run_all(at)
    payments.start_balance(fresh(order), now=at, other_card=True)
    first, second = Attempt.objects.filter(
        obligation__order=order, obligation__kind="balance"
    ).order_by("n")
    assert (first.state, second.channel) == (A.DEAD, "checkout")
    at_the_page(stripe_on, second.anchor_ref, "pay")
    hear(stripe_on, at)
    assert fresh(order).state == S.PAID
    assert_money_sound()


@pytest.mark.parametrize(
    ("call", "how"),
    [("open_checkout", how) for how in ("drop_before", "drop_after", "500", "500_done", "429")]
    + [("ensure_customer", "drop_after"), ("ensure_customer", "500_done"), ("fetch", "500")],
)
def test_a_deposit_survives_a_lost_answer_and_a_day(stripe_on, call, how):
    order = reserved(opened())
    lose(stripe_on, call, how)
    with pytest.raises(StillChecking):
        payments.start_deposit(order, now=timezone.now())
    stripe_on.tell("expire-keys")
    deposit(stripe_on, order)
    hear(stripe_on)
    assert (fresh(order).state, len(captured(stripe_on))) == (S.DEPOSITED, 1)
    assert len(stripe_on.all("checkout.session")) == 1
    assert_money_sound()


@pytest.fixture
def due(stripe_on):
    """An order whose balance is charged to its card by the next run."""
    campaign = opened()
    order = deposited(stripe_on, campaign)
    deposited(stripe_on, campaign, "Kenji")
    counted(campaign)
    return order


@pytest.mark.parametrize("how", ["drop_before", "drop_after", "500", "500_done", "409"])
def test_a_balance_is_charged_once_whatever_is_lost(stripe_on, due, how):
    at = timezone.now() + 25 * HOUR
    lose(stripe_on, "confirm_charge", how)
    ticks.run_all(at)
    stripe_on.tell("expire-keys")
    ticks.run_all(at + HOUR)
    assert fresh(due).state in (S.PAID, S.IN_PRODUCTION)
    assert [row["amount"] for row in captured(stripe_on)].count(5000) == 2
    assert len(captured(stripe_on)) == 4
    assert_money_sound()


def test_money_that_was_faster_than_the_end_of_its_page_wins(stripe_on):
    order = deposit(stripe_on, reserved(opened()))
    ended = orders.expire_order(order, "leave", actor="user:1", now=timezone.now())
    assert ended.state == S.DEPOSITED
    hear(stripe_on)
    assert_money_sound()


def test_a_page_that_was_closed_takes_no_money(stripe_on):
    order = reserved(opened())
    payments.start_deposit(order, now=timezone.now())
    orders.expire_order(order, "leave", actor="user:1", now=timezone.now())
    at_the_page(stripe_on, anchor_of(order), "pay")
    hear(stripe_on)
    assert (fresh(order).state, captured(stripe_on)) == (S.EXPIRED, [])
    assert_money_sound()


def test_a_refused_key_loses_no_order(stripe_on, settings):
    order, good = reserved(opened()), settings.STRIPE_API_KEY
    settings.STRIPE_API_KEY = "sk_test_wrong"
    with pytest.raises(PaymentsOff):
        payments.start_deposit(order, now=timezone.now())
    settings.STRIPE_API_KEY = good
    deposit(stripe_on, order)
    hear(stripe_on)
    assert fresh(order).state == S.DEPOSITED


# -- Refunds ---------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["drop_before", "drop_after", "500", "500_done"])
def test_a_lost_refund_is_looked_for_and_sent_once(stripe_on, how):
    order = deposited(stripe_on, opened())
    orders.cancel_order(order, actor="user:1", now=timezone.now())
    lose(stripe_on, "refund", how)
    ticks.send_refunds(timezone.now())
    stripe_on.tell("expire-keys")
    ticks.run_all(timezone.now() + HOUR)
    assert [row["amount"] for row in stripe_on.all("refund")] == [5000]
    assert RefundObligation.objects.get().state == "done"
    assert_money_sound()


def test_a_refund_on_its_way_is_asked_about_when_its_event_is_lost(stripe_on):
    stripe_on.tell("set", refunds_are="pending")
    order = deposited(stripe_on, opened())
    orders.cancel_order(order, actor="user:1", now=timezone.now())
    ticks.send_refunds(timezone.now())
    assert RefundAttempt.objects.get().state == "pending"
    stripe_on.tell("settle", ref=RefundAttempt.objects.get().refund_ref, status="succeeded")
    assert ticks.look_at_refunds(timezone.now() + HOUR) == 0
    assert ticks.look_at_refunds(timezone.now() + 7 * HOUR) == 1
    assert RefundObligation.objects.get().state == "done"
    assert_money_sound()


def test_a_refund_that_comes_back_is_owed_again(stripe_on):
    order = deposited(stripe_on, opened())
    orders.cancel_order(order, actor="user:1", now=timezone.now())
    ticks.send_refunds(timezone.now())
    stripe_on.tell("settle", ref=RefundAttempt.objects.get().refund_ref, status="failed")
    hear(stripe_on)
    assert RefundObligation.objects.get().state == "manual"
    assert_money_sound(but=("nothing_is_stuck",))


# -- The statement, in both directions ---------------------------------------------------------
def test_what_nobody_told_us_is_taken_in_from_the_statement(stripe_on):
    order = deposit(stripe_on, reserved(opened()))
    stripe_on.tell("take")
    assert reconcile.reconcile_lately(timezone.now()) >= 1
    assert fresh(order).state == S.DEPOSITED
    assert reconcile.reconcile_lately(timezone.now()) == 0
    assert_money_sound()


def test_money_on_a_payment_that_was_given_up_is_found(stripe_on):
    order, at = deposit(stripe_on, reserved(opened())), timezone.now()
    Attempt.objects.update(state=A.UNKNOWN, unknown_since=at - 2 * DAY)
    assert attempts.give_up(Attempt.objects.get(), actor="job:test", now=at)
    assert len(audit.provider_agrees().findings) == 2  # the charge and its fee
    reconcile.reconcile_month(at)
    assert fresh(order).state == S.DEPOSITED
    assert_money_sound()


def test_a_fee_that_came_later_is_booked_later(stripe_on):
    order = deposit(stripe_on, reserved(opened()))
    charge = captured(stripe_on)[0]
    stripe_on.tell("change", ref=charge["id"], fields={"balance_transaction": None})
    hear(stripe_on)
    assert fresh(order).state == S.DEPOSITED
    assert len(audit.provider_agrees().findings) == 1
    assert reconcile.reconcile_lately(timezone.now()) == 1
    assert_money_sound()


def test_disagreements_of_each_kind_are_found_and_none_invented(stripe_on):
    order = deposited(stripe_on, opened())
    charge = captured(stripe_on)[0]["id"]
    assert audit.provider_agrees().findings == []
    stripe_on.tell("foreign", amount=4321, currency="eur")
    stripe_on.tell("refund", ref=charge, amount=100)
    found = " ".join(audit.provider_agrees().findings)
    assert found.count("is not in the books") == 3  # a charge, its fee, a refund by hand
    assert "4321 EUR" in found and "100 CNY" in found
    stripe_on.tell("change", ref=charge, fields={"amount": 4999})
    assert any("we booked (5000" in text for text in audit.provider_agrees().findings)
    assert fresh(order).state == S.DEPOSITED


def test_without_a_statement_the_audit_says_so(stripe_on):
    lose(stripe_on, "movements", "500")
    assert audit.provider_agrees().findings[0].startswith("no statement")
    lose(stripe_on, "movements", "500")
    assert reconcile.reconcile_lately(timezone.now() + DAY) == 0
