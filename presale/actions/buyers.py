"""What a person brings along to order: who they are, where to, which variants."""

from dataclasses import dataclass

from fans.models import User


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

    @property
    def owns_email(self) -> bool:
        """Whether the address is proved: by a code, or as the account's own."""
        own = self.user.email if self.user else ""
        return self.email_is_verified or (bool(own) and own.lower() == self.email.lower())


@dataclass(frozen=True)
class Address:
    """Where the parcel goes; `country` is an ISO code of two letters."""

    name: str
    address1: str
    city: str
    country: str
    address2: str = ""
    postcode: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Wanted:
    """A quantity of a variant."""

    variant_id: int
    quantity: int
