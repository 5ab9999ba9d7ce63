"""The demo bank: a payment provider of our own, with its own books and its own transactions.

It behaves as a real one does towards us: answers can be lost, events come later and signed, the
same key is the same thing, a payment succeeds once, a refund never exceeds its charge.
"""

from presale.providers.demo.books import close_dispute, open_dispute, settle_refund
from presale.providers.demo.cards import CARD_OF, CARDS
from presale.providers.demo.clock import bank_at
from presale.providers.demo.notices import (
    SIGNATURE_HEADER,
    event_body,
    mark_delivered,
    sign,
    waiting_events,
)
from presale.providers.demo.page import bank_decide, bank_page
from presale.providers.demo.provider import DemoProvider

__all__ = [
    "CARDS", "CARD_OF", "SIGNATURE_HEADER", "DemoProvider", "bank_at", "bank_decide", "bank_page",
    "close_dispute", "event_body", "mark_delivered", "open_dispute", "settle_refund", "sign",
    "waiting_events",
]  # fmt: skip
