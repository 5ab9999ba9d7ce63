"""The demo bank: a payment provider of our own, with its own books and its own transactions."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class BankPage:
    """What the bank's page shows. `step` is card, confirm (3-D Secure), paid or ended.

    `decisions` are the buttons in order, each a value for `bank_decide`: on the card step pay,
    decline, insufficient, authenticate, abandon; on the confirm step confirm, refuse, abandon.
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


def bank_page(ref: str) -> BankPage:
    """The page of a payment at the bank. Raises `Http404`-like `LookupError` for an unknown one."""
    raise NotImplementedError


def bank_decide(ref: str, decision: str, *, now: dt.datetime, card: str = "") -> str:
    """Do what the payer pressed and return the address to go to (the shop, or the bank again).

    `card` is one of `BankPage.cards` for "pay"; without it the card that always works.
    Raises `LookupError` for an unknown payment, `ValueError` for an unknown decision.
    """
    raise NotImplementedError
