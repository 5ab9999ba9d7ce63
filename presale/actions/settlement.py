"""What a payment that succeeded does to its order; inside the transaction that books it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.states import advance
from fans.actions import record_contribution
from fans.models import Contribution
from presale import links, queries
from presale.actions import refunds
from presale.actions.endings import in_words
from presale.actions.places import count, give_back, take, units_of
from presale.actions.telling import campaign_changed, mail_buyer, order_changed
from presale.errors import Refused
from presale.models import Attempt, Campaign, PreOrder
from presale.states import HOLDING, ORDER_MOVES

S = PreOrder.State


def settle_deposit(order: PreOrder, attempt: Attempt, *, actor: str, now: dt.datetime) -> None:
    """Count the units; money that came too late for a place is promised back at once."""
    if order.state == S.EXPIRED:
        has_place = _taken_again(order)
    else:
        has_place = order.state in (S.RESERVED, S.EXPIRING) and count(order)
    if not has_place:
        return pay_back_late(order, attempt, actor=actor, now=now)
    order.campaign.refresh_from_db()
    advance(order, "deposit_paid", moves=ORDER_MOVES, actor=actor, now=now)
    contribute(order, Contribution.Kind.DEPOSIT_PAID, now)
    quote = queries.order_quote(order)
    mail_buyer(
        order,
        "deposit-paid",
        "order_deposit_paid",
        paid_minor=attempt.amount_minor,
        later_minor=quote.later_minor,
        closes_at=order.campaign.closes_at,
        **({} if order.limit_minor is None else {"limit_minor": order.limit_minor}),
    )
    campaign_changed(order.campaign_id, "ladder", "variants")
    order_changed(order)


def settle_balance(order: PreOrder, attempt: Attempt, *, actor: str, now: dt.datetime) -> None:
    """The order is paid in full, or the money came after its end and is promised back."""
    if (order.state, "balance_paid") not in ORDER_MOVES:
        return pay_back_late(order, attempt, actor=actor, now=now)
    advance(order, "balance_paid", moves=ORDER_MOVES, actor=actor, now=now)
    announce_paid(order, attempt.amount_minor, now)


def announce_paid(order: PreOrder, amount_minor: int, now: dt.datetime) -> None:
    """An order is paid in full: mail, contribution, pages."""
    contribute(order, Contribution.Kind.ORDER_PAID, now)
    mail_buyer(
        order,
        "paid",
        "order_paid",
        paid_minor=amount_minor,
        all_paid_minor=queries.paid(order),
        ship_by=order.campaign.ship_by,
        is_first_word=not amount_minor,
    )
    campaign_changed(order.campaign_id, "phase")
    order_changed(order)


def pay_back_late(order: PreOrder, attempt: Attempt, *, actor: str, now: dt.datetime) -> None:
    """Money for an order that can no longer use it: booked, promised back, said."""
    held_a_place = order.state in HOLDING
    words = in_words(order, _("The payment arrived after the order had ended."))
    advance(order, "paid_too_late", moves=ORDER_MOVES, actor=actor, now=now, reason=words)
    if held_a_place:
        give_back(order)
    refunds.promise(
        order,
        cause=f"late:{attempt.pk}",
        amount_minor=attempt.amount_minor,
        reason=words,
        now=now,
    )
    mail_buyer(
        order, f"late:{attempt.pk}", "order_paid_too_late", amount_minor=attempt.amount_minor
    )
    order_changed(order)


def contribute(order: PreOrder, kind: str, now: dt.datetime) -> None:
    """Note what an account did for the brand; a guest's order counts for nobody."""
    if order.user is None:
        return
    record_contribution(
        user=order.user,
        brand=order.campaign.brand,
        kind=kind,
        subject=f"order:{order.pk}",
        at=now,
        label=order.campaign.title,
        url=links.order_path(order),
    )


def _taken_again(order: PreOrder) -> bool:
    """Whether an order that had expired gets its place again, while deposits are still open."""
    campaign = order.campaign
    if campaign.state != Campaign.State.OPEN:
        return False
    try:
        with transaction.atomic():
            take(campaign, order.person, units_of(order))
            return count(order) or _undo()
    except Refused:
        return False


def _undo() -> bool:
    raise Refused
