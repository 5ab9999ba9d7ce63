"""The ways an order ends before it is sent: it gives back its place, its debts, its money."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from core.states import advance
from presale.actions import refunds
from presale.actions.places import give_back, lock_order, uncount
from presale.actions.telling import campaign_changed, mail_buyer, order_changed
from presale.errors import Disputed, StillChecking
from presale.failpoints import failpoint
from presale.models import Attempt, Obligation, PreOrder
from presale.states import COUNTED, HOLDING, LIVE_ATTEMPTS, OBLIGATION_MOVES, ORDER_MOVES

# Endings that somebody asks for; what time or the campaign causes is not held up.
BY_PEOPLE = ("cancel", "release")


def live_attempt(order: PreOrder) -> Attempt | None:
    """The one payment of the order that may still move money, if there is one."""
    rows = Attempt.objects.filter(obligation__order=order, state__in=LIVE_ATTEMPTS)
    return rows.select_related("obligation").order_by("-pk").first()


@transaction.atomic
def end_order(
    pk: int,
    event: str,
    *,
    actor: str,
    now: dt.datetime,
    reason: str | Promise = "",
    template: str = "",
    refund: bool = True,
) -> PreOrder:
    """Take the step `event` out of a holding state, once: void debts, give back, promise money.

    Refuses with `Disputed` what a person asks for while a bank decides about the order's money,
    with `StillChecking` while a payment may still succeed, and with `WrongState`.
    """
    order = lock_order(pk)
    if order.hold_reason and event in BY_PEOPLE:
        raise Disputed
    if (order.state, event) in ORDER_MOVES and live_attempt(order):
        raise StillChecking
    counted = order.state in COUNTED
    words = in_words(order, reason)
    advance(order, event, moves=ORDER_MOVES, actor=actor, now=now, reason=words, state_reason=words)
    if order.state not in HOLDING:
        give_back(order)
        if counted:
            uncount(order)
    void_debts(order, actor=actor, now=now)
    failpoint("half-ended")
    promised = None
    if refund:
        cause = f"{event}:{order.pk}"
        promised = refunds.promise_all(order, cause=cause, reason=words, now=now)
    if template:
        amount = promised.amount_minor if promised else 0
        mail_buyer(order, event, template, amount_minor=amount, has_refund=amount, reason=words)
    campaign_changed(order.campaign_id, "ladder", "variants")
    order_changed(order)
    return order


def void_debts(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    """Nothing is owed any more for the order."""
    for obligation in order.obligations.filter(state=Obligation.State.OPEN):
        advance(obligation, "void", moves=OBLIGATION_MOVES, actor=actor, now=now)


def in_words(order: PreOrder, reason: str | Promise) -> str:
    """A reason in the buyer's language; what the brand wrote stays as it is."""
    with translation.override(order.language):
        return str(reason)
