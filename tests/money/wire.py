"""The matrix of lost answers: for every call to the provider, what the shop is doing then."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from presale import reconcile, ticks
from presale.actions import orders, payments
from presale.errors import Refused
from presale.models import Attempt, PreOrder, RefundAttempt
from presale.providers.base import ProviderError
from tests.money.house import (
    DAY,
    DEPOSIT,
    HOUR,
    MINUTE,
    anchor_of,
    counted,
    deposited,
    fresh,
    hear,
    opened,
    pay_page,
    reserved,
)
from tests.stripe_peer.client import Peer

S = PreOrder.State
BALANCE = 32900 - DEPOSIT
WAYS = ["drop_before", "drop_after", "500_done", "500", "429", "409", "slow", "garbage"]
Act = Callable[[Peer, PreOrder], None]


@dataclass(frozen=True)
class Call:
    """A call of the protocol, the requests behind it, and the act that makes it."""

    name: str
    method: str
    path: str
    setup: Callable[[Peer], PreOrder]
    act: Act
    states: tuple[str, ...]
    charges: tuple[int, ...]
    refunds: tuple[int, ...] = ()


def _reserved(peer: Peer) -> PreOrder:
    return reserved(opened())


def _deposited(peer: Peer) -> PreOrder:
    return deposited(peer, opened())


def _due(peer: Peer) -> PreOrder:
    campaign = opened()
    order = deposited(peer, campaign)
    counted(campaign)
    return order


def _cancelled(peer: Peer) -> PreOrder:
    return orders.cancel_order(_deposited(peer), actor="user:1", now=timezone.now())


def _refund_pending(peer: Peer) -> PreOrder:
    peer.tell("set", refunds_are="pending")
    order = _cancelled(peer)
    ticks.send_refunds(timezone.now())
    peer.tell("settle", ref=RefundAttempt.objects.get().refund_ref, status="succeeded")
    peer.tell("take")  # its event is lost
    return order


def _page_open(peer: Peer) -> PreOrder:
    order = reserved(opened())
    payments.start_deposit(order, now=timezone.now())
    return order


def _anchor_lost(peer: Peer) -> PreOrder:
    """The page exists there, and its answer never came."""
    order = reserved(opened())
    peer.tell("fault", method="POST", path="/checkout/sessions$", action="drop_after", left=1)
    _try(lambda: payments.start_deposit(order, now=timezone.now()))
    return order


def _paid_unheard(peer: Peer) -> PreOrder:
    order = reserved(opened())
    pay_page(peer, order)
    peer.tell("take")
    return order


def _try(act: Callable[[], object]) -> None:
    """A person presses, and is told to come back when there is no answer."""
    with contextlib.suppress(Refused):
        act()


def _open(peer: Peer, order: PreOrder) -> None:
    """The buyer asks for the page, again while there is no answer, and pays on it."""
    now = timezone.now()
    for minutes in (0, 3, 6, 10):
        _try(lambda at=now + minutes * MINUTE: payments.start_deposit(fresh(order), now=at))
        attempt = Attempt.objects.latest("pk")
        if attempt.anchor_ref and attempt.state == "pending":
            break
    peer.tell("pay", ref=anchor_of(order))
    hear(peer)
    ticks.run_all(now + 20 * MINUTE)


def _leave(peer: Peer, order: PreOrder) -> None:
    _try(lambda: orders.cancel_order(fresh(order), actor="user:1", now=timezone.now()))
    _jobs()


def _look(peer: Peer, order: PreOrder) -> None:
    payments.look_again(fresh(order), now=timezone.now())
    _jobs()


def _collect(peer: Peer, order: PreOrder) -> None:
    at = timezone.now() + DAY + HOUR
    for minutes in (0, 2, 10, 60):
        ticks.run_all(at + minutes * MINUTE)


def _jobs(_peer: Peer | None = None, _order: PreOrder | None = None) -> None:
    now = timezone.now()
    for minutes in (0, 2, 10, 25, 7 * 60):
        ticks.run_all(now + minutes * MINUTE)


def _compare(peer: Peer, order: PreOrder) -> None:
    for _again in range(2):
        try:
            reconcile.reconcile_lately(timezone.now())
        except ProviderError as error:
            raise AssertionError("reconciliation must not fail with its provider") from error


_ONE, _BOTH = (DEPOSIT,), (DEPOSIT, BALANCE)
_IN, _OUT, _PAID = (S.DEPOSITED,), (S.CANCELLED,), (S.PAID, S.IN_PRODUCTION)
SESSION, INTENT = "/checkout/sessions", "/payment_intents"
CALLS = [
    Call("find_customer", "GET", "/customers$", _reserved, _open, _IN, _ONE),
    Call("ensure_customer", "POST", "/customers$", _reserved, _open, _IN, _ONE),
    Call("open_checkout", "POST", f"{SESSION}$", _reserved, _open, _IN, _ONE),
    Call("find", "GET", f"{SESSION}$", _anchor_lost, _open, _IN, _ONE),
    Call("fetch_page", "GET", f"{SESSION}/", _paid_unheard, _look, _IN, _ONE),
    Call("kill_page", "POST", "/expire$", _page_open, _leave, (S.EXPIRED,), ()),
    Call("kill_paid", "POST", "/expire$", _paid_unheard, _leave, (*_IN, *_OUT), _ONE),
    Call("create_charge", "POST", f"{INTENT}$", _due, _collect, _PAID, _BOTH),
    Call("fetch_charge", "GET", f"{INTENT}/", _due, _collect, _PAID, _BOTH),
    Call("confirm_charge", "POST", "/confirm$", _due, _collect, _PAID, _BOTH),
    Call("find_refunds", "GET", "/refunds$", _cancelled, _jobs, _OUT, _ONE, _ONE),
    Call("refund", "POST", "/refunds$", _cancelled, _jobs, _OUT, _ONE, _ONE),
    Call("fetch_refund", "GET", "/refunds/", _refund_pending, _jobs, _OUT, _ONE, _ONE),
    Call("movements", "GET", "/balance_transactions$", _paid_unheard, _compare, _IN, _ONE),
]
