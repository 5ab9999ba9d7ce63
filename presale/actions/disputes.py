"""Disputes: the order is frozen while a bank decides, then goes on or ends with what is left.

No provider is called here, except by `end_lost`.
"""

import datetime as dt
import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.states import WrongState, advance
from presale import ledger
from presale.actions import answers, attempts, refunds
from presale.actions.endings import end_order, live_attempt
from presale.actions.telling import mail_brand, order_changed
from presale.errors import StillChecking
from presale.models import Attempt, Dispute, PreOrder
from presale.models.preorder import DISPUTE, DISPUTE_LOST
from presale.providers.base import DisputeState
from presale.states import DISPUTE_MOVES, ORDER_MOVES

log = logging.getLogger(__name__)
D = Dispute.State
RUNNING = [D.INQUIRY, D.OPEN]


@transaction.atomic
def apply_dispute(attempt: Attempt, state: DisputeState, *, now: dt.datetime) -> Dispute:
    """The one door for what a provider says about a dispute; the same again changes nothing."""
    attempt = answers.lock_attempt(attempt)
    order = attempt.obligation.order
    dispute, is_new = Dispute.objects.get_or_create(
        provider=attempt.provider,
        provider_account=attempt.provider_account,
        ref=state.ref,
        defaults={
            "attempt": attempt, "amount_minor": state.amount_minor, "currency": state.currency,
            "fee_minor": state.fee_minor, "reason": state.reason[:60],
            "answer_by": state.answer_by, "opened_at": now,
        },
    )  # fmt: skip
    dispute.attempt = attempt
    if is_new:
        _freeze(order, dispute, now)
    if state.status in ("open", "lost") and dispute.state == D.INQUIRY:
        _take(dispute, state, now)
    if state.status == "won" and (dispute.state, "win") in DISPUTE_MOVES:
        _win(dispute, order, now)
    elif state.status == "lost" and dispute.state == D.OPEN:
        _lose(dispute, order, now)
    return dispute


def end_lost(order: PreOrder, *, now: dt.datetime) -> bool:
    """End an order whose dispute was lost: what else was paid goes back, the place too.

    Not inside a transaction: an open payment is ended first. False while it may still succeed.
    """
    attempt = live_attempt(order)
    if attempt:
        attempts.end_attempt(attempt, now=now)
    try:
        _end_lost(order.pk, now)
    except (WrongState, StillChecking):
        return False
    return True


@transaction.atomic
def _end_lost(pk: int, now: dt.datetime) -> None:
    reason = _("Your bank gave the disputed payment back to you.")
    order = end_order(
        pk, "dispute_lost", actor="job:end_lost", now=now, reason=reason,
        template="order_dispute_lost",
    )  # fmt: skip
    if _others_run(order):
        PreOrder.objects.filter(pk=pk).update(hold_reason=DISPUTE)
    else:
        _thaw(order, now)


def _freeze(order: PreOrder, dispute: Dispute, now: dt.datetime) -> None:
    actor = f"provider:{dispute.provider}"
    advance(
        order, "dispute_opened", moves=ORDER_MOVES, actor=actor, now=now, reason=dispute.reason,
        hold_reason=DISPUTE,
    )  # fmt: skip
    mail_brand(
        order.campaign, f"dispute:{dispute.pk}", "campaign_dispute_opened",
        order=order, amount_minor=dispute.amount_minor, answer_at=dispute.answer_by,
    )  # fmt: skip
    log.error("payment disputed", extra={"order": order.number, "dispute": dispute.ref})
    order_changed(order)


def _thaw(order: PreOrder, now: dt.datetime) -> None:
    advance(
        order, "dispute_closed", moves=ORDER_MOVES, actor="job:disputes", now=now, hold_reason=""
    )
    refunds.resume(order, actor="job:disputes", now=now)
    order_changed(order)


def _take(dispute: Dispute, state: DisputeState, now: dt.datetime) -> None:
    """The bank has taken the money, which it had not while it only asked."""
    actor = f"provider:{dispute.provider}"
    advance(
        dispute, "take", moves=DISPUTE_MOVES, actor=actor, now=now,
        amount_minor=state.amount_minor, fee_minor=state.fee_minor, answer_by=state.answer_by,
    )  # fmt: skip
    ledger.post_dispute_open(dispute, now)


def _win(dispute: Dispute, order: PreOrder, now: dt.datetime) -> None:
    had_taken = dispute.state == D.OPEN
    actor = f"provider:{dispute.provider}"
    advance(dispute, "win", moves=DISPUTE_MOVES, actor=actor, now=now, closed_at=now)
    if had_taken:
        ledger.post_dispute_won(dispute, now)
    if order.hold_reason == DISPUTE and not _others_run(order):
        _thaw(order, now)
    _tell_end(dispute, order)


def _lose(dispute: Dispute, order: PreOrder, now: dt.datetime) -> None:
    """The buyer has the money: what we held or had promised of it is theirs already."""
    actor = f"provider:{dispute.provider}"
    advance(dispute, "lose", moves=DISPUTE_MOVES, actor=actor, now=now, closed_at=now)
    held = min(dispute.amount_minor, -ledger.balance(ledger.held_for(order), order.currency))
    promised = refunds.cover(order, dispute, dispute.amount_minor - held, now=now)
    ledger.post_dispute_lost(dispute, order, (held, promised), now)
    if (order.state, "dispute_lost") in ORDER_MOVES:
        PreOrder.objects.filter(pk=order.pk).update(hold_reason=DISPUTE_LOST)
    elif not _others_run(order):
        _thaw(order, now)
    _tell_end(dispute, order)


def _others_run(order: PreOrder) -> bool:
    return Dispute.objects.filter(attempt__obligation__order=order, state__in=RUNNING).exists()


def _tell_end(dispute: Dispute, order: PreOrder) -> None:
    mail_brand(
        order.campaign, f"dispute-end:{dispute.pk}", "campaign_dispute_closed",
        order=order, amount_minor=dispute.amount_minor, is_won=dispute.state == D.WON,
    )  # fmt: skip
