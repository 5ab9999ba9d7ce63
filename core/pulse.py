"""From marks to messages: the first change of a quiet room goes out at once, then one per tick."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections

from core import live

log = logging.getLogger(__name__)
TICK = 0.1
RETRY = 1.0
T = TypeVar("T")
Send = Callable[[str, dict[str, Any]], Awaitable[None]]


class Threads:
    """A few threads for database work that an event loop must not do itself."""

    def __init__(self, count: int = 4) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="live")

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """The result of `work(*args)`, done in one of the threads on a healthy connection."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _tidy, work, args)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _tidy(work: Callable[..., T], args: tuple[Any, ...]) -> T:
    close_old_connections()
    try:
        return work(*args)
    finally:
        close_old_connections()


class Pulse:
    """Gathers the changes of each room and sends its newest state at most once per tick."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        threads: Threads,
        send: Send,
        audience: Callable[[str], list[str]],
    ) -> None:
        self._loop, self._threads, self._send, self._audience = loop, threads, send, audience
        self._dirty: dict[str, live.Keys] = {}
        self._lock = threading.Lock()
        self._beating: dict[str, asyncio.Task[None]] = {}

    def mark(self, room: str, keys: Iterable[str] = ()) -> None:
        """Note that these keys of the room (none: all of it) changed; from any thread."""
        new = frozenset(keys) or None
        with self._lock:
            known = self._dirty.get(room, frozenset())
            fresh = room not in self._dirty
            self._dirty[room] = None if new is None or known is None else known | new
        if fresh:
            self._loop.call_soon_threadsafe(self._wake, room)

    @property
    def quiet(self) -> bool:
        """Whether nothing waits to be sent."""
        return not self._dirty and not self._beating

    def _wake(self, room: str) -> None:
        if room not in self._beating:
            self._beating[room] = self._loop.create_task(self._beat(room))

    async def _beat(self, room: str) -> None:
        try:
            while room in self._dirty:
                due = self._loop.time() + TICK
                with self._lock:
                    keys = self._dirty.pop(room)
                await self._publish(room, keys)
                await asyncio.sleep(max(0, due - self._loop.time()))
        finally:
            # A mark that came after the last look has scheduled `_wake`, which runs after this.
            del self._beating[room]

    async def _publish(self, room: str, keys: live.Keys) -> None:
        try:
            messages = await self._threads.run(_render, room, self._audience(room), keys)
        except Exception:
            # The state is in the database; pages get it with the next change or when they rejoin.
            log.exception("room not rendered", extra={"room": room})
            return
        try:
            for group, text in messages:
                await self._send(group, {"type": "live.frames", "group": group, "text": text})
        except Exception:
            log.warning("room not published, trying again", extra={"room": room}, exc_info=True)
            self.mark(room, keys or ())
            await asyncio.sleep(RETRY)


def _render(room: str, languages: list[str], keys: live.Keys) -> list[tuple[str, str]]:
    rendered = [(code, live.render(room, code, keys, 0)) for code in languages]
    return [(live.group(room, code), text) for code, text in rendered if text]
