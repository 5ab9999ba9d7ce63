"""What a process is doing when it dies; each begins from the rows alone."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from presale import ticks
from presale.actions import orders, payments
from presale.models import PreOrder


def open_deposit(now: dt.datetime) -> None:
    """The buyer asks for the page of the deposit."""
    payments.start_deposit(_order(), now=now)


def cancel(now: dt.datetime) -> None:
    """The buyer takes the order back."""
    orders.cancel_order(_order(), actor="user:1", now=now)


def _order() -> PreOrder:
    return PreOrder.objects.select_related("campaign__brand").order_by("pk")[0]


ACTS: dict[str, Callable[[dt.datetime], Any]] = {
    "open_deposit": open_deposit,
    "cancel": cancel,
    "expire": ticks.expire_reservations,
    "collect": ticks.collect_balance,
    "refund": ticks.send_refunds,
    "events": ticks.process_inbox,
    "end": ticks.end_orders,
    "default": ticks.default_overdue,
}
