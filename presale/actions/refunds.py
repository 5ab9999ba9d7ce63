"""Refunds: promised with a cause in the books, then sent charge by charge, looked up first."""

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.states import advance
from presale import ledger, providers, terms
from presale.actions.places import lock_order
from presale.actions.telling import mail_buyer, order_changed
from presale.errors import Disputed, ReasonMissing
from presale.failpoints import failpoint
from presale.models import (
    Attempt,
    Dispute,
    PreOrder,
    ProviderObject,
    RefundAttempt,
    RefundObligation,
)
from presale.models.preorder import DISPUTE
from presale.providers.base import (
    Misconfigured,
    Provider,
    ProviderError,
    RefundState,
    Rejected,
    Unknown,
)
from presale.queries import PARTS
from presale.states import PROMISE_MOVES, REFUND_MOVES

log = logging.getLogger(__name__)
R, P = RefundAttempt.State, RefundObligation.State
# What a provider says to a refund of a charge that is disputed: the money would go back twice.
DISPUTED = "charge_disputed"


def promise(
    order: PreOrder, *, cause: str, amount_minor: int, reason: str, now: dt.datetime
) -> RefundObligation | None:
    """Owe money back, once per cause; in the transaction of what causes it. Nothing for 0."""
    if not amount_minor:
        return None
    row, is_new = RefundObligation.objects.get_or_create(
        cause=cause,
        defaults={
            "order": order,
            "amount_minor": amount_minor,
            "currency": order.currency,
            "reason": reason,
            "created_at": now,
        },
    )
    if is_new:
        ledger.post_refund_due(order, cause, amount_minor, now)
    return row


def promise_all(
    order: PreOrder, *, cause: str, reason: str, now: dt.datetime
) -> RefundObligation | None:
    """Owe back everything we hold for the order."""
    held = -ledger.balance(ledger.held_for(order), order.currency)
    return promise(order, cause=cause, amount_minor=held, reason=reason, now=now)


def promise_part(
    order: PreOrder, kind: str, amount_minor: int, *, reason: str, now: dt.datetime
) -> RefundObligation | None:
    """Owe back a part of what an order that goes on has paid; `kind` is one of `PARTS`.

    Call it with the order locked. Never more than what we hold for it.
    """
    assert kind in PARTS
    held = -ledger.balance(ledger.held_for(order), order.currency)
    cause = f"{kind}:{order.pk}:{order.refund_obligations.count() + 1}"
    return promise(order, cause=cause, amount_minor=min(amount_minor, held), reason=reason, now=now)


def send_refund(promised: RefundObligation, *, now: dt.datetime) -> RefundObligation:
    """Send what was promised, newest charge first. Not inside a transaction; safe to repeat."""
    providers.refuse_inside_transaction()
    planned = _planned(promised.pk, now)
    failpoint("refund-planned")
    for attempt in planned:
        if attempt.state in (R.CREATED, R.UNKNOWN) and (
            attempt.look_at is None or attempt.look_at <= now
        ):
            _send(attempt, now)
    promised.refresh_from_db()
    return promised


def retry_refund(
    promised: RefundObligation, *, actor: str, reason: str, now: dt.datetime
) -> RefundObligation:
    """The operator tries a refused refund again, with rows and keys of its own.

    Refuses with `Disputed` while the buyer's bank decides, and with `WrongState`.
    """
    order = PreOrder.objects.get(pk=promised.order_id)
    if order.hold_reason:
        raise Disputed
    advance(promised, "retry", moves=PROMISE_MOVES, actor=actor, reason=reason, now=now)
    return promised


@transaction.atomic
def pay_by_hand(
    promised: RefundObligation, *, actor: str, reference: str, now: dt.datetime
) -> RefundObligation:
    """The operator has paid it by bank transfer: the provider does not send it any more.

    Refuses with `ReasonMissing` without a reference, `Disputed`, and `WrongState`.
    """
    if not reference.strip():
        raise ReasonMissing(_("Write the reference of the bank transfer."))
    order = lock_order(promised.order_id)
    promised.refresh_from_db()
    if order.hold_reason:
        raise Disputed
    sent = promised.attempts.exclude(state=R.FAILED).aggregate(total=Sum("amount_minor"))
    rest = promised.amount_minor - promised.covered_minor - (sent["total"] or 0)
    advance(
        promised, "by_hand", moves=PROMISE_MOVES, actor=actor, reason=reference, now=now,
        covered_minor=promised.covered_minor + rest,
    )  # fmt: skip
    ledger.post_refund_by_hand(order, promised.pk, rest, now)
    mail_buyer(
        order, f"refunded:{promised.pk}", "order_refunded", amount_minor=promised.amount_minor,
        reason=promised.reason,
    )  # fmt: skip
    order_changed(order)
    return promised


