"""Answers to commands: from the threads that know them to the sockets that asked."""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from core.connection import Connection
from core.live import Asked
from core.pulse import Threads
from core.wire import text_frame

log = logging.getLogger(__name__)
Work = Callable[[], str]


class Answers:
    """Carries answers to the event loop, all that are ready in one go.

    A reader too slow to take its answer does not get it: the page asks again by its form, with
    the same key.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, threads: Threads) -> None:
        self._loop, self._threads = loop, threads
        self._ready: deque[tuple[Connection, uuid.UUID, str | Work]] = deque()
        self._is_due = False
        self._tasks: set[asyncio.Task[None]] = set()

    def asked(self, connection: Connection, key: uuid.UUID, said: dict[str, Any]) -> Asked:
        """The command as the apps see it."""
        put = partial(self._put, connection, key)
        return Asked(connection.viewer, connection.language, key, said, put)

    def _put(self, connection: Connection, key: uuid.UUID, answer: str | Work) -> None:
        self._ready.append((connection, key, answer))
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        # First, so that what is put from now on is delivered by the next call.
        self._is_due = False
        while self._ready:
            connection, key, answer = self._ready.popleft()
            if isinstance(answer, str):
                _write(connection, key, answer)
                continue
            task = self._loop.create_task(self._work(connection, key, answer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, connection: Connection, key: uuid.UUID, work: Work) -> None:
        try:
            _write(connection, key, await self._threads.run(work))
        except Exception:
            log.exception("answer not made")


def _write(connection: Connection, key: uuid.UUID, fields: str) -> None:
    text = f'{{"answer":"{key}",{fields}}}'
    connection.write(text, frame=text_frame(text))
