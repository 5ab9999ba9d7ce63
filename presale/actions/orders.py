"""Pre-orders: placing, changing, giving back, sending. Who may do it is decided by the caller."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from fans.models import User
from presale.models import Campaign, PreOrder, Variant
from voting.models import Ballot


@dataclass(frozen=True)
class Buyer:
    """Who orders: an account, or a guest with an address they have confirmed by a code."""

    email: str
    user: User | None = None
    email_is_verified: bool = False
    language: str = "en"

    @property
    def actor(self) -> str:
        """How this person is named in logs of states."""
        return self.user.actor if self.user else "guest"


@dataclass(frozen=True)
class Address:
    """Where the parcel goes; `country` is an ISO code of two letters."""

    name: str
    address1: str
    city: str
    country: str
    address2: str = ""
    postcode: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Wanted:
    """A quantity of a variant."""

    variant_id: int
    quantity: int


def reserve(
    campaign: Campaign,
    *,
    buyer: Buyer,
    address: Address,
    wanted: Sequence[Wanted],
    total_seen_minor: int,
    consent_text: str,
    form_key: uuid.UUID,
    auto_charge: bool = False,
    from_ballot: Ballot | None = None,
    now: dt.datetime | None = None,
) -> PreOrder:
    """Hold the units and write what is owed as a deposit; the same `form_key` is the same order.

    `total_seen_minor` is the total (deposit and balance at most) the page showed; prices come
    from the server alone. `auto_charge` is the consent to charge the balance to the saved card.
    Without `now` the database's clock decides. Follow with `payments.start_deposit`.

    Refuses with `BadOrder` (422), `EmailNotVerified` (403), and with 409: `NotOpen`, `SoldOut`,
    `OverLimit`, `PriceChanged`.
    """
    raise NotImplementedError


def cancel_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The buyer takes the order back while deposits are open; a paid deposit is refunded whole.

    Not inside a transaction: an open checkout is ended at the provider first. Refuses with
    `TooLate` after the close, `StillChecking` when the provider has not answered.
    """
    raise NotImplementedError


def change_variant(
    order: PreOrder, *, from_variant: Variant, to_variant: Variant, actor: str, now: dt.datetime
) -> PreOrder:
    """Swap a line for another variant of the same price, while deposits are open.

    Refuses with `BadOrder`, `SoldOut`, `TooLate`.
    """
    raise NotImplementedError


def change_address(order: PreOrder, address: Address, *, actor: str, now: dt.datetime) -> PreOrder:
    """Correct the address until the order is sent; not to a country with dearer shipping."""
    raise NotImplementedError


def release_order(order: PreOrder, *, actor: str, reason: str, now: dt.datetime) -> PreOrder:
    """The brand lets an order go out of goodwill, after the close as well; all is refunded.

    Not inside a transaction. Refuses with `ReasonMissing`, `StillChecking`, `NotPayable`.
    """
    raise NotImplementedError


def ship_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The parcel is on its way: the sale is booked, the campaign is shipping.

    Call it in the transaction that writes the `Shipment`. Refuses with `WrongState`.
    """
    raise NotImplementedError


def deliver_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The parcel has arrived (the buyer says so, or the brand); recorded as a contribution."""
    raise NotImplementedError


def accept_return(order: PreOrder, *, actor: str, reason: str, now: dt.datetime) -> PreOrder:
    """A sent order came back: the sale is undone and everything paid is refunded."""
    raise NotImplementedError
