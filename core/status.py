"""What the installation says of itself while it runs: the ticker's beat, progress of the demo.

Rows, not cache entries: the command that fills the demo is another process than the pages.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from core.clock import now
from core.models import Status

PROGRESS = "progress"
TICKER = "ticker"
HELD = "ticker-held"
# Pages ask at most this often per process.
SEEN_SECONDS = 1


@dataclass(frozen=True)
class Progress:
    """How far a long first job is; `text` says what is being done."""

    done: int
    total: int
    text: str


def report_progress(done: int, total: int, text: str = "") -> None:
    """Say how far the demo is; every page shows it."""
    _note(PROGRESS, {"done": done, "total": total, "text": text})


def finish_progress() -> None:
    """The job is done: pages no longer speak of it."""
    Status.objects.filter(key=PROGRESS).delete()
    cache.delete(PROGRESS)


def progress() -> Progress | None:
    """What is under way, or None; at most one query a second."""
    known: dict[str, Any] | None = cache.get(PROGRESS)
    if known is None:
        row = Status.objects.filter(key=PROGRESS).first()
        known = row.value if row else {}
        cache.set(PROGRESS, known, SEEN_SECONDS)
    return Progress(**known) if known else None


def hold_ticker(until: dt.datetime) -> None:
    """Let the ticker rest until then: the demo is writing a past that is not due yet."""
    _note(HELD, {}, until)


def release_ticker() -> None:
    """Let it go on."""
    Status.objects.filter(key=HELD).delete()


def ticker_is_held(at: dt.datetime) -> bool:
    """Whether the ticker is to rest; a hold ends by itself, so that a crash cannot keep it."""
    return Status.objects.filter(key=HELD, at__gt=at).exists()


def beat(at: dt.datetime) -> None:
    """The ticker is alive."""
    _note(TICKER, {}, at)


def beat_age(at: dt.datetime) -> float | None:
    """Seconds since the ticker last said so; None if it never did."""
    row = Status.objects.filter(key=TICKER).first()
    return (at - row.at).total_seconds() if row else None


def _note(key: str, value: dict[str, Any], at: dt.datetime | None = None) -> None:
    Status.objects.update_or_create(key=key, defaults={"value": value, "at": at or now()})
