"""Stripe's published test cards: what each does with its holder there, and without them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """`asks` is "", "once" (until saved with its holder's consent) or "always"."""

    number: str
    token: str = ""
    refusal: str = ""
    code: str = "card_declined"
    asks: str = ""
    only_later: bool = False


_REFUSED = "pm_card_chargeDeclined"
CARDS = {
    card.number: card
    for card in [
        Card("4242424242424242", "pm_card_visa"),
        Card("4000000000000002", _REFUSED, "generic_decline"),
        Card("4000000000009995", f"{_REFUSED}InsufficientFunds", "insufficient_funds"),
        Card("4000000000009987", f"{_REFUSED}LostCard", "lost_card"),
        Card("4000000000009979", f"{_REFUSED}StolenCard", "stolen_card"),
        Card("4000000000000069", f"{_REFUSED}ExpiredCard", "expired_card", "expired_card"),
        Card("4000000000000127", f"{_REFUSED}IncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        Card(
            "4000000000000119",
            f"{_REFUSED}ProcessingError",
            "processing_error",
            "processing_error",
        ),
        Card("4000002500003155", "pm_card_authenticationRequiredOnSetup", asks="once"),
        Card("4000002760003184", "pm_card_authenticationRequired", asks="always"),
        Card("4000000000000341", "pm_card_chargeCustomerFail", "generic_decline", only_later=True),
        # Its holder is asked, agrees, and there is not enough money all the same.
        Card("4000008260003178", "", "insufficient_funds", asks="always"),
    ]
}
BY_TOKEN = {card.token: card for card in CARDS.values() if card.token}
