"""The demo bank: a payment provider of our own, with its own books and its own transactions.

It behaves as a real one does towards us: answers can be lost, events come later and signed, the
same key is the same thing, a payment succeeds once, a refund never exceeds its charge.
"""

import contextlib
import datetime as dt
import functools
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock
from core.money import MAXIMUM_CHARGE, MINIMUM_CHARGE
from presale.models import BankCharge, BankCustomer, BankEvent, BankIntent, BankRefund
from presale.providers.base import (
    Anchor,
    AnchorState,
    BadSignature,
    Caps,
    Decline,
    Declined,
    Event,
    Movement,
    RefundState,
    Rejected,
    Unknown,
)

FEE_BP: Final = 140
TOLERANCE: Final = dt.timedelta(minutes=5)
SIGNATURE_HEADER: Final = "Bank-Signature"


@dataclass(frozen=True)
class Card:
    """A test card: what happens while the payer is there, and what later without them."""

    number: str
    label: Promise
    now: Decline | None = None
    asks: bool = False
    later: Decline | None = None


_NO = Decline("soft", "generic_decline")
_SHORT = Decline("soft", "insufficient_funds")
_ASK = Decline("needs_customer", "authentication_required")
# The numbers and outcomes are those of Stripe's test cards, but for the last one.
CARDS: Final = {
    card.number: card
    for card in [
        Card("4242424242424242", _("Works")),
        Card("4000000000000002", _("Declined"), now=_NO, later=_NO),
        Card("4000000000009995", _("Not enough money"), now=_SHORT, later=_SHORT),
        Card("4000002500003155", _("Asks for confirmation once"), asks=True),
        Card("4000002760003184", _("Asks for confirmation every time"), asks=True, later=_ASK),
        Card(
            "4000000000000341",
            _("Works now, refused for the balance"),
            later=Decline("new_method", "card_not_supported"),
        ),
        Card("4000000000000044", _("Works now, short of money later"), later=_SHORT),
    ]
}
GOOD_CARD: Final = "4242424242424242"
CARD_OF: Final = {
    "pay": GOOD_CARD,
    "decline": "4000000000000002",
    "insufficient": "4000000000009995",
    "authenticate": "4000002760003184",
}


def lossy(call: Callable[..., Any]) -> Callable[..., Any]:
    """Let a test lose this call or its answer, as wires do.

    `settings.DEMO_BANK_FAULTS` maps a call's name to a list, taken from the front: `drop_before`
    (never arrived), `drop_after` (done, answer lost), `500_done` (done, and the same key is
    answered with the same failure for ever), "" (fine).
    """

    @functools.wraps(call)
    def carried(self: "DemoProvider", *args: Any, **kwargs: Any) -> Any:
        faults = getattr(settings, "DEMO_BANK_FAULTS", {})
        # Only what creates or moves something remembers its key; a look-up has none.
        key = kwargs.get("key") if call.__name__ != "find" else None
        if key and key in faults.get("stuck", []):
            raise Unknown(call.__name__)
        waiting = faults.get(call.__name__)
        fault = waiting.pop(0) if waiting else ""
        if not fault:
            return call(self, *args, **kwargs)
        if fault != "drop_before":
            with contextlib.suppress(Declined):
                call(self, *args, **kwargs)
        if fault == "500_done" and key:
            faults.setdefault("stuck", []).append(key)
        raise Unknown(call.__name__)

    return carried


_set_back: ContextVar[dt.datetime | None] = ContextVar("bank_clock", default=None)


def clock_now() -> dt.datetime:
    """The bank's clock."""
    return _set_back.get() or clock.now()


@contextmanager
def bank_at(at: dt.datetime) -> Iterator[None]:
    """Have the bank's clock show that time, for the orders of the demo's past."""
    token = _set_back.set(at)
    try:
        yield
    finally:
        _set_back.reset(token)


# `durable`: the bank's books are another company's; they never hang on a transaction of ours.
own_books = transaction.atomic(durable=True)


