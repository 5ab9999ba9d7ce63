"""Orders given back: by their buyer, by time, by the brand. Who may do it: the caller decides."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.states import WrongState, advance
from presale.actions import answers, attempts
from presale.actions.endings import end_order, live_attempt
from presale.actions.joining import refuse_while_joined
from presale.actions.places import lock_order
from presale.errors import ReasonMissing, Refused, StillChecking, TooLate
from presale.models import Campaign, PreOrder
from presale.states import ORDER_MOVES

S = PreOrder.State


def cancel_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The buyer takes the order back while deposits are open; a paid deposit is refunded whole.

    Not inside a transaction: an open checkout is ended at the provider first. Refuses with
    `TooLate` after the close, `StillChecking` when the provider has not answered.
    """
    order.refresh_from_db()
    if order.state in (S.RESERVED, S.EXPIRING):
        order = expire_order(order, "leave", actor=actor, now=now)
        if order.state == S.EXPIRING:
            raise StillChecking
        if order.state != S.DEPOSITED:
            return order
    return _cancel_deposited(order, actor=actor, now=now)


@transaction.atomic
def _cancel_deposited(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    order = lock_order(order.pk)
    if (order.state, "cancel") not in ORDER_MOVES or now >= order.campaign.closes_at:
        raise TooLate
    refuse_while_joined(order)
    reason = gettext_lazy("You cancelled the order.")
    order = end_order(
        order.pk, "cancel", actor=actor, now=now, reason=reason, template="order_cancelled"
    )
    # The campaign's row is the gate against the close: whoever has it first decides.
    if not Campaign.objects.filter(pk=order.campaign_id, state=Campaign.State.OPEN).update(
        version=F("version") + 1
    ):
        raise TooLate
    return order


def expire_order(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> PreOrder:
    """End a reservation: the checkout is ended at the provider first, then the place goes back.

    `event` is `expire` or `leave`. The order comes back EXPIRED, DEPOSITED when the money was
    faster, or EXPIRING when the provider has not answered.
    """
    if order.state == S.RESERVED:
        # A payment or another process may have been first; what is there then is looked at.
        _begin_expiry(order, event, actor=actor, now=now)
    attempt = live_attempt(order)
    if attempt:
        attempts.end_attempt(attempt, now=now)
    else:
        _finish_without_attempt(order, actor=actor, now=now)
    order.refresh_from_db()
    return order


def _begin_expiry(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> None:
    try:
        advance(order, event, moves=ORDER_MOVES, actor=actor, now=now)
    except WrongState:
        order.refresh_from_db()


@transaction.atomic
def _finish_without_attempt(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    order = lock_order(order.pk)
    if order.state == S.EXPIRING and live_attempt(order) is None:
        answers.finish_expiry(order, "proved_dead", actor=actor, now=now)


def release_order(order: PreOrder, *, actor: str, reason: str, now: dt.datetime) -> PreOrder:
    """The brand lets an order go out of goodwill, after the close as well; all is refunded.

    Not inside a transaction. Refuses with `ReasonMissing`, `StillChecking`, `Refused`.
    """
    if not reason.strip():
        raise ReasonMissing
    order.refresh_from_db()
    if (order.state, "release") not in ORDER_MOVES:
        raise Refused(_("This order cannot be released any more."))
    attempt = live_attempt(order)
    if attempt:
        attempts.end_attempt(attempt, now=now)
    return end_order(
        order.pk, "release", actor=actor, now=now, reason=reason, template="order_released"
    )
