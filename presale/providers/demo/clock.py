"""The bank's clock, and names for what it makes."""

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core import clock

_set_back: ContextVar[dt.datetime | None] = ContextVar("bank_clock", default=None)


def clock_now() -> dt.datetime:
    """The bank's clock."""
    return _set_back.get() or clock.now()


@contextmanager
def bank_at(at: dt.datetime) -> Iterator[None]:
    """Have the bank's clock show that time, for the orders of the demo's past."""
    token = _set_back.set(at)
    try:
        yield
    finally:
        _set_back.reset(token)


def new_ref(kind: str) -> str:
    return f"demo_{kind}_{secrets.token_urlsafe(16)}"
