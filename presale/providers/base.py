"""What a payment provider must offer, in words all providers share. No database is touched here.

Every call may be lost on the way: `Unknown` then means that it may or may not have happened.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal, Protocol

Status = Literal["open", "action", "processing", "paid", "dead"]
DisputeStatus = Literal["inquiry", "open", "won", "lost"]


@dataclass(frozen=True)
class Caps:
    """What a currency and a method allow."""

    off_session: bool
    reusable: bool
    refund_window_days: int
    min_minor: int
    max_minor: int
    session_min: dt.timedelta
    session_max: dt.timedelta
    # The way to pay whose refunds end first.
    shortest_method: str = "card"


@dataclass(frozen=True)
class Anchor:
    """The object at the provider that can succeed once; `url` is where the customer pays."""

    ref: str
    url: str = ""


@dataclass(frozen=True)
class Decline:
    """A refusal of the bank: try later, never again, ask the customer, or another card."""

    kind: Literal["soft", "hard", "needs_customer", "new_method"]
    code: str


@dataclass(frozen=True)
class AnchorState:
    """What the provider says about an anchor at this moment."""

    ref: str
    status: Status
    amount_minor: int
    currency: str
    account: str = ""
    action_url: str = ""
    method_ref: str = ""
    method_reusable: bool = False
    charge_ref: str = ""
    fee_minor: int = 0
    decline: Decline | None = None
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefundState:
    """What the provider says about a refund."""

    ref: str
    status: Literal["pending", "succeeded", "failed"]
    amount_minor: int
    currency: str
    metadata: dict[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class DisputeState:
    """What the provider says about a dispute. An inquiry has moved no money yet."""

    ref: str
    status: DisputeStatus
    charge_ref: str
    amount_minor: int
    currency: str
    fee_minor: int = 0
    reason: str = ""
    answer_by: dt.datetime | None = None
    account: str = ""


@dataclass(frozen=True)
class Event:
    """A notice from the provider: only a hint about which object to fetch again."""

    id: str
    kind: str
    ref: str
    created: dt.datetime
    account: str = ""


@dataclass(frozen=True)
class Movement:
    """One line of the provider's own statement; amounts are positive, the kind says which way."""

    kind: Literal["charge", "fee", "refund", "dispute", "dispute-fee", "dispute-won"]
    ref: str
    amount_minor: int
    currency: str
    anchor_ref: str
    account: str = ""


class ProviderError(Exception):
    """Something went wrong with a call."""


class Declined(ProviderError):
    """The bank said no; no money moved."""

    def __init__(self, decline: Decline, ref: str = "") -> None:
        super().__init__(decline.code)
        self.decline, self.ref = decline, ref


class Unknown(ProviderError):
    """No answer: it may have happened. Look before doing it again."""


class Rejected(ProviderError):
    """The provider understood and refused for a reason that trying again does not mend."""


class Misconfigured(ProviderError):
    """The key is missing or refused; the operator must act."""


class BadSignature(ProviderError):
    """An event was not signed by the provider, or not in time."""


class Provider(Protocol):
    """One payment provider. What is created with the same key is created once."""

    slug: str

    def caps(self, currency: str) -> Caps:
        """What may be asked for in that currency."""
        ...

    def ensure_customer(self, *, email: str, key: str) -> str:
        """The provider's reference of a payer."""
        ...

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
        """Open a page on which the customer pays."""
        ...  # fmt: skip

    def kill(self, ref: str) -> AnchorState:
        """End an anchor for good; answers `dead`, or `paid` when the money was faster."""
        ...

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
        ...  # fmt: skip

    def confirm_charge(
        self, ref: str, *, method: str, off_session: bool, key: str, return_url: str
    ) -> AnchorState:
        """Move the money. Raises `Declined`; answers `action` when the customer must confirm."""
        ...

    def fetch(self, ref: str) -> AnchorState:
        """The state of an anchor now."""
        ...

    def find(self, *, key: str, customer: str, since: dt.datetime) -> list[Anchor]:
        """Anchors made with that key, when the answer to creating one was lost."""
        ...

    def refund(
        self, *, charge_ref: str, amount_minor: int, key: str, metadata: dict[str, str]
    ) -> RefundState:
        """Send money back, once per key. Raises `Rejected` above what is left of the charge."""
        ...

    def fetch_refund(self, ref: str) -> RefundState:
        """The state of a refund now."""
        ...

    def find_refunds(self, charge_ref: str) -> list[RefundState]:
        """All refunds of a charge."""
        ...

    def fetch_dispute(self, ref: str) -> DisputeState:
        """The state of a dispute now."""
        ...

    def dispute_url(self, ref: str) -> str:
        """Where the operator reads a dispute and answers it."""
        ...

    def parse_event(self, body: bytes, headers: dict[str, str], now: dt.datetime) -> Event:
        """Check the signature, then read the event. Raises `BadSignature` before parsing."""
        ...

    def movements(self, since: dt.datetime, until: dt.datetime) -> list[Movement]:
        """The provider's own statement, to compare the books with."""
        ...
