"""Money back: promised in the books, sent once, found again, never more than came in."""

import pytest
from django.utils import timezone

from core.models import Outbox
from presale import audit, ticks
from presale.actions import orders, refunds
from presale.models import (
    BankCharge,
    BankRefund,
    PreOrder,
    RefundAttempt,
    RefundObligation,
)
from presale.providers import demo
from tests.presale.house import HOUR, counted, deposited, hear, money, opened, pay
from tests.presale.money_sound import assert_money_sound

P, R = RefundObligation.State, RefundAttempt.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> PreOrder:
    """An order whose deposit is to go back."""
    return orders.cancel_order(deposited(opened()), actor="user:1", now=timezone.now())


def test_a_refund_is_sent_once_and_said_once(order):
    for _again in range(3):
        ticks.send_refunds(timezone.now())
        hear()
    assert (BankRefund.objects.count(), BankCharge.objects.get().refunded_minor) == (1, 5000)
    assert RefundObligation.objects.get().state == P.DONE
    assert Outbox.objects.filter(key__contains=":refunded:").count() == 1
    assert_money_sound()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_done"])
@pytest.mark.parametrize("call", ["refund", "find_refunds"])
def test_a_lost_answer_sends_nothing_twice(order, faults, call, fault):
    faults[call] = [fault]
    now = timezone.now()
    ticks.send_refunds(now)
    assert RefundAttempt.objects.get().state == R.UNKNOWN
    assert_money_sound()
    ticks.run_all(now + HOUR)
    assert (BankRefund.objects.count(), money(order).refunded_minor) == (1, 5000)
    assert_money_sound()


def test_two_charges_are_refunded_newest_first_each_within_itself():
    campaign = opened()
    order = deposited(campaign)
    deposited(campaign, "Kenji"), deposited(campaign, "Omar")
    counted(campaign)
    order = pay(PreOrder.objects.get(pk=order.pk))
    orders.release_order(order, actor="user:1", reason="Kind.", now=timezone.now())
    ticks.run_all(timezone.now())
    amounts = RefundAttempt.objects.order_by("n").values_list("amount_minor", flat=True)
    assert list(amounts) == [23900, 5000]
    assert money(order).refunded_minor == 28900
    assert_money_sound()


def test_a_refused_refund_needs_the_operator_and_can_be_tried_again(order, monkeypatch):
    BankCharge.objects.update(refunded_minor=1)
    ticks.send_refunds(timezone.now())
    promised = RefundObligation.objects.get()
    assert (promised.state, money(order).refund_open_minor) == (P.MANUAL, 5000)
    assert "refund cancel" in " ".join(audit.nothing_is_stuck().findings)
    BankCharge.objects.update(refunded_minor=0)
    refunds.retry_refund(promised, actor="user:9", reason="Looked at.", now=timezone.now())
    ticks.send_refunds(timezone.now())
    promised.refresh_from_db()
    assert (promised.state, BankRefund.objects.count()) == (P.DONE, 1)
    assert_money_sound()


def test_a_refund_that_comes_back_is_owed_again(order, settings):
    settings.DEMO_BANK_REFUNDS = "pending"
    ticks.send_refunds(timezone.now())
    assert RefundAttempt.objects.get().state == R.PENDING
    assert (money(order).refunded_minor, RefundObligation.objects.get().state) == (5000, P.OPEN)
    demo.settle_refund(BankRefund.objects.get().ref, "succeeded")
    hear()
    assert RefundObligation.objects.get().state == P.DONE
    demo.settle_refund(BankRefund.objects.get().ref, "failed")
    hear()
    assert RefundObligation.objects.get().state == P.MANUAL
    assert (money(order).refunded_minor, money(order).refund_open_minor) == (0, 5000)
    assert_money_sound(but=("nothing_is_stuck",))


def test_promises_never_exceed_what_is_held(order):
    again = refunds.promise_all(order, cause="again", reason="", now=timezone.now())
    assert again is None
    assert RefundObligation.objects.count() == 1
