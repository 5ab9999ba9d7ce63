"""Stripe's objects as what all providers say about a payment or a refund."""

import datetime as dt
from typing import Any, Final

from presale.providers.base import (
    AnchorState,
    DisputeState,
    DisputeStatus,
    RefundState,
    Status,
)
from presale.providers.stripe.declines import decline_of

INTENT_PARTS: Final = ["latest_charge.balance_transaction", "payment_method"]
SESSION_PARTS: Final = [f"payment_intent.{part}" for part in INTENT_PARTS]
INTENT_STATUS: Final[dict[str, Status]] = {
    "succeeded": "paid",
    "canceled": "dead",
    "requires_action": "action",
    "requires_confirmation": "open",
    "requires_payment_method": "open",
}

# A question asked before a dispute takes no money; one that was prevented never will.
DISPUTE_STATUS: Final[dict[str, DisputeStatus]] = {
    "won": "won",
    "lost": "lost",
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "won",
    "prevented": "won",
}


def state_of_intent(intent: Any) -> AnchorState:
    """A PaymentIntent with its `INTENT_PARTS`; a status we do not know is under way."""
    status = INTENT_STATUS.get(intent.status, "processing")
    is_paid, method = status == "paid", intent.payment_method
    charge = intent.latest_charge if is_paid else None
    refusal = intent.last_payment_error if status == "open" else None
    return AnchorState(
        ref=intent.id,
        status=status,
        amount_minor=intent.amount_received if is_paid else intent.amount,
        currency=intent.currency.upper(),
        action_url=_confirmation(intent.next_action) if status == "action" else "",
        method_ref=method.id if is_paid and method else "",
        method_reusable=bool(is_paid and method and method.customer),
        charge_ref=charge.id if charge else "",
        fee_minor=_fee(charge) if charge else 0,
        decline=decline_of(refusal) if refusal else None,
        metadata=plain(intent.metadata),
    )


def _confirmation(next_action: Any) -> str:
    redirect = getattr(next_action, "redirect_to_url", None)
    return redirect.url if redirect else ""


def _fee(charge: Any) -> int:
    """The fee, when it is in the money of the charge; see docs/payments.md about other money."""
    line = charge.balance_transaction
    return line.fee if line and line.currency == charge.currency else 0


def state_of_session(session: Any) -> AnchorState:
    """A Checkout Session with its `SESSION_PARTS`: what its intent says, once there is one."""
    inner = state_of_intent(session.payment_intent) if session.payment_intent else None
    status = _session_status(session, inner)
    known = inner if status == "paid" else None
    return AnchorState(
        ref=session.id,
        status=status,
        amount_minor=known.amount_minor if known else session.amount_total,
        currency=known.currency if known else session.currency.upper(),
        action_url=session.url or "",
        method_ref=known.method_ref if known else "",
        method_reusable=bool(known and known.method_reusable),
        charge_ref=known.charge_ref if known else "",
        fee_minor=known.fee_minor if known else 0,
        decline=inner.decline if inner else None,
        metadata=plain(session.metadata),
    )


def _session_status(session: Any, inner: AnchorState | None) -> Status:
    if session.status == "expired":
        return "dead"
    if session.status == "open":
        return "action" if inner and inner.status == "action" else "open"
    if inner is None or inner.status == "processing":
        return "processing"
    # The page is over. Money that was on its way and did not arrive could only be tried again by
    # us, and we never confirm the intent of a page.
    return "dead" if inner.status == "open" else inner.status


def state_of_refund(refund: Any) -> RefundState:
    """A refund; one that waits for its receiver is on its way, a cancelled one came back."""
    status = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
    return RefundState(
        ref=refund.id,
        status=status.get(refund.status, "pending"),  # type: ignore[arg-type]
        amount_minor=refund.amount,
        currency=refund.currency.upper(),
        metadata=plain(refund.metadata),
        error=getattr(refund, "failure_reason", None) or "",
    )


def state_of_dispute(dispute: Any) -> DisputeState:
    """A dispute; its fee is on the line that took the money."""
    lines = [line for line in dispute.balance_transactions if line.amount < 0]
    due = getattr(dispute.evidence_details, "due_by", None)
    return DisputeState(
        ref=dispute.id,
        status=DISPUTE_STATUS.get(dispute.status, "open"),
        charge_ref=str(dispute.charge),
        amount_minor=dispute.amount,
        currency=dispute.currency.upper(),
        fee_minor=sum(line.fee for line in lines if line.currency == dispute.currency),
        reason=dispute.reason,
        answer_by=dt.datetime.fromtimestamp(due, dt.UTC) if due else None,
    )


def plain(metadata: Any) -> dict[str, str]:
    """Metadata as a dict of our own."""
    return dict(metadata.to_dict()) if metadata else {}


def stamp(at: dt.datetime) -> int:
    """A time as Stripe counts it, in whole seconds."""
    return int(at.timestamp())
