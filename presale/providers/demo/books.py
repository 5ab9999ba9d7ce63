"""The bank's books: payments, charges and refunds, in transactions of their own."""

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from core.money import MAXIMUM_CHARGE, MINIMUM_CHARGE
from presale.models import BankCharge, BankCustomer, BankDispute, BankIntent, BankRefund
from presale.providers.base import AnchorState, Decline, DisputeState, RefundState, Rejected
from presale.providers.demo.cards import CARDS
from presale.providers.demo.clock import clock_now, new_ref
from presale.providers.demo.notices import note

FEE_BP: Final = 140
DISPUTE_FEE: Final = 1500
ANSWER_WITHIN: Final = dt.timedelta(days=10)


# `durable`: the bank's books are another company's; they never hang on a transaction of ours.
own_books = transaction.atomic(durable=True)


def intent_of(ref: str, *, to_change: bool = True) -> BankIntent:
    rows = BankIntent.objects.select_related("customer")
    if to_change:
        rows = rows.select_for_update(of=("self",))
    intent = rows.filter(ref=ref).first()
    if intent is None:
        raise LookupError(ref)
    return intent


@own_books
def new_intent(
    kind: str,
    key: str,
    amount: int,
    currency: str,
    customer: str,
    metadata: dict[str, str],
    **fields: Any,
) -> BankIntent:
    if not MINIMUM_CHARGE[currency] <= amount <= MAXIMUM_CHARGE:
        raise Rejected("amount_out_of_range")
    # Two requests with one key may arrive at once: the later one finds what the other made.
    row, _new = BankIntent.objects.get_or_create(
        key=key,
        defaults={
            "ref": new_ref("pay"),
            "kind": kind,
            "status": "open",
            "amount_minor": amount,
            "currency": currency,
            "customer": BankCustomer.objects.get(ref=customer),
            "metadata": metadata,
            "created_at": clock_now(),
            **fields,
        },
    )
    if (row.kind, row.amount_minor, row.currency) != (kind, amount, currency):
        raise Rejected("idempotency_mismatch")
    return row


@own_books
def confirm(
    ref: str, method: str, off_session: bool, return_url: str
) -> tuple[BankIntent, Decline | None]:
    intent = intent_of(ref)
    if intent.status in ("paid", "action"):
        return intent, None
    if intent.status == "dead":
        raise Rejected("payment_canceled")
    card = CARDS[method.rpartition("_")[2]]
    if card.later and not (card.asks and not off_session):
        decline(intent, card.later)
        return intent, card.later
    if card.asks and not off_session:
        intent.status, intent.pending_card = "action", card.number
        intent.success_url = intent.cancel_url = return_url
        intent.save(update_fields=["status", "pending_card", "success_url", "cancel_url"])
        return intent, None
    take(intent, card.number)
    return intent, None


def decline(intent: BankIntent, decline: Decline) -> str:
    intent.decline_code = decline.code
    intent.save(update_fields=["decline_code"])
    note("payment.declined", intent.ref)
    return bank_url(intent.ref)


def take(intent: BankIntent, card: str) -> None:
    intent.status, intent.decline_code = "paid", ""
    if intent.saves_method or intent.kind == "charge":
        intent.method = f"demo_card_{card}"
    intent.save(update_fields=["status", "method", "decline_code"])
    BankCharge.objects.create(
        ref=new_ref("ch"),
        intent=intent,
        amount_minor=intent.amount_minor,
        fee_minor=intent.amount_minor * FEE_BP // 10_000,
        currency=intent.currency,
        created_at=clock_now(),
    )
    note("payment.succeeded", intent.ref)


def end(intent: BankIntent) -> None:
    if intent.status == "dead":
        return
    intent.status = "dead"
    intent.save(update_fields=["status"])
    note("payment.ended", intent.ref)


