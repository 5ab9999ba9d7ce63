"""The matrix of deaths: where, in which act, and what must be true after any way to recover."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from presale import ticks
from presale.actions import campaigns, orders
from presale.errors import Refused
from presale.models import PreOrder, RefundObligation
from tests.money.house import (
    DAY,
    DEPOSIT,
    GOOD,
    HOUR,
    LATER_NO,
    MINUTE,
    charged,
    counted,
    deposited,
    fresh,
    hear,
    opened,
    pay_page,
    reserved,
    returned,
    send,
)
from tests.stripe_peer.client import Peer

S = PreOrder.State
BALANCE = 32900 - DEPOSIT
Setup = Callable[[Peer], tuple[PreOrder, dt.datetime]]


@dataclass(frozen=True)
class Death:
    """An act that dies at `point`; in the end the order is in one of `states`, and money moved."""

    point: str
    act: str
    setup: Setup
    states: tuple[str, ...]
    charges: tuple[int, ...] = ()
    refunds: tuple[int, ...] = ()
    again: str = ""  # what a person does again after the crash; jobs come by themselves


# -- Before -----------------------------------------------------------------------------------
def _reserved(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    return reserved(opened()), timezone.now()


def _page_open(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    order = reserved(opened())
    from presale.actions import payments

    payments.start_deposit(order, now=timezone.now())
    return order, order.reserved_until


def _paid_unheard(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    order = reserved(opened())
    pay_page(peer, order)
    return order, order.reserved_until


def _event_waits(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    order = reserved(opened())
    pay_page(peer, order)
    from django.test import Client

    for one in peer.tell("take"):
        assert send(Client(), one) == 200
    return order, timezone.now()


def _deposited(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    return deposited(peer, opened()), timezone.now()


def _balance_by(card: str) -> Setup:
    def setup(peer: Peer) -> tuple[PreOrder, dt.datetime]:
        campaign = opened()
        order = deposited(peer, campaign, card=card)
        counted(campaign)
        return order, timezone.now() + DAY + HOUR

    return setup


def _refund_due(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    order = deposited(peer, opened())
    return orders.cancel_order(order, actor="user:1", now=timezone.now()), timezone.now()


def _called_off(peer: Peer) -> tuple[PreOrder, dt.datetime]:
    campaign = opened()
    order = deposited(peer, campaign)
    campaigns.cancel(campaign, actor="user:1", reason="No cloth.", now=timezone.now())
    return order, timezone.now()


_ONE, _BOTH = (DEPOSIT,), (DEPOSIT, BALANCE)
_IN, _PAID = (S.DEPOSITED,), (S.PAID, S.IN_PRODUCTION)
DEATHS = [
    *[
        Death(point, "open_deposit", _reserved, _IN, _ONE, again="pay")
        for point in ("customer-made", "anchored", "anchor-stored")
    ],
    *[Death(point, "expire", _paid_unheard, _IN, _ONE) for point in ("killed", "half-settled")],
    Death("killed", "expire", _page_open, (S.EXPIRED,)),
    *[Death(p, "events", _event_waits, _IN, _ONE) for p in ("half-settled", "event-applied")],
    *[
        Death(point, "collect", _balance_by(GOOD), _PAID, _BOTH)
        for point in ("anchored", "anchor-stored", "confirmed", "half-settled")
    ],
    Death("declined", "collect", _balance_by(LATER_NO), (S.BALANCE_DUE, S.ACTION_NEEDED), _ONE),
    *[
        Death(point, "refund", _refund_due, (S.CANCELLED,), _ONE, _ONE)
        for point in ("refund-planned", "refund-sent", "refund-half-booked")
    ],
    Death("half-ended", "cancel", _deposited, (S.CANCELLED,), _ONE, _ONE, again="cancel"),
    Death("half-ended", "end", _called_off, (S.CANCELLED,), _ONE, _ONE),
]


# -- After ------------------------------------------------------------------------------------
def recover(peer: Peer, death: Death, order: PreOrder, at: dt.datetime, how: str) -> None:
    """`once`, `twice`, or `event` first: what the jobs and people do after the crash."""
    later = at + 3 * MINUTE
    if how == "event":
        hear(peer, later)
    for _again in range(2 if how == "twice" else 1):
        if death.again == "pay":
            _pay_again(peer, order, later)
        elif death.again == "cancel":
            _cancel_again(order, later)
        # News of an object that waits puts the next look off by an hour.
        for minutes in (0, 2, 10, 70):
            ticks.run_all(later + minutes * MINUTE)


def _pay_again(peer: Peer, order: PreOrder, now: dt.datetime) -> None:
    try:
        pay_page(peer, order, now=now)
    except Refused:  # paid already, by the first recovery
        assert fresh(order).state == S.DEPOSITED
    hear(peer, now)


def _cancel_again(order: PreOrder, now: dt.datetime) -> None:
    if fresh(order).state == S.DEPOSITED:
        orders.cancel_order(fresh(order), actor="user:1", now=now)


def truth(peer: Peer, order: PreOrder) -> dict[str, Any]:
    """What came of it: the order's state, and what really moved."""
    return {
        "state": str(fresh(order).state),
        "charges": tuple(sorted(charged(peer))),
        "refunds": tuple(returned(peer)),
        "promised": RefundObligation.objects.count(),
        "payable": sum(
            row["status"] == "open" for row in peer.all("checkout.session")
        ),
    }  # fmt: skip