class DemoProvider:
    """The provider protocol over the demo bank's tables."""

    slug = "demo"

    def caps(self, currency: str) -> Caps:
        """What may be asked for in that currency."""
        return Caps(
            off_session=True,
            reusable=True,
            refund_window_days=180,
            min_minor=MINIMUM_CHARGE[currency],
            max_minor=MAXIMUM_CHARGE,
            session_min=dt.timedelta(minutes=1),
            session_max=dt.timedelta(hours=24),
        )

    @lossy
    def ensure_customer(self, *, email: str, key: str) -> str:
        """The bank's reference of a payer."""
        with own_books:
            row, _new = BankCustomer.objects.get_or_create(
                key=key, defaults={"ref": _ref("cus"), "email": email, "created_at": clock_now()}
            )
        return row.ref

    @lossy
    def open_checkout(
        self,
        *,
        amount_minor: int,
        currency: str,
        customer: str,
        key: str,
        metadata: dict[str, str],
        save_method: bool,
        success_url: str,
        cancel_url: str,
        expires_at: dt.datetime,
    ) -> Anchor:
        """Open a page on which the payer pays."""
        intent = _new_intent(
            "checkout", key, amount_minor, currency, customer, metadata,
            saves_method=save_method, success_url=success_url, cancel_url=cancel_url,
            expires_at=expires_at,
        )  # fmt: skip
        return Anchor(intent.ref, bank_url(intent.ref))

    @lossy
    def create_charge(
        self,
        *,
        amount_minor: int,
        currency: str,
        customer: str,
        key: str,
        metadata: dict[str, str],
    ) -> Anchor:
        """Create a charge that moves no money yet."""
        intent = _new_intent("charge", key, amount_minor, currency, customer, metadata)
        return Anchor(intent.ref)

    @lossy
    def confirm_charge(
        self, ref: str, *, method: str, off_session: bool, key: str, return_url: str
    ) -> AnchorState:
        """Move the money by a saved card; a refusal is written before it is raised."""
        intent, refusal = _confirm(ref, method, off_session, return_url)
        if refusal:
            raise Declined(refusal, ref)
        return _state(intent)

    @lossy
    def kill(self, ref: str) -> AnchorState:
        """End a payment for good, unless the money was faster."""
        with own_books:
            intent = _intent(ref)
            if intent.status != "paid":
                _end(intent)
        return _state(intent)

    @lossy
    def fetch(self, ref: str) -> AnchorState:
        """The state of a payment now."""
        with own_books:
            intent = _intent(ref)
            if intent.status == "open" and intent.expires_at and intent.expires_at <= clock_now():
                _end(intent)
        return _state(intent)

    @lossy
    def find(self, *, key: str, customer: str, since: dt.datetime) -> list[Anchor]:
        """Payments made with that key."""
        rows = BankIntent.objects.filter(key=key, customer__ref=customer)
        return [Anchor(row.ref, bank_url(row.ref)) for row in rows]

    @lossy
    def refund(
        self, *, charge_ref: str, amount_minor: int, key: str, metadata: dict[str, str]
    ) -> RefundState:
        """Send money back, once per key, never more than is left of the charge."""
        with own_books:
            # The charge's row first: of two requests with one key the later one finds the refund.
            BankCharge.objects.select_for_update().filter(ref=charge_ref).first()
            row = BankRefund.objects.filter(key=key).select_related("charge").first()
            return _refund_state(row or _send_back(charge_ref, amount_minor, key, metadata))

    @lossy
    def fetch_refund(self, ref: str) -> RefundState:
        """The state of a refund now."""
        return _refund_state(BankRefund.objects.select_related("charge").get(ref=ref))

    @lossy
    def find_refunds(self, charge_ref: str) -> list[RefundState]:
        """All refunds of a charge."""
        rows = BankRefund.objects.filter(charge__ref=charge_ref).select_related("charge")
        return [_refund_state(row) for row in rows]

    def parse_event(self, body: bytes, headers: dict[str, str], now: dt.datetime) -> Event:
        """Check signature and time before a byte of the body is read."""
        check_signature(body, headers.get(SIGNATURE_HEADER, ""), now)
        data = json.loads(body)
        return Event(
            id=data["id"],
            kind=data["type"],
            ref=data["ref"],
            created=dt.datetime.fromtimestamp(data["created"], dt.UTC),
            account=data["account"],
        )

    def movements(self, since: dt.datetime, until: dt.datetime) -> list[Movement]:
        """The bank's statement of that time."""
        found = []
        span = {"created_at__gte": since, "created_at__lt": until}
        for charge in BankCharge.objects.filter(**span).select_related("intent"):
            anchor, money = charge.intent.ref, charge.currency
            found.append(Movement("charge", charge.ref, charge.amount_minor, money, anchor))
            if charge.fee_minor:
                found.append(Movement("fee", charge.ref, charge.fee_minor, money, anchor))
        rows = BankRefund.objects.filter(**span, status__in=["pending", "succeeded"])
        for refund in rows.select_related("charge__intent"):
            charge = refund.charge
            found.append(
                Movement(
                    "refund", refund.ref, refund.amount_minor, charge.currency, charge.intent.ref
                )
            )
        return found


