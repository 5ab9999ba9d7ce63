"""The peer as contract and flows use it: what a customer does, which answers get lost."""

from tests.stripe_peer.client import Peer

CARDS = {
    "pay": "4242424242424242",
    "decline": "4000000000000002",
    "insufficient": "4000000000009995",
    "authenticate": "4000002760003184",
}
# The request behind each call of the protocol.
REQUESTS = {
    "ensure_customer": ("POST", "/customers$"),
    "open_checkout": ("POST", "/checkout/sessions$"),
    "create_charge": ("POST", "/payment_intents$"),
    "confirm_charge": ("POST", "/confirm$"),
    "kill": ("POST", "/(expire|cancel)$"),
    "fetch": ("GET", "/(sessions|payment_intents)/"),
    "find": ("GET", "/(sessions|payment_intents)$"),
    "refund": ("POST", "/refunds$"),
    "fetch_refund": ("GET", "/refunds/"),
    "find_refunds": ("GET", "/refunds$"),
    "movements": ("GET", "/balance_transactions$"),
}


def at_the_page(peer: Peer, ref: str, decision: str, card: str = "") -> None:
    """The customer presses a button on Stripe's page, or on that of the card's bank."""
    if decision in ("confirm", "refuse"):
        peer.tell("confirm", ref=ref, agrees=decision == "confirm")
    elif decision != "abandon":
        peer.tell("pay", ref=ref, card=card or CARDS[decision])


def lose(peer: Peer, call: str, how: str, left: int = 1) -> None:
    """The next answers to that call get lost, in that way."""
    method, path = REQUESTS[call]
    peer.tell("fault", method=method, path=path, action=how, left=left)