def cover(order: PreOrder, dispute: Dispute, amount: int, *, now: dt.datetime) -> int:
    """Take off what is promised and not sent yet, up to `amount`: a bank has given it back.

    In the transaction that loses the dispute; answers how much that was.
    """
    actor, left = f"provider:{dispute.provider}", amount
    waiting = order.refund_obligations.filter(state__in=[P.OPEN, P.MANUAL]).order_by("pk")
    for promised in waiting:
        for row in promised.attempts.filter(state=R.CREATED, attempt=dispute.attempt):
            advance(row, "fail", moves=REFUND_MOVES, actor=actor, now=now, error=DISPUTED)
        sent = promised.attempts.exclude(state=R.FAILED).aggregate(total=Sum("amount_minor"))
        part = min(left, promised.amount_minor - promised.covered_minor - (sent["total"] or 0))
        if part <= 0:
            continue
        left -= part
        promised.covered_minor += part
        promised.save(update_fields=["covered_minor"])
        if promised.covered_minor == promised.amount_minor:
            advance(promised, "cover", moves=PROMISE_MOVES, actor=actor, now=now)
    return amount - left


def resume(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    """The dispute is over: refunds that the provider refused because of it are tried again."""
    for promised in order.refund_obligations.filter(state=P.MANUAL):
        last = promised.attempts.order_by("-pk").first()
        if last and last.error == DISPUTED:
            advance(promised, "retry", moves=PROMISE_MOVES, actor=actor, now=now)


@transaction.atomic
def _planned(pk: int, now: dt.datetime) -> list[RefundAttempt]:
    """The rows that carry a promise, made on first sight: each within what its charge has left."""
    promised = RefundObligation.objects.select_related("order__campaign").get(pk=pk)
    order = lock_order(promised.order_id)
    if promised.state != P.OPEN or order.hold_reason == DISPUTE:
        return []
    rows = list(promised.attempts.exclude(state=R.FAILED).select_related("attempt"))
    missing = promised.amount_minor - promised.covered_minor - sum(row.amount_minor for row in rows)
    tries = promised.attempts.count()
    for charge in _charges(order):
        amount = min(missing, _left(charge))
        if amount > 0:
            tries += 1
            missing -= amount
            rows.append(_new_attempt(promised, charge, amount, tries, now))
    if missing:
        log.error("refund above what was charged", extra={"cause": promised.cause})
    return rows


def _charges(order: PreOrder) -> list[Attempt]:
    paid = Attempt.objects.filter(obligation__order=order, state=Attempt.State.SUCCEEDED)
    return list(paid.order_by("-pk"))


def _left(charge: Attempt) -> int:
    gone = charge.refunds.exclude(state=R.FAILED).aggregate(total=Sum("amount_minor"))["total"]
    lost = charge.disputes.filter(state=Dispute.State.LOST).aggregate(total=Sum("amount_minor"))
    return charge.amount_minor - (gone or 0) - (lost["total"] or 0)


def _new_attempt(
    promised: RefundObligation, charge: Attempt, amount: int, n: int, now: dt.datetime
) -> RefundAttempt:
    return RefundAttempt.objects.create(
        obligation=promised,
        n=n,
        attempt=charge,
        amount_minor=amount,
        currency=promised.currency,
        key=f"refund-{uuid.uuid4().hex}",
        created_at=now,
    )


def _send(attempt: RefundAttempt, now: dt.datetime) -> None:
    provider = providers.get(attempt.attempt.provider)
    try:
        state = _look_or_send(provider, attempt)
    except (Unknown, Misconfigured):
        _note_unknown(attempt, now)
    except Rejected as error:
        _note_failed(attempt, str(error), now)
    else:
        failpoint("refund-sent")
        apply_refund(attempt, state, now=now)


def _look_or_send(provider: Provider, attempt: RefundAttempt) -> RefundState:
    """A refund has no object that succeeds once, so the list is read before anything is sent."""
    charge = attempt.attempt.charge_ref
    assert charge
    for found in provider.find_refunds(charge):
        if found.metadata.get("refund_attempt") == attempt.key:
            return found
    return provider.refund(
        charge_ref=charge,
        amount_minor=attempt.amount_minor,
        key=attempt.key,
        metadata={"refund_attempt": attempt.key},
    )


@transaction.atomic
def apply_refund(attempt: RefundAttempt, state: RefundState, *, now: dt.datetime) -> RefundAttempt:
    """The one door for what a provider says about a refund; the same again changes nothing."""
    attempt = RefundAttempt.objects.select_related("attempt", "obligation").get(pk=attempt.pk)
    order = lock_order(attempt.obligation.order_id)
    attempt.refresh_from_db()
    event = {"pending": "accept", "succeeded": "succeed", "failed": "fail"}[state.status]
    target = {"accept": R.PENDING, "succeed": R.SUCCEEDED, "fail": R.FAILED}[event]
    if (attempt.state, event) not in REFUND_MOVES or attempt.state == target:
        return attempt
    had_left = attempt.state in (R.PENDING, R.SUCCEEDED)
    actor = f"provider:{attempt.attempt.provider}"
    look_at = now + terms.REFUND_LOOK if event == "accept" else None
    changes: dict[str, Any] = {
        "refund_ref": state.ref, "error": state.error[:200], "look_at": look_at,
    }  # fmt: skip
    advance(attempt, event, moves=REFUND_MOVES, actor=actor, now=now, **changes)
    ProviderObject.objects.get_or_create(
        provider=attempt.attempt.provider,
        account=attempt.attempt.provider_account,
        ref=state.ref,
        defaults={"refund_attempt": attempt},
    )
    amount = attempt.amount_minor
    if event == "fail":
        if had_left:
            ledger.post_refund_failed(attempt.attempt, order, state.ref, amount, now)
        _stick(attempt, actor, now)
        return attempt
    ledger.post_refund(attempt.attempt, order, state.ref, amount, now)
    failpoint("refund-half-booked")
    _finish(attempt.obligation, order, actor, now)
    return attempt


def look_at_refund(attempt: RefundAttempt, *, now: dt.datetime) -> bool:
    """Ask about a refund on its way: its event may have been lost. Not inside a transaction."""
    providers.refuse_inside_transaction()
    assert attempt.refund_ref
    RefundAttempt.objects.filter(pk=attempt.pk).update(look_at=now + terms.REFUND_LOOK)
    try:
        state = providers.get(attempt.attempt.provider).fetch_refund(attempt.refund_ref)
    except ProviderError:
        return False
    return apply_refund(attempt, state, now=now).state != R.PENDING


def _finish(promised: RefundObligation, order: PreOrder, actor: str, now: dt.datetime) -> None:
    arrived = promised.attempts.filter(state=R.SUCCEEDED).aggregate(total=Sum("amount_minor"))
    promised.refresh_from_db()
    back = (arrived["total"] or 0) + promised.covered_minor
    if back != promised.amount_minor or promised.state != P.OPEN:
        return
    advance(promised, "done", moves=PROMISE_MOVES, actor=actor, now=now)
    mail_buyer(
        order,
        f"refunded:{promised.pk}",
        "order_refunded",
        amount_minor=promised.amount_minor,
        reason=promised.reason,
    )
    order_changed(order)


def _stick(attempt: RefundAttempt, actor: str, now: dt.datetime) -> None:
    promised = attempt.obligation
    promised.refresh_from_db()
    if (promised.state, "stick") in PROMISE_MOVES:
        advance(promised, "stick", moves=PROMISE_MOVES, actor=actor, now=now)
    log.error("refund needs the operator", extra={"cause": promised.cause})


@transaction.atomic
def _note_failed(attempt: RefundAttempt, error: str, now: dt.datetime) -> None:
    lock_order(attempt.obligation.order_id)
    attempt.refresh_from_db()
    if attempt.state not in (R.CREATED, R.UNKNOWN):
        return
    actor = f"provider:{attempt.attempt.provider}"
    advance(attempt, "fail", moves=REFUND_MOVES, actor=actor, now=now, error=error[:200])
    _stick(attempt, actor, now)


@transaction.atomic
def _note_unknown(attempt: RefundAttempt, now: dt.datetime) -> None:
    lock_order(attempt.obligation.order_id)
    attempt.refresh_from_db()
    look_at = now + terms.backoff(attempt.tries)
    changes: dict[str, Any] = {"look_at": look_at, "tries": attempt.tries + 1}
    if attempt.state == R.CREATED:
        actor = f"provider:{attempt.attempt.provider}"
        advance(attempt, "lose", moves=REFUND_MOVES, actor=actor, now=now, **changes)
    elif attempt.state == R.UNKNOWN:
        RefundAttempt.objects.filter(pk=attempt.pk).update(**changes)
