"""The bank's notices: written beside its books, sent later, signed."""

import datetime as dt
import hashlib
import hmac
import json
from typing import Final

from django.utils.crypto import salted_hmac

from presale.models import BankEvent
from presale.providers.base import BadSignature
from presale.providers.demo.clock import clock_now, new_ref

TOLERANCE: Final = dt.timedelta(minutes=5)


SIGNATURE_HEADER: Final = "Bank-Signature"


def note(kind: str, subject: str) -> None:
    BankEvent.objects.create(ref=new_ref("evt"), kind=kind, subject=subject, created_at=clock_now())


def event_body(event: BankEvent) -> bytes:
    """The bytes the bank sends for one notice."""
    return json.dumps(
        {
            "id": event.ref,
            "type": event.kind,
            "ref": event.subject,
            "account": "",
            "created": int(event.created_at.timestamp()),
        }
    ).encode()


def sign(body: bytes, at: dt.datetime) -> str:
    """The signature header of a notice: time and HMAC over time and body."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_digest(stamp, body)}"


def check_signature(body: bytes, header: str, now: dt.datetime) -> None:
    """Raise `BadSignature` unless signed by the bank within five minutes, past or future."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature("no time")
    if not hmac.compare_digest(_digest(stamp, body).encode(), given.encode()):
        raise BadSignature("wrong signature")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature("too old or in the future")


def _digest(stamp: str, body: bytes) -> str:
    key = salted_hmac("presale.demo-bank", "events", algorithm="sha256").digest()
    return hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def waiting_events(limit: int = 100) -> list[BankEvent]:
    """Notices that were not delivered yet, oldest first."""
    return list(BankEvent.objects.filter(delivered_at=None).order_by("pk")[:limit])


def mark_delivered(event: BankEvent, at: dt.datetime) -> None:
    """The receiver has taken the notice."""
    BankEvent.objects.filter(pk=event.pk).update(delivered_at=at)
