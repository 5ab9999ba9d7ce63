"""Stripe's events: the signature first, with each secret in use, then what they are about."""

import datetime as dt
import json
from typing import Final

import stripe
from django.conf import settings

from presale.providers.base import BadSignature, Event
from presale.providers.stripe.client import is_live

TOLERANCE: Final = dt.timedelta(minutes=5)
HEADER: Final = "Stripe-Signature"
# The kinds that may concern an object of ours; docs/payments.md lists them for the endpoint.
OURS: Final = ("checkout.session.", "payment_intent.", "refund.", "charge.dispute.")


def parse_event(body: bytes, headers: dict[str, str], now: dt.datetime) -> Event:
    """Read an event that was signed within five minutes, past or future.

    One of the other mode (live, test) or of no kind of ours has no `ref`: it is kept as ignored.
    """
    header = headers.get(HEADER, "")
    if not header.isascii():
        raise BadSignature("not a signature")
    if not any(_is_signed(body, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRET):
        raise BadSignature("no secret fits")
    # The client takes a time in the future for good, and asks the machine's clock, not ours.
    signed_at = int(next(part[2:] for part in header.split(",") if part.startswith("t=")))
    if abs(now.timestamp() - signed_at) > TOLERANCE.total_seconds():
        raise BadSignature("too old or in the future")
    data = json.loads(body)
    about = data["data"]["object"]
    concerns_us = data["type"].startswith(OURS) and data["livemode"] == is_live()
    return Event(
        id=data["id"],
        kind=data["type"],
        ref=about["id"] if concerns_us else "",
        created=dt.datetime.fromtimestamp(data["created"], dt.UTC),
        account=data.get("account") or "",
    )


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(body, header, secret)
    except stripe.SignatureVerificationError:
        return False
