"""The bank's page, on which the payer decides."""

import contextlib
import datetime as dt
from dataclasses import dataclass
from typing import Final

from presale.models import BankDispute, BankIntent
from presale.providers.base import Decline, Rejected
from presale.providers.demo.books import (
    bank_url,
    decide_dispute,
    decline,
    end,
    intent_of,
    own_books,
    take,
    take_back,
)
from presale.providers.demo.cards import CARD_OF, CARDS, Card


@dataclass(frozen=True)
class BankPage:
    """What the bank's page shows. `step` is card, confirm (3-D Secure), paid, disputed or ended.

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
    "paid": ["dispute"],
    "disputed": ["give-up", "insist"],
    "ended": [],
}


def bank_page(ref: str) -> BankPage:
    """The page of a payment at the bank. Raises `LookupError` for an unknown one."""
    intent = intent_of(ref, to_change=False)
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
        intent = intent_of(ref)
        if intent.status == "open" and intent.expires_at and intent.expires_at <= now:
            end(intent)
        step = _step(intent)
        if step == "ended" or (step == "paid" and decision != "dispute"):
            return intent.success_url if step == "paid" else intent.cancel_url
        if step in ("paid", "disputed"):
            return _dispute(intent, step, decision)
        if decision not in DECISIONS[step]:
            raise ValueError(decision)
        if decision == "abandon":
            return intent.cancel_url
        if step == "confirm":
            return _answer_confirmation(intent, decision)
        return _present(intent, CARDS.get(card) if card else CARDS[CARD_OF[decision]])


def _dispute(intent: BankIntent, step: str, decision: str) -> str:
    """The payer wants the money back, and later gives up, or their bank agrees with them."""
    if decision not in DECISIONS[step]:
        raise ValueError(decision)
    with contextlib.suppress(Rejected):
        if step == "paid":
            take_back(intent.charge.ref)
        else:
            running = intent.charge.disputes.get(status="open")
            decide_dispute(running.ref, "won" if decision == "give-up" else "lost")
    return bank_url(intent.ref)


def _step(intent: BankIntent) -> str:
    if BankDispute.objects.filter(charge__intent=intent, status="open").exists():
        return "disputed"
    steps = {"open": "card", "action": "confirm", "paid": "paid", "dead": "ended"}
    return steps[intent.status]


def _present(intent: BankIntent, card: Card | None) -> str:
    if card is None:
        raise ValueError("unknown card")
    if card.now:
        return decline(intent, card.now)
    if card.asks:
        intent.status, intent.pending_card = "action", card.number
        intent.save(update_fields=["status", "pending_card"])
        return bank_url(intent.ref)
    take(intent, card.number)
    return intent.success_url


def _answer_confirmation(intent: BankIntent, decision: str) -> str:
    if decision == "refuse":
        intent.status = "open"
        intent.save(update_fields=["status"])
        return decline(intent, Decline("new_method", "authentication_failed"))
    take(intent, intent.pending_card)
    return intent.success_url