def state_of(intent: BankIntent) -> AnchorState:
    charge = BankCharge.objects.filter(intent=intent).first()
    code = intent.decline_code
    known = {card.later.code: card.later for card in CARDS.values() if card.later}
    return AnchorState(
        ref=intent.ref,
        status=intent.status,  # type: ignore[arg-type]
        amount_minor=intent.amount_minor,
        currency=intent.currency,
        action_url=bank_url(intent.ref) if intent.status in ("open", "action") else "",
        method_ref=intent.method,
        method_reusable=bool(intent.method),
        charge_ref=charge.ref if charge else "",
        fee_minor=charge.fee_minor if charge else 0,
        decline=known.get(code, Decline("new_method", code)) if code else None,
        metadata=intent.metadata,
    )


def send_back(charge_ref: str, amount: int, key: str, metadata: dict[str, str]) -> BankRefund:
    charge = BankCharge.objects.get(ref=charge_ref)
    enough = BankCharge.objects.filter(pk=charge.pk, amount_minor__gte=F("refunded_minor") + amount)
    if charge.disputes.exclude(status="won").exists():
        raise Rejected("charge_disputed")
    if amount <= 0 or not enough.update(refunded_minor=F("refunded_minor") + amount):
        raise Rejected("refund_exceeds_charge")
    row = BankRefund.objects.create(
        ref=new_ref("re"),
        key=key,
        charge=charge,
        amount_minor=amount,
        status=getattr(settings, "DEMO_BANK_REFUNDS", "succeeded"),
        metadata=metadata,
        created_at=clock_now(),
    )
    note("refund.updated", row.ref)
    return row


@own_books
def settle_refund(ref: str, status: str) -> None:
    """Let a refund arrive or come back later (`succeeded`, `failed`), as banks do."""
    row = BankRefund.objects.select_related("charge").get(ref=ref)
    if status == "failed" and row.status != "failed":
        BankCharge.objects.filter(pk=row.charge_id).update(
            refunded_minor=F("refunded_minor") - row.amount_minor
        )
    row.status = status
    row.save(update_fields=["status"])
    note("refund.updated", row.ref)


def take_back(charge_ref: str, reason: str = "product_not_received") -> str:
    """The payer asks for the money back; it is taken from the shop until the bank has decided."""
    charge = BankCharge.objects.select_for_update().get(ref=charge_ref)
    left = charge.amount_minor - charge.refunded_minor
    if not left or charge.disputes.exists():
        raise Rejected("nothing_to_dispute")
    row = BankDispute.objects.create(
        ref=new_ref("dp"), charge=charge, amount_minor=left, fee_minor=DISPUTE_FEE,
        status="open", reason=reason, answer_by=clock_now() + ANSWER_WITHIN,
        created_at=clock_now(),
    )  # fmt: skip
    note("dispute.opened", row.ref)
    return row.ref


def decide_dispute(ref: str, status: str) -> None:
    """The bank has decided: `won` by the shop, or `lost`."""
    open_one = BankDispute.objects.filter(ref=ref, status="open")
    if open_one.update(status=status, closed_at=clock_now()):
        note("dispute.closed", ref)


open_dispute, close_dispute = own_books(take_back), own_books(decide_dispute)


def dispute_state(row: BankDispute) -> DisputeState:
    return DisputeState(
        ref=row.ref,
        status=row.status,  # type: ignore[arg-type]
        charge_ref=row.charge.ref,
        amount_minor=row.amount_minor,
        currency=row.charge.currency,
        fee_minor=row.fee_minor,
        reason=row.reason,
        answer_by=row.answer_by,
    )


def refund_state(row: BankRefund) -> RefundState:
    return RefundState(
        ref=row.ref,
        status=row.status,  # type: ignore[arg-type]
        amount_minor=row.amount_minor,
        currency=row.charge.currency,
        metadata=row.metadata,
        error="refund_failed" if row.status == "failed" else "",
    )


def bank_url(ref: str) -> str:
    """The address of the bank's page of a payment."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("presale:bank", args=[ref])
