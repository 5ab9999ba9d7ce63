"""Stripe's own statement: balance transactions by list, never by search, which lags behind."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import stripe

from presale.providers.base import Movement
from presale.providers.stripe.client import asking
from presale.providers.stripe.reading import stamp

PAGE: Final = 100
CHARGES: Final = ("charge", "payment")
REFUNDS: Final = ("refund", "payment_refund")
# A page is paid within a day of its opening; slow methods take some days more.
PAGES_BEFORE: Final = dt.timedelta(days=1)


def movements(since: dt.datetime, until: dt.datetime) -> list[Movement]:
    """Every charge, fee and refund of that time; the fee only when it is in the charge's money."""
    with asking() as client:
        pages = _pages(client, since, until)
        lines = client.v1.balance_transactions.list(
            {
                "created": {"gte": stamp(since), "lt": stamp(until)},
                "limit": PAGE,
                "expand": ["data.source"],
            }
        )
        found: list[Movement] = []
        for line in lines.auto_paging_iter():
            found += _read(client, line, pages)
        return found


def _pages(client: stripe.StripeClient, since: dt.datetime, until: dt.datetime) -> dict[str, str]:
    """Which Checkout Session an intent belongs to; asked for in one list, not one by one."""
    wish: Any = {"created": {"gte": stamp(since - PAGES_BEFORE), "lt": stamp(until)}, "limit": PAGE}
    sessions = client.v1.checkout.sessions.list(wish)
    return {
        str(session.payment_intent): session.id
        for session in sessions.auto_paging_iter()
        if session.payment_intent
    }


def _read(client: stripe.StripeClient, line: Any, pages: dict[str, str]) -> Iterator[Movement]:
    source = line.source
    if line.type in CHARGES:
        anchor, money = _anchor(client, source, pages), source.currency.upper()
        yield Movement("charge", source.id, source.amount, money, anchor)
        if line.fee and line.currency == source.currency:
            yield Movement("fee", source.id, line.fee, money, anchor)
    elif line.type == "adjustment" and source.object == "dispute":
        anchor, money = _anchor(client, source, pages), source.currency.upper()
        if line.amount < 0:
            yield Movement("dispute", source.id, -line.amount, money, anchor)
        else:
            yield Movement("dispute-won", source.id, line.amount, money, anchor)
        if line.fee > 0 and line.currency == source.currency:
            yield Movement("dispute-fee", source.id, line.fee, money, anchor)
    elif line.type in REFUNDS and source.status not in ("failed", "canceled"):
        anchor, money = _anchor(client, source, pages), source.currency.upper()
        yield Movement("refund", source.id, source.amount, money, anchor)


def _anchor(client: stripe.StripeClient, source: Any, pages: dict[str, str]) -> str:
    """The object we know a charge or refund by: its session, or else the intent itself."""
    intent = str(source.payment_intent or "")
    if not intent:
        return source.id
    is_ours_alone = source.object == "charge" and _via(source) == "charge"
    if intent not in pages and not is_ours_alone:
        found = client.v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
        pages[intent] = found[0].id if found else intent
    return pages.get(intent, intent)


def _via(charge: Any) -> str:
    return charge.metadata.to_dict().get("via", "") if charge.metadata else ""