# -- The bank's page ------------------------------------------------------------------------
@dataclass(frozen=True)
class BankPage:
    """What the bank's page shows. `step` is card, confirm (3-D Secure), paid or ended.

    `decisions` are the buttons in order, each a value for `bank_decide`: on the card step pay,
    decline, insufficient, authenticate, abandon; on the confirm step confirm, refuse, abandon.
    `cards` are (number, what it does) for a choice of test cards with "pay".
    """

    ref: str
    step: str
    amount_minor: int
    currency: str
    email: str
    decline_code: str
    saves_method: bool
    expires_at: dt.datetime | None
    decisions: list[str]
    cards: list[tuple[str, str]]
    back_url: str


DECISIONS: Final = {
    "card": ["pay", "decline", "insufficient", "authenticate", "abandon"],
    "confirm": ["confirm", "refuse", "abandon"],
    "paid": [],
    "ended": [],
}


def bank_page(ref: str) -> BankPage:
    """The page of a payment at the bank. Raises `LookupError` for an unknown one."""
    intent = _intent(ref, to_change=False)
    step = _step(intent)
    return BankPage(
        ref=ref,
        step=step,
        amount_minor=intent.amount_minor,
        currency=intent.currency,
        email=intent.customer.email,
        decline_code=intent.decline_code,
        saves_method=intent.saves_method,
        expires_at=intent.expires_at,
        decisions=DECISIONS[step],
        cards=[(card.number, str(card.label)) for card in CARDS.values()],
        back_url=intent.success_url if step == "paid" else intent.cancel_url,
    )


def bank_decide(ref: str, decision: str, *, now: dt.datetime, card: str = "") -> str:
    """Do what the payer pressed and return the address to go to (the shop, or the bank again).

    `card` is one of `BankPage.cards` for "pay"; without it the card that always works.
    Raises `LookupError` for an unknown payment, `ValueError` for an unknown decision or card.
    """
    with own_books:
        intent = _intent(ref)
        if intent.status == "open" and intent.expires_at and intent.expires_at <= now:
            _end(intent)
        step = _step(intent)
        if step in ("paid", "ended"):
            return intent.success_url if step == "paid" else intent.cancel_url
        if decision not in DECISIONS[step]:
            raise ValueError(decision)
        if decision == "abandon":
            return intent.cancel_url
        if step == "confirm":
            return _answer_confirmation(intent, decision)
        return _present(intent, CARDS.get(card) if card else CARDS[CARD_OF[decision]])


