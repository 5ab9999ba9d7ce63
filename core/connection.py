"""One socket, and what happens when its reader is slow."""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator, Iterable
from typing import Any

from core import live
from core.wire import short_cut

SLOW_SECONDS = 15.0

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Connection:
    """One socket: writes at once, or remembers only which rooms moved on while it was slow.

    Made when the handshake is answered.
    """

    __slots__ = (
        "_missed",
        "_parked",
        "_send",
        "_write_frame",
        "language",
        "rooms",
        "task",
        "viewer",
    )

    def __init__(self, send: Send, viewer: live.Viewer, language: str) -> None:
        self.viewer, self.language = viewer, language
        self.rooms: set[str] = set()
        self.task = asyncio.current_task()
        self._send = send
        self._write_frame = short_cut(send)
        self._parked: asyncio.Task[None] | None = None
        self._missed: frozenset[str] = frozenset()

    def write(self, text: str, room: str = "", frame: bytes = b"") -> None:
        """Send without waiting. Almost always the message fits the socket's buffer, and no task
        is made; otherwise the rest is parked and later messages shrink to the names of rooms.

        `frame`: the same text as it goes over the wire, where many sockets get it.
        """
        if self._parked:
            self._missed |= {room}
            return
        if frame and self._write_frame and self._write_frame(frame):
            return
        sending = self._send({"type": "websocket.send", "text": text})
        try:
            waiting = sending.send(None)
        except StopIteration:
            return
        except Exception:
            return  # The socket is gone; its own loop hears of that.
        self._parked = asyncio.get_running_loop().create_task(self._finish(sending, waiting))

    def missed(self, rooms: Iterable[str]) -> None:
        """Have the page ask for the present state of these rooms."""
        rooms = sorted(set(rooms) - {""})
        if rooms:
            self.write(live.encode({"missed": rooms}), rooms[0])

    async def close(self, code: int) -> None:
        """Close with a code the page understands; a reader too slow for that is cut."""
        try:
            async with asyncio.timeout(1):
                await self._send({"type": "websocket.close", "code": code})
        except Exception:
            self._cut()

    def end(self) -> None:
        """Forget what still waits to be written."""
        if self._parked:
            self._parked.cancel()

    async def _finish(self, sending: Coroutine[Any, Any, None], waiting: Any) -> None:
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await _rest(sending, waiting)
        except TimeoutError:
            self._cut()
            return
        except Exception:
            return
        finally:
            self._parked = None
        rooms, self._missed = self._missed, frozenset()
        self.missed(rooms)

    def _cut(self) -> None:
        # A closing handshake would wait in the same full buffer. uvicorn's `send` is a method
        # of the protocol, which has the transport; elsewhere ending the task must do.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport:
            transport.abort()
        elif self.task:
            self.task.cancel()


@types.coroutine
def _rest(stepped: Coroutine[Any, Any, None], waiting: Any) -> Generator[Any, Any, None]:
    """Await the rest of a coroutine that was stepped once by hand and yielded `waiting`."""
    while True:
        value, error = None, None
        try:
            value = yield waiting
        except BaseException as caught:
            error = caught
        try:
            waiting = stepped.throw(error) if error else stepped.send(value)
        except StopIteration:
            return
