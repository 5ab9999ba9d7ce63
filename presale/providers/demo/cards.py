"""Test cards: what each does while the payer is there, and later without them."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from presale.providers.base import Decline


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
