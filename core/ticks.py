"""What must happen by itself: functions that look for rows whose time has come.

A due-function takes `now`, does a bounded batch, may run twice at once, and returns how many
things it did. Being late or dying loses nothing: the row is still due.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import close_old_connections, connections

from core import status
from core.clock import now

log = logging.getLogger(__name__)
BEAT_SECONDS = 5.0
DueFunction = Callable[[dt.datetime], int]


@dataclass
class Due:
    """A registered due-function and when it last ran (monotonic seconds)."""

    run: DueFunction
    every: float
    slow: bool = False
    last: float = field(default=float("-inf"))


_due: dict[str, Due] = {}


def register(run: DueFunction, *, every: float = 1.0, slow: bool = False) -> None:
    """Have `run(now)` called every `every` seconds by the ticker; called from `AppConfig.ready`.

    `slow` gives it a thread of its own: what waits for a mail server or decodes pictures keeps
    nothing else from its time, and a close does not wait for what is slow unawares.
    """
    _due[f"{run.__module__}.{run.__qualname__}"] = Due(run, every, slow)


def run_all(at: dt.datetime | None = None) -> int:
    """Run every due-function once, whatever its rhythm; for tests, commands and the demo."""
    return sum(_run(name, due, at or now()) for name, due in _due.items())


def loop(stop: threading.Event) -> None:
    """Run the due-functions in their rhythm until `stop` is set."""
    register(_beat, every=BEAT_SECONDS)
    quick = {name: due for name, due in _due.items() if not due.slow}
    for name, due in _due.items():
        if due.slow:
            threading.Thread(
                target=_repeat, args=[{name: due}, stop], name=f"ticker-{name}", daemon=True
            ).start()
    _repeat(quick, stop)


def _repeat(dues: dict[str, Due], stop: threading.Event) -> None:
    while not stop.wait(0.5):
        if settings.DEMO and _run("held", Due(_rest, 0), now()):
            continue
        for name, due in dues.items():
            if time.monotonic() - due.last >= due.every:
                due.last = time.monotonic()
                _run(name, due, now())
        close_old_connections()
    connections.close_all()


def _rest(at: dt.datetime) -> int:
    """While the demo writes its past, the ticker only says that it is alive."""
    if not status.ticker_is_held(at):
        return 0
    status.beat(at)
    return 1


def _beat(at: dt.datetime) -> int:
    status.beat(at)
    return 0


def _run(name: str, due: Due, at: dt.datetime) -> int:
    try:
        return due.run(at)
    except Exception:
        # One broken job must not stop the others; its rows stay due and it is tried again.
        log.exception("due function failed", extra={"job": name})
        return 0
