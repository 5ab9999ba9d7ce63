"""The provider protocol over the demo bank's books."""

import contextlib
import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings

from core.money import MAXIMUM_CHARGE, MINIMUM_CHARGE
from presale.models import BankCharge, BankCustomer, BankDispute, BankIntent, BankRefund
from presale.providers.base import (
    Anchor,
    AnchorState,
    Caps,
    Declined,
    DisputeState,
    Event,
    Movement,
    Provider,
    RefundState,
    Unknown,
)
from presale.providers.demo.books import (
    bank_url,
    confirm,
    dispute_state,
    end,
    intent_of,
    new_intent,
    own_books,
    refund_state,
    send_back,
    state_of,
)
from presale.providers.demo.clock import clock_now, new_ref
from presale.providers.demo.notices import SIGNATURE_HEADER, check_signature


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


class DemoProvider(Provider):
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
                key=key, defaults={"ref": new_ref("cus"), "email": email, "created_at": clock_now()}
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
        intent = new_intent(
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
        intent = new_intent("charge", key, amount_minor, currency, customer, metadata)
        return Anchor(intent.ref)

    @lossy
    def confirm_charge(
        self, ref: str, *, method: str, off_session: bool, key: str, return_url: str
    ) -> AnchorState:
        """Move the money by a saved card; a refusal is written before it is raised."""
        intent, refusal = confirm(ref, method, off_session, return_url)
        if refusal:
            raise Declined(refusal, ref)
        return state_of(intent)

    @lossy
    def kill(self, ref: str) -> AnchorState:
        """End a payment for good, unless the money was faster."""
        with own_books:
            intent = intent_of(ref)
            if intent.status != "paid":
                end(intent)
        return state_of(intent)

    @lossy
    def fetch(self, ref: str) -> AnchorState:
        """The state of a payment now."""
        with own_books:
            intent = intent_of(ref)
            if intent.status == "open" and intent.expires_at and intent.expires_at <= clock_now():
                end(intent)
        return state_of(intent)

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
            return refund_state(row or send_back(charge_ref, amount_minor, key, metadata))

    @lossy
    def fetch_refund(self, ref: str) -> RefundState:
        """The state of a refund now."""
        return refund_state(BankRefund.objects.select_related("charge").get(ref=ref))

    @lossy
    def find_refunds(self, charge_ref: str) -> list[RefundState]:
        """All refunds of a charge."""
        rows = BankRefund.objects.filter(charge__ref=charge_ref).select_related("charge")
        return [refund_state(row) for row in rows]

    @lossy
    def fetch_dispute(self, ref: str) -> DisputeState:
        """The state of a dispute now."""
        return dispute_state(BankDispute.objects.select_related("charge").get(ref=ref))

    def dispute_url(self, ref: str) -> str:
        """The bank's page of the payment, where both sides of a dispute are played."""
        row = BankDispute.objects.select_related("charge__intent").get(ref=ref)
        return bank_url(row.charge.intent.ref)

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
        return found + _dispute_movements(since, until)


def _dispute_movements(since: dt.datetime, until: dt.datetime) -> list[Movement]:
    found = []
    rows = BankDispute.objects.select_related("charge__intent")
    for row in rows.filter(created_at__gte=since, created_at__lt=until):
        line = (row.ref, row.amount_minor, row.charge.currency, row.charge.intent.ref)
        found.append(Movement("dispute", *line))
        found.append(Movement("dispute-fee", row.ref, row.fee_minor, *line[2:]))
    for row in rows.filter(closed_at__gte=since, closed_at__lt=until, status="won"):
        line = (row.ref, row.amount_minor, row.charge.currency, row.charge.intent.ref)
        found.append(Movement("dispute-won", *line))
    return found
