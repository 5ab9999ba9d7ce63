"""Killed in the middle of a request to Stripe: the peer, a process of its own, knows the truth."""

import datetime as dt

import pytest
from django.utils import timezone

from presale import ticks
from presale.actions import orders
from presale.models import Obligation, PreOrder, RefundObligation
from tests.presale.house import DAY, HOUR, counted, opened
from tests.presale.money_sound import assert_money_sound
from tests.presale.stripe_house import deposited, hear
from tests.races.test_crash import die
from tests.stripe_peer.client import TEST_KEY
from tests.stripe_peer.events import SECRET

pytestmark = pytest.mark.race
S = PreOrder.State


@pytest.fixture
def by_stripe(stripe_on):
    """The settings of a process that is to die."""
    return {
        "PAYMENT_PROVIDER": "stripe",
        "STRIPE_API_KEY": TEST_KEY,
        "STRIPE_API_BASE": stripe_on.base,
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }


def captured(peer):
    return [row["amount"] for row in peer.all("charge") if row["status"] == "succeeded"]


@pytest.mark.parametrize(
    ("point", "key_lives", "by"),
    [("anchored", False, "job"), ("confirmed", False, "job"), ("confirmed", True, "event")],
)
def test_killed_while_a_saved_card_is_charged(own_db, stripe_on, by_stripe, point, key_lives, by):
    campaign = opened(minimum=1, production_minimum=1)
    order = deposited(stripe_on, campaign)
    counted(campaign)
    a_day_ago = timezone.now() - DAY - HOUR
    Obligation.objects.filter(kind="balance").update(created_at=a_day_ago)
    die(own_db, point, "ticks.collect_balance(timezone.now())", **by_stripe)
    assert captured(stripe_on) == ([5000] if point == "anchored" else [5000, 27900])
    if not key_lives:
        stripe_on.tell("expire-keys")
    if by == "event":
        hear(stripe_on)
    for _again in range(2):
        ticks.run_all(timezone.now() + dt.timedelta(minutes=3))
    order.refresh_from_db()
    assert order.state in (S.PAID, S.IN_PRODUCTION)
    assert captured(stripe_on) == [5000, 27900]
    assert len(stripe_on.all("payment_intent")) == 2
    assert_money_sound()


def test_killed_after_a_refund_was_sent(own_db, stripe_on, by_stripe):
    order = deposited(stripe_on, opened())
    orders.cancel_order(order, actor="user:1", now=timezone.now())
    die(own_db, "refund-sent", "ticks.send_refunds(timezone.now())", **by_stripe)
    stripe_on.tell("expire-keys")
    ticks.run_all(timezone.now() + HOUR)
    assert [row["amount"] for row in stripe_on.all("refund")] == [5000]
    assert RefundObligation.objects.get().state == "done"
    assert_money_sound()
