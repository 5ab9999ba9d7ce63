"""What time does to payments and refunds."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from presale import inbox, terms
from presale.actions import attempts, batches, disputes, refunds
from presale.models import (
    Attempt,
    Campaign,
    InboundEvent,
    Obligation,
    PreOrder,
    RefundAttempt,
    RefundObligation,
)
from presale.models.preorder import DISPUTE, DISPUTE_LOST
from presale.states import LIVE_ATTEMPTS, UNPAID_BALANCE
from presale.ticks.rows import BATCH, asked_lately, each, orders_where

C, S, A = Campaign.State, PreOrder.State, Attempt.State


def resolve_unknown(now: dt.datetime) -> int:
    """Ask about payments whose time to look has come; finish charges that a crash left behind."""
    open_states = Q(state__in=[A.UNKNOWN, A.PENDING, A.ACTION])
    started = Q(state=A.CREATED, channel=Attempt.Channel.OFF_SESSION)
    rows = Attempt.objects.filter(open_states | started, look_at__lte=now)
    rows = rows.select_related("obligation__order__campaign__brand").order_by("look_at")
    return each(rows[:BATCH], lambda row: attempts.drive(row, now=now), "resolve")


def process_inbox(now: dt.datetime) -> int:
    """Work on stored events."""
    waiting = InboundEvent.objects.filter(state=InboundEvent.State.WAITING, look_at__lte=now)
    rows = waiting.order_by("pk")[:BATCH]
    return each(rows, lambda row: inbox.process(row, now=now), "event")


def collect_balance(now: dt.datetime) -> int:
    """Charge balances to saved cards where that was agreed, and try refused ones again."""
    tries = Attempt.objects.filter(obligation=OuterRef("pk"))
    charges = tries.filter(channel=Attempt.Channel.OFF_SESSION)
    card = Attempt.objects.filter(
        obligation__order=OuterRef("order"), obligation__kind=Obligation.Kind.DEPOSIT,
        state=A.SUCCEEDED, method_reusable=True,
    )  # fmt: skip
    # A page the buyer opened and left does not stand for the charge that was agreed to. What
    # cannot be charged is left out here: it would take the places of others in the batch.
    is_time = Q(charge_at__lte=now) | Q(charge_at=None, created_at__lte=now - terms.CHARGE_AFTER)
    first = is_time & ~Exists(charges) & Exists(card)
    again = Exists(charges.filter(state=A.DECLINED, look_at__lte=now))
    due = Obligation.objects.filter(
        first | Q(again),
        ~Exists(tries.filter(state__in=LIVE_ATTEMPTS)),
        kind=Obligation.Kind.BALANCE,
        state=Obligation.State.OPEN,
        order__auto_charge=True,
        # Nobody who disputes the deposit is charged the balance without a word.
        order__hold_reason="",
        order__state=S.BALANCE_DUE,
        order__campaign__state=C.BALANCE,
    )
    rows = orders_where(pk__in=due.values("order_id"))[:BATCH]
    return each(rows, lambda row: batches.charge_saved_card(row, now=now), "collect")


def remind_of_balances(now: dt.datetime) -> int:
    """Send the reminders that are due."""
    rows = Obligation.objects.filter(state=Obligation.State.OPEN, remind_at__lte=now)
    return each(rows.order_by("pk")[:BATCH], lambda row: batches.remind(row, now=now), "remind")


def default_overdue(now: dt.datetime) -> int:
    """Balances that are unpaid when the grace is over."""
    rows = orders_where(
        state__in=UNPAID_BALANCE, campaign__state=C.BALANCE, campaign__grace_ends_at__lte=now
    ).exclude(asked_lately(now))[:BATCH]
    return each(
        rows,
        lambda row: batches.default_order(row, actor="job:default_overdue", now=now),
        "default",
    )


def end_lost(now: dt.datetime) -> int:
    """End the orders whose dispute was lost."""
    rows = orders_where(hold_reason=DISPUTE_LOST).exclude(asked_lately(now))[:BATCH]
    return each(rows, lambda row: disputes.end_lost(row, now=now), "end lost")


def look_at_refunds(now: dt.datetime) -> int:
    """Ask about refunds that have been on their way for long."""
    rows = RefundAttempt.objects.filter(state=RefundAttempt.State.PENDING, look_at__lte=now)
    rows = rows.select_related("attempt", "obligation").order_by("look_at")
    return each(rows[:BATCH], lambda row: refunds.look_at_refund(row, now=now), "refund-look")


def send_refunds(now: dt.datetime) -> int:
    """Send what was promised back."""
    waits = RefundAttempt.objects.filter(
        Q(state=RefundAttempt.State.PENDING) | Q(state=RefundAttempt.State.UNKNOWN, look_at__gt=now)
    )
    rows = (
        RefundObligation.objects.filter(state=RefundObligation.State.OPEN)
        .exclude(pk__in=waits.values("obligation_id"))
        .exclude(order__hold_reason=DISPUTE)
    )
    return each(
        rows.order_by("pk")[:BATCH], lambda row: refunds.send_refund(row, now=now), "refund"
    )
