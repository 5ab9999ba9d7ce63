"""What time does to orders: reservations that end, and orders that follow their campaign."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from presale import terms
from presale.actions import answers, attempts, batches, fulfilment, orders
from presale.actions.endings import live_attempt
from presale.actions.places import lock_order
from presale.models import Attempt, Campaign, PreOrder, ProductionUpdate
from presale.states import ENDED_CAMPAIGNS, UNPAID_BALANCE
from presale.ticks.rows import BATCH, asked_lately, each, orders_where

C, S = Campaign.State, PreOrder.State


# -- Reservations ---------------------------------------------------------------------------
def expire_reservations(now: dt.datetime) -> int:
    """End reservations whose time is up, and all of a campaign that takes no deposits any more."""
    over = Q(reserved_until__lte=now) | ~Q(campaign__state=C.OPEN)
    rows = orders_where(state=S.RESERVED).filter(over)[:BATCH]
    return each(
        rows,
        lambda row: orders.expire_order(row, "expire", actor="job:expire_reservations", now=now),
        "expire",
    )


def finish_expiring(now: dt.datetime) -> int:
    """Ask again about reservations that are ending; after 24 h without answer stop waiting."""
    rows = orders_where(state=S.EXPIRING).exclude(asked_lately(now))[:BATCH]
    return each(rows, lambda row: _finish_expiring(row, now), "finish expiring")


def _finish_expiring(order: PreOrder, now: dt.datetime) -> None:
    job = "job:finish_expiring"
    order = orders.expire_order(order, "expire", actor=job, now=now)
    attempt = live_attempt(order)
    if order.state == S.EXPIRING and attempt:
        _give_up(order, attempt, now)


@transaction.atomic
def _give_up(order: PreOrder, attempt: Attempt, now: dt.datetime) -> None:
    job = "job:finish_expiring"
    order = lock_order(order.pk)
    if attempts.give_up(attempt, actor=job, now=now):
        answers.finish_expiry(order, "give_up", actor=job, now=now)


# -- Orders that follow their campaign ------------------------------------------------------
def announce_balances(now: dt.datetime) -> int:
    """Write what is due once the final price is fixed."""
    rows = orders_where(state=S.DEPOSITED, campaign__state=C.BALANCE)
    rows = rows.exclude(missed=PreOrder.IfMissed.WAIT)[:BATCH]
    return each(
        rows,
        lambda row: batches.announce_balance(row, actor="job:announce_balances", now=now),
        "announce",
    )


def end_orders(now: dt.datetime) -> int:
    """Refund the orders of campaigns that failed or were cancelled."""
    ends = [S.DEPOSITED, *UNPAID_BALANCE, S.PAID, S.IN_PRODUCTION]
    rows = orders_where(state__in=ends, campaign__state__in=ENDED_CAMPAIGNS)
    rows = rows.exclude(asked_lately(now))[:BATCH]
    return each(
        rows, lambda row: batches.end_with_campaign(row, actor="job:end_orders", now=now), "end"
    )


def start_production(now: dt.datetime) -> int:
    """Put paid orders into production with their campaign."""
    rows = orders_where(state=S.PAID, campaign__state__in=[C.PRODUCTION, C.SHIPPING])[:BATCH]
    return each(
        rows,
        lambda row: batches.start_production(row, actor="job:start_production", now=now),
        "production",
    )


def tell_extensions(now: dt.datetime) -> int:
    """Tell the buyers of extended campaigns."""
    rows = orders_where(
        state=S.DEPOSITED, campaign__state=C.OPEN, told_extensions__lt=F("campaign__extensions")
    )[:BATCH]
    return each(rows, lambda row: batches.tell_extension(row, now=now), "extension")


def tell_updates(now: dt.datetime) -> int:
    """Mail news from production, batch by batch."""
    rows = ProductionUpdate.objects.filter(told_at=None).order_by("pk")[:BATCH]
    return each(rows, lambda row: batches.tell_update(row, now=now), "news")


def close_delivered(now: dt.datetime) -> int:
    """Parcels count as received after 14 days, and orders close when no return is possible."""
    job = "job:close_delivered"
    sent = orders_where(state=S.SHIPPED, shipment__shipped_at__lte=now - terms.DELIVERED_AFTER)[
        :BATCH
    ]
    over = orders_where(state=S.DELIVERED, shipment__delivered_at__lte=now - terms.RETURN_WINDOW)[
        :BATCH
    ]
    return each(
        sent, lambda row: fulfilment.deliver_order(row, actor=job, now=now), "deliver"
    ) + each(over, lambda row: fulfilment.close_order(row, actor=job, now=now), "close order")
