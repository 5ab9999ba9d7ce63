"""The peer as contract and flows use it: what a customer does, which answers get lost."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from presale import ticks
from presale.actions import payments
from presale.models import Attempt, Campaign, PreOrder
from tests.presale.house import reserved
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


# -- The shop, paid by Stripe ----------------------------------------------------------------
def deposit(peer: Peer, order: PreOrder, decision: str = "pay", card: str = "") -> PreOrder:
    """Open the deposit's page and press a button there; nothing is heard of it yet."""
    payments.start_deposit(order, now=timezone.now())
    ref = anchor_of(order)
    at_the_page(peer, ref, decision, card)
    if card == CARDS["authenticate"]:
        at_the_page(peer, ref, "confirm")
    return order


def anchor_of(order: PreOrder) -> str:
    """The object at Stripe of the order's newest attempt."""
    attempt = Attempt.objects.filter(obligation__order=order).latest("pk")
    assert attempt.anchor_ref
    return attempt.anchor_ref


def send(client: Client, one: dict[str, str]) -> int:
    """One event arrives; the status it is answered with."""
    return client.post(
        reverse("presale:webhook", args=["stripe"]),
        one["body"].encode(),
        content_type="application/json",
        headers={"Stripe-Signature": one["signature"]},
    ).status_code


def hear(peer: Peer, now: Any = None, **wish: Any) -> None:
    """All that waits arrives, is taken and worked on."""
    client = Client()
    for one in peer.tell("take", **wish):
        assert send(client, one) == 200
    while ticks.process_inbox(now or timezone.now()):
        pass


def deposited(peer: Peer, campaign: Campaign, name: str = "Ada", card: str = "") -> PreOrder:
    """An order with a paid deposit whose balance may be charged to its card."""
    order = deposit(peer, reserved(campaign, name, auto_charge=True), card=card)
    hear(peer)
    order.refresh_from_db()
    return order