def bank_url(ref: str) -> str:
    """The address of the bank's page of a payment."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("presale:bank", args=[ref])


def _step(intent: BankIntent) -> str:
    steps = {"open": "card", "action": "confirm", "paid": "paid", "dead": "ended"}
    return steps[intent.status]


def _present(intent: BankIntent, card: Card | None) -> str:
    if card is None:
        raise ValueError("unknown card")
    if card.now:
        return _decline(intent, card.now)
    if card.asks:
        intent.status, intent.pending_card = "action", card.number
        intent.save(update_fields=["status", "pending_card"])
        return bank_url(intent.ref)
    _take(intent, card.number)
    return intent.success_url


def _answer_confirmation(intent: BankIntent, decision: str) -> str:
    if decision == "refuse":
        intent.status = "open"
        intent.save(update_fields=["status"])
        return _decline(intent, Decline("new_method", "authentication_failed"))
    _take(intent, intent.pending_card)
    return intent.success_url


def _decline(intent: BankIntent, decline: Decline) -> str:
    intent.decline_code = decline.code
    intent.save(update_fields=["decline_code"])
    _note("payment.declined", intent.ref)
    return bank_url(intent.ref)


# -- The bank's books -----------------------------------------------------------------------
def _ref(kind: str) -> str:
    return f"demo_{kind}_{secrets.token_urlsafe(16)}"


def _intent(ref: str, *, to_change: bool = True) -> BankIntent:
    rows = BankIntent.objects.select_related("customer")
    if to_change:
        rows = rows.select_for_update(of=("self",))
    intent = rows.filter(ref=ref).first()
    if intent is None:
        raise LookupError(ref)
    return intent


@own_books
def _new_intent(
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
            "ref": _ref("pay"),
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
def _confirm(
    ref: str, method: str, off_session: bool, return_url: str
) -> tuple[BankIntent, Decline | None]:
    intent = _intent(ref)
    if intent.status in ("paid", "action"):
        return intent, None
    if intent.status == "dead":
        raise Rejected("payment_canceled")
    card = CARDS[method.rpartition("_")[2]]
    if card.later and not (card.asks and not off_session):
        _decline(intent, card.later)
        return intent, card.later
    if card.asks and not off_session:
        intent.status, intent.pending_card = "action", card.number
        intent.success_url = intent.cancel_url = return_url
        intent.save(update_fields=["status", "pending_card", "success_url", "cancel_url"])
        return intent, None
    _take(intent, card.number)
    return intent, None


def _take(intent: BankIntent, card: str) -> None:
    intent.status, intent.decline_code = "paid", ""
    if intent.saves_method or intent.kind == "charge":
        intent.method = f"demo_card_{card}"
    intent.save(update_fields=["status", "method", "decline_code"])
    BankCharge.objects.create(
        ref=_ref("ch"),
        intent=intent,
        amount_minor=intent.amount_minor,
        fee_minor=intent.amount_minor * FEE_BP // 10_000,
        currency=intent.currency,
        created_at=clock_now(),
    )
    _note("payment.succeeded", intent.ref)


def _end(intent: BankIntent) -> None:
    if intent.status == "dead":
        return
    intent.status = "dead"
    intent.save(update_fields=["status"])
    _note("payment.ended", intent.ref)


def _state(intent: BankIntent) -> AnchorState:
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


def _send_back(charge_ref: str, amount: int, key: str, metadata: dict[str, str]) -> BankRefund:
    charge = BankCharge.objects.get(ref=charge_ref)
    enough = BankCharge.objects.filter(pk=charge.pk, amount_minor__gte=F("refunded_minor") + amount)
    if amount <= 0 or not enough.update(refunded_minor=F("refunded_minor") + amount):
        raise Rejected("refund_exceeds_charge")
    row = BankRefund.objects.create(
        ref=_ref("re"),
        key=key,
        charge=charge,
        amount_minor=amount,
        status=getattr(settings, "DEMO_BANK_REFUNDS", "succeeded"),
        metadata=metadata,
        created_at=clock_now(),
    )
    _note("refund.updated", row.ref)
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
    _note("refund.updated", row.ref)


def _refund_state(row: BankRefund) -> RefundState:
    return RefundState(
        ref=row.ref,
        status=row.status,  # type: ignore[arg-type]
        amount_minor=row.amount_minor,
        currency=row.charge.currency,
        metadata=row.metadata,
        error="refund_failed" if row.status == "failed" else "",
    )


# -- The bank's notices ---------------------------------------------------------------------
def _note(kind: str, subject: str) -> None:
    BankEvent.objects.create(ref=_ref("evt"), kind=kind, subject=subject, created_at=clock_now())


def event_body(event: BankEvent) -> bytes:
    """The bytes the bank sends for one notice."""
    return json.dumps(
        {
            "id": event.ref,
            "type": event.kind,
            "ref": event.subject,
            "account": "",
            "created": int(event.created_at.timestamp()),
        }
    ).encode()


def sign(body: bytes, at: dt.datetime) -> str:
    """The signature header of a notice: time and HMAC over time and body."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_digest(stamp, body)}"


def check_signature(body: bytes, header: str, now: dt.datetime) -> None:
    """Raise `BadSignature` unless signed by the bank within five minutes, past or future."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature("no time")
    if not hmac.compare_digest(_digest(stamp, body).encode(), given.encode()):
        raise BadSignature("wrong signature")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature("too old or in the future")


def _digest(stamp: str, body: bytes) -> str:
    key = salted_hmac("presale.demo-bank", "events", algorithm="sha256").digest()
    return hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def waiting_events(limit: int = 100) -> list[BankEvent]:
    """Notices that were not delivered yet, oldest first."""
    return list(BankEvent.objects.filter(delivered_at=None).order_by("pk")[:limit])


def mark_delivered(event: BankEvent, at: dt.datetime) -> None:
    """The receiver has taken the notice."""
    BankEvent.objects.filter(pk=event.pk).update(delivered_at=at)
