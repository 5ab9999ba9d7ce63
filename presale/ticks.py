"""What time does to the pre-sale: each takes `now`, does a bounded batch, may run twice."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from core import ticks
from core.states import WrongState
from presale import inbox, terms
from presale.actions import batches, campaigns, fulfilment, orders, payments, refunds
from presale.actions.places import lock_order
from presale.errors import Refused
from presale.models import (
    Attempt,
    Campaign,
    InboundEvent,
    Obligation,
    PreOrder,
    RefundAttempt,
    RefundObligation,
)
from presale.states import ENDED_CAMPAIGNS, FINAL_ORDERS, LIVE_ATTEMPTS, UNPAID_BALANCE

log = logging.getLogger(__name__)
BATCH = 100
C, S, A = Campaign.State, PreOrder.State, Attempt.State
T = TypeVar("T")


def register() -> None:
    """Hand everything to the ticker; from `AppConfig.ready`."""
    for function, seconds in EVERY.items():
        ticks.register(function, every=seconds)


def _each(rows: Iterable[T], do: Callable[[T], Any], what: str) -> int:
    """Do it for each and count; one that fails is logged and does not stop the others.

    `False` from `do` means that there was nothing to do yet.
    """
    done = 0
    for row in rows:
        try:
            done += do(row) is not False
        except (WrongState, Refused):
            continue  # another process was first, or it is no longer so
        except Exception:
            log.exception("step failed", extra={"step": what, "row": getattr(row, "pk", None)})
    return done


def _asked_lately(now: dt.datetime) -> Q:
    """Orders whose provider did not answer and is not asked again yet; for `exclude`.

    They leave their places in a batch to others.
    """
    unknown = Attempt.objects.filter(state=A.UNKNOWN, look_at__gt=now)
    return Q(pk__in=unknown.values("obligation__order_id"))


# -- Campaigns ------------------------------------------------------------------------------
def open_due(now: dt.datetime) -> int:
    """Open campaigns whose time has come."""
    rows = Campaign.objects.filter(state=C.SCHEDULED, opens_at__lte=now)[:BATCH]
    return _each(
        rows, lambda row: campaigns.open_campaign(row, actor="job:open_due", now=now), "open"
    )


def close_due(now: dt.datetime) -> int:
    """Close campaigns whose time is over."""
    rows = Campaign.objects.filter(state=C.OPEN, closes_at__lte=now)[:BATCH]
    return _each(
        rows, lambda row: campaigns.close_campaign(row, actor="job:close_due", now=now), "close"
    )


def finalise(now: dt.datetime) -> int:
    """Count closed campaigns in which no deposit is open any more."""
    rows = Campaign.objects.filter(state=C.CLOSING)[:BATCH]
    return _each(
        rows, lambda row: campaigns.finalise(row, actor="job:finalise", now=now), "finalise"
    )


def close_balances(now: dt.datetime) -> int:
    """The second gate of campaigns in which no balance is open any more."""
    rows = Campaign.objects.filter(state=C.BALANCE).exclude(
        orders__state__in=[S.DEPOSITED, *UNPAID_BALANCE]
    )[:BATCH]
    return _each(
        rows,
        lambda row: campaigns.close_balance(row, actor="job:close_balances", now=now),
        "close balance",
    )


def decide_for_silent_brands(now: dt.datetime) -> int:
    """No decision in time means that everything is refunded."""
    reason = _("The brand did not decide in time.")
    rows = Campaign.objects.filter(state=C.DECISION, decide_by__lte=now)[:BATCH]
    return _each(
        rows,
        lambda row: campaigns.cancel(
            row, actor="job:decide", reason=reason, now=now, event="time_out"
        ),
        "decide",
    )


def complete(now: dt.datetime) -> int:
    """Complete campaigns all of whose orders have come to their end."""
    rows = Campaign.objects.filter(state=C.SHIPPING).exclude(
        pk__in=PreOrder.objects.exclude(state__in=FINAL_ORDERS).values("campaign_id")
    )[:BATCH]
    return _each(
        rows, lambda row: campaigns.complete(row, actor="job:complete", now=now), "complete"
    )


# -- Orders that follow their campaign ------------------------------------------------------
def _orders(**where: Any) -> Any:
    return PreOrder.objects.filter(**where).select_related("campaign").order_by("pk")


def announce_balances(now: dt.datetime) -> int:
    """Write what is due once the final price is fixed."""
    rows = _orders(state=S.DEPOSITED, campaign__state=C.BALANCE)[:BATCH]
    return _each(
        rows,
        lambda row: batches.announce_balance(row, actor="job:announce_balances", now=now),
        "announce",
    )


def end_orders(now: dt.datetime) -> int:
    """Refund the orders of campaigns that failed or were cancelled."""
    ends = [S.DEPOSITED, *UNPAID_BALANCE, S.PAID, S.IN_PRODUCTION]
    rows = _orders(state__in=ends, campaign__state__in=ENDED_CAMPAIGNS)
    rows = rows.exclude(_asked_lately(now))[:BATCH]
    return _each(
        rows, lambda row: batches.end_with_campaign(row, actor="job:end_orders", now=now), "end"
    )


def start_production(now: dt.datetime) -> int:
    """Put paid orders into production with their campaign."""
    rows = _orders(state=S.PAID, campaign__state__in=[C.PRODUCTION, C.SHIPPING])[:BATCH]
    return _each(
        rows,
        lambda row: batches.start_production(row, actor="job:start_production", now=now),
        "production",
    )


def tell_extensions(now: dt.datetime) -> int:
    """Tell the buyers of extended campaigns."""
    rows = _orders(
        state=S.DEPOSITED, campaign__state=C.OPEN, told_extensions__lt=F("campaign__extensions")
    )[:BATCH]
    return _each(rows, lambda row: batches.tell_extension(row, now=now), "extension")


def close_delivered(now: dt.datetime) -> int:
    """Parcels count as received after 14 days, and orders close when no return is possible."""
    job = "job:close_delivered"
    sent = _orders(state=S.SHIPPED, shipment__shipped_at__lte=now - terms.DELIVERED_AFTER)[:BATCH]
    over = _orders(state=S.DELIVERED, shipment__delivered_at__lte=now - terms.RETURN_WINDOW)[:BATCH]
    return _each(
        sent, lambda row: fulfilment.deliver_order(row, actor=job, now=now), "deliver"
    ) + _each(over, lambda row: fulfilment.close_order(row, actor=job, now=now), "close order")


# -- Reservations ---------------------------------------------------------------------------
def expire_reservations(now: dt.datetime) -> int:
    """End reservations whose time is up, and all of a campaign that takes no deposits any more."""
    over = Q(reserved_until__lte=now) | ~Q(campaign__state=C.OPEN)
    rows = _orders(state=S.RESERVED).filter(over)[:BATCH]
    return _each(
        rows,
        lambda row: orders.expire_order(row, "expire", actor="job:expire_reservations", now=now),
        "expire",
    )


def finish_expiring(now: dt.datetime) -> int:
    """Ask again about reservations that are ending; after 24 h without answer stop waiting."""
    rows = _orders(state=S.EXPIRING).exclude(_asked_lately(now))[:BATCH]
    return _each(rows, lambda row: _finish_expiring(row, now), "finish expiring")


def _finish_expiring(order: PreOrder, now: dt.datetime) -> None:
    job = "job:finish_expiring"
    order = orders.expire_order(order, "expire", actor=job, now=now)
    attempt = payments.live_attempt(order)
    if order.state == S.EXPIRING and attempt:
        _give_up(order, attempt, now)


@transaction.atomic
def _give_up(order: PreOrder, attempt: Attempt, now: dt.datetime) -> None:
    job = "job:finish_expiring"
    order = lock_order(order.pk)
    if payments.give_up(attempt, actor=job, now=now):
        payments.finish_expiry(order, "give_up", actor=job, now=now)


# -- Payments -------------------------------------------------------------------------------
def resolve_unknown(now: dt.datetime) -> int:
    """Ask about payments whose time to look has come; finish charges that a crash left behind."""
    open_states = Q(state__in=[A.UNKNOWN, A.PENDING, A.ACTION])
    started = Q(state=A.CREATED, channel=Attempt.Channel.OFF_SESSION)
    rows = Attempt.objects.filter(open_states | started, look_at__lte=now)
    rows = rows.select_related("obligation__order__campaign__brand").order_by("look_at")
    return _each(rows[:BATCH], lambda row: payments.drive(row, now=now), "resolve")


def process_inbox(now: dt.datetime) -> int:
    """Work on stored events."""
    waiting = InboundEvent.objects.filter(state=InboundEvent.State.WAITING, look_at__lte=now)
    rows = waiting.order_by("pk")[:BATCH]
    return _each(rows, lambda row: inbox.process(row, now=now), "event")


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
    first = (
        Q(order__auto_charge=True, created_at__lte=now - terms.CHARGE_AFTER)
        & ~Exists(charges)
        & Exists(card)
    )
    again = Exists(charges.filter(state=A.DECLINED, look_at__lte=now))
    due = Obligation.objects.filter(
        first | Q(again),
        ~Exists(tries.filter(state__in=LIVE_ATTEMPTS)),
        kind=Obligation.Kind.BALANCE,
        state=Obligation.State.OPEN,
        order__state=S.BALANCE_DUE,
        order__campaign__state=C.BALANCE,
    )
    rows = _orders(pk__in=due.values("order_id"))[:BATCH]
    return _each(rows, lambda row: batches.charge_saved_card(row, now=now), "collect")


def remind_of_balances(now: dt.datetime) -> int:
    """Send the reminders that are due."""
    rows = Obligation.objects.filter(state=Obligation.State.OPEN, remind_at__lte=now)
    return _each(rows.order_by("pk")[:BATCH], lambda row: batches.remind(row, now=now), "remind")


def default_overdue(now: dt.datetime) -> int:
    """Balances that are unpaid when the grace is over."""
    rows = _orders(
        state__in=UNPAID_BALANCE, campaign__state=C.BALANCE, campaign__grace_ends_at__lte=now
    ).exclude(_asked_lately(now))[:BATCH]
    return _each(
        rows,
        lambda row: batches.default_order(row, actor="job:default_overdue", now=now),
        "default",
    )


def send_refunds(now: dt.datetime) -> int:
    """Send what was promised back."""
    waits = RefundAttempt.objects.filter(
        Q(state=RefundAttempt.State.PENDING) | Q(state=RefundAttempt.State.UNKNOWN, look_at__gt=now)
    )
    rows = RefundObligation.objects.filter(state=RefundObligation.State.OPEN).exclude(
        pk__in=waits.values("obligation_id")
    )
    return _each(
        rows.order_by("pk")[:BATCH], lambda row: refunds.send_refund(row, now=now), "refund"
    )


EVERY: dict[Callable[[dt.datetime], int], float] = {
    open_due: 1,
    close_due: 1,
    expire_reservations: 2,
    finish_expiring: 5,
    inbox.deliver_bank_events: 1,
    process_inbox: 1,
    resolve_unknown: 10,
    finalise: 1,
    announce_balances: 1,
    collect_balance: 15,
    remind_of_balances: 60,
    default_overdue: 2,
    close_balances: 2,
    decide_for_silent_brands: 60,
    end_orders: 1,
    send_refunds: 1,
    start_production: 1,
    tell_extensions: 10,
    close_delivered: 60,
    complete: 60,
}


def run_all(now: dt.datetime, *, rounds: int = 20) -> int:
    """Run every job of the pre-sale until nothing is left to do; for tests and the demo's data."""
    total = 0
    for _round in range(rounds):
        done = sum(function(now) for function in EVERY)
        total += done
        if not done:
            break
    return total
