"""Background work: the ticker that runs what is due, and huey's threads for queued tasks."""

import threading
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from huey.consumer import Consumer
from huey.contrib.djhuey import HUEY

from core import ticks

STOP_SECONDS = 4.0


class Worker:
    """Runs in the web process, or alone as `manage.py worker`."""

    def __init__(self) -> None:
        autodiscover_modules("tasks")
        self._stop = threading.Event()
        self._ticker = threading.Thread(
            target=ticks.loop, args=[self._stop], name="ticker", daemon=True
        )
        self._tasks = QuietConsumer(
            HUEY,
            max_delay=1.0,
            shutdown_timeout=STOP_SECONDS,
            **cast(dict[str, Any], settings.HUEY["consumer"]),
        )

    def start(self) -> None:
        """Start the threads."""
        self._ticker.start()
        self._tasks.start()

    def stop(self) -> None:
        """Let running work finish for a moment. What is cut short is still due, as a row."""
        self._stop.set()
        self._tasks.stop(graceful=True)
        self._ticker.join(STOP_SECONDS)


class QuietConsumer(Consumer):
    """huey's consumer inside a process whose signals belong to somebody else."""

    def _set_signal_handlers(self) -> None:
        return None
