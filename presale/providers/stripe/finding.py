"""What one of our keys has made at Stripe: looked up by list, because search lags behind."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from core.clock import now
from presale.providers.base import Anchor, Rejected
from presale.providers.stripe.client import KeyUsed, asking, once
from presale.providers.stripe.reading import plain, stamp

# Their clock and ours may differ; looking too far back costs nothing.
SLACK: Final = dt.timedelta(minutes=10)
KEYS_LIVE: Final = dt.timedelta(days=2)


def anchors(key: str, customer: str, since: dt.datetime) -> list[Anchor]:
    """The sessions and intents made with that key."""
    return [_anchor(row) for row in _rows(key, customer, since)]


def once_found(
    create: Callable[[str], Anchor], key: str, customer: str, amount_minor: int, currency: str
) -> Anchor:
    """Create under a key, or find what it made. Raises `Rejected` if that is another thing."""

    def look() -> Anchor | None:
        for row in _rows(key, customer, now() - KEYS_LIVE):
            amount = getattr(row, "amount_total", None) or getattr(row, "amount", None)
            if (amount, row.currency.upper()) != (amount_minor, currency):
                raise Rejected("idempotency_mismatch")
            return _anchor(row)
        return None

    try:
        return once(create, look, key)
    except KeyUsed:
        # Sent again later its page would end later: another request, but the same thing.
        found = look()
        if found is None:
            raise
        return found


def _anchor(row: Any) -> Anchor:
    return Anchor(row.id, getattr(row, "url", "") or "")


def _rows(key: str, customer: str, since: dt.datetime) -> list[Any]:
    wish: Any = {"customer": customer, "created": {"gte": stamp(since - SLACK)}, "limit": 100}
    with asking() as client:
        pages: list[Any] = list(client.v1.checkout.sessions.list(wish).auto_paging_iter())
        intents: list[Any] = list(client.v1.payment_intents.list(wish).auto_paging_iter())
    # A page's own intent carries its marks; it is the page that we know.
    mine = [row for row in intents if plain(row.metadata).get("via") != "checkout"]
    return [row for row in [*pages, *mine] if plain(row.metadata).get("key") == key]
