"""All sockets of a process behind one channel of the channel layer.

The layer carries a message once to each process, already encoded; the hub writes the same
text to each of its sockets in the room. A slow reader delays nobody: see `core.connection`.
"""

import asyncio
import itertools
import logging
import secrets
from collections.abc import Awaitable, Iterable
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from core import courier, live
from core.answers import Answers
from core.connection import Connection
from core.presence import Presence
from core.pulse import Pulse, Threads
from core.wire import text_frame

log = logging.getLogger(__name__)

LINGER_SECONDS = 5.0
BEAT_SECONDS = 2.0
STOP_SECONDS = 0.5
STOP_ATTEMPTS = 20
CHUNK = 500
SIGNED_OUT = 4401


class Hub:
    """The rooms of this process and who is in them."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.layer = get_channel_layer()
        self.threads = Threads()
        self.answers = Answers(self.loop, self.threads)
        self.pulse = Pulse(self.loop, self.threads, self.layer.group_send, self._audience)
        self.connections: set[Connection] = set()
        self._groups: dict[str, set[Connection]] = {}
        self._subscribed: dict[str, asyncio.Task[None]] = {}
        self._subscribing = asyncio.Lock()
        self._next: dict[Any, asyncio.Task[Any]] = {}
        self._running: dict[Any, asyncio.Task[Any]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._own = f"live.hub.{secrets.token_hex(8)}"
        self._heard = asyncio.Event()
        self.lost = False
        self.presence = Presence(self._own, self._groups, self._tell_others)

    async def start(self) -> None:
        """Listen to the layer, and take this process's changes."""
        self.channel = await self.layer.new_channel("live.")
        await self.layer.group_add(live.CONTROL, self.channel)
        await self.layer.group_add(self._own, self.channel)
        self._spawn(self._pump())
        self._spawn(self._watch())
        self._spawn(self.presence.run())
        live.deliver_by(lambda: self)

    async def stop(self) -> None:
        """Stop listening; the server has closed the sockets by then."""
        live.deliver_by(courier.remote)
        for _attempt in range(STOP_ATTEMPTS):
            if not self._tasks:
                break
            for task in self._tasks:
                task.cancel()
            # Again after a while: under load the layer's client has swallowed a cancellation.
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        self.threads.close()

    # -- Changes of this process (any thread) ---------------------------------------------
    def mark(self, room: str, keys: Iterable[str]) -> None:
        """Announce a change of a room; from any thread."""
        self.pulse.mark(room, keys)

    def tell(self, message: dict[str, Any]) -> None:
        """Send a notice to the hubs of all processes; from any thread."""
        self.loop.call_soon_threadsafe(self._spawn_tell, live.CONTROL, message)

    # -- Sockets (event loop) --------------------------------------------------------------
    async def join(self, connection: Connection, room: str) -> None:
        """Put the socket into the room; from here on it hears of every change."""
        group = live.group(room, connection.language)
        self._groups.setdefault(group, set()).add(connection)
        connection.rooms.add(room)
        try:
            await self._subscribe(group)
        except Exception:
            # The layer is away. The page hears that, and joins again when it is back.
            log.warning("room not joined", extra={"room": room}, exc_info=True)
            if not self.lost:
                self._say_lost(True)
        self.presence.greet(connection, room)

    def leave(self, connection: Connection, room: str) -> None:
        """Take the socket out of the room; the process stays subscribed for a moment."""
        group = live.group(room, connection.language)
        connection.rooms.discard(room)
        members = self._groups.get(group, set())
        members.discard(connection)
        if not members:
            self.loop.call_later(LINGER_SECONDS, lambda: self._spawn(self._unsubscribe(group)))

    def remove(self, connection: Connection) -> None:
        """The socket is gone."""
        self.connections.discard(connection)
        connection.end()
        for room in list(connection.rooms):
            self.leave(connection, room)

    async def present(self, room: str, language: str, after: int) -> str | None:
        """The state of the room as of now, for a socket that has joined.

        A thousand that come back at once share a rendering, but only one that began after they
        asked: an older one may lack a change that was announced before they had joined.
        """
        key = (room, language, live.after_of(room, after))
        if key not in self._next:
            self._next[key] = self._spawn(self._present(key, self._running.get(key)))
        return await asyncio.shield(self._next[key])

    async def say(self, room: str, texts: dict[str, str]) -> None:
        """Send a passing message (one per language) to the room; nothing keeps it."""
        for language, text in texts.items():
            group = live.group(room, language)
            await self.layer.group_send(
                group, {"type": "live.frames", "group": group, "text": text}
            )

    # -- Inside ------------------------------------------------------------------------------
    async def _present(self, key: Any, before: asyncio.Task[Any] | None) -> str | None:
        if before:
            await asyncio.wait([before])
        self._running[key] = self._next.pop(key)
        try:
            room, language, after = key
            return await self.threads.run(live.render, room, language, None, after)
        finally:
            if self._running.get(key) is asyncio.current_task():
                del self._running[key]

    async def _subscribe(self, group: str) -> None:
        # One flight for all: whoever joins meanwhile waits for the same subscription, else their
        # first messages would be lost.
        if group not in self._subscribed:
            self._subscribed[group] = self._spawn(self._add(group))
        try:
            await asyncio.shield(self._subscribed[group])
        except Exception:
            self._subscribed.pop(group, None)
            raise

    async def _add(self, group: str) -> None:
        async with self._subscribing:
            await self.layer.group_add(group, self.channel)

    async def _unsubscribe(self, group: str) -> None:
        async with self._subscribing:
            if self._groups.get(group) or group not in self._subscribed:
                return
            self._groups.pop(group, None)
            del self._subscribed[group]
            await self.layer.group_discard(group, self.channel)

    async def _pump(self) -> None:
        while True:
            try:
                await self._take(await self.layer.receive(self.channel))
            except Exception:
                log.exception("live message lost")
                await asyncio.sleep(1)

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "live.frames":
                await self._deliver(message["group"], message["text"])
            case "live.leave":
                self._close_all(message["user"])
            case "live.recheck":
                self._recheck(message["room"], message["voter"])
            case "live.here":
                self.presence.heard(message["hub"], message["rooms"])
            case "live.beat":
                self._heard.set()

    async def _deliver(self, group: str, text: str) -> None:
        room, frame = group.partition(".")[2], text_frame(text)
        readers = iter(tuple(self._groups.get(group, ())))
        while chunk := tuple(itertools.islice(readers, CHUNK)):
            for connection in chunk:
                connection.write(text, room, frame)
            await asyncio.sleep(0)

    def _close_all(self, user_id: int) -> None:
        for connection in self.connections:
            if connection.viewer.user.pk == user_id:
                self._spawn(connection.close(SIGNED_OUT))

    def _recheck(self, room: str, voter_id: int) -> None:
        # Out at once, asked afterwards: the change that ends a right must not itself arrive.
        for connection in self.connections:
            voter = connection.viewer.voter
            if room in connection.rooms and voter and voter.pk == voter_id:
                self.leave(connection, room)
                self._spawn(self._ask_again(connection, room))

    async def _ask_again(self, connection: Connection, room: str) -> None:
        if not await self.threads.run(live.may_join, room, connection.viewer):
            connection.write(live.encode({"room": room, "refused": True}), room)
        elif connection in self.connections:
            await self.join(connection, room)
            connection.missed([room])

    async def _watch(self) -> None:
        """The layer forgets what it carries while it is away: after that, all ask again."""
        while True:
            self._heard.clear()
            try:
                await self.layer.group_send(self._own, {"type": "live.beat"})
                # Not `wait_for`: it can swallow the cancellation that ends this loop.
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._heard.wait()
            except Exception:
                if not self.lost:
                    self._say_lost(True)
            else:
                if self.lost:
                    for connection in tuple(self.connections):
                        connection.missed(connection.rooms)
                    self._say_lost(False)
            await asyncio.sleep(BEAT_SECONDS)

    def _say_lost(self, lost: bool) -> None:
        """Tell every page whether it hears of changes; if not, it asks by itself now and then."""
        self.lost = lost
        for connection in tuple(self.connections):
            connection.write(live.encode({"lost": lost}))

    def _audience(self, room: str) -> list[str]:
        # In memory there are no listeners but ours; elsewhere other processes may have some.
        if not isinstance(self.layer, InMemoryChannelLayer):
            return live.languages()
        return [code for code in live.languages() if self._groups.get(live.group(room, code))]

    async def _tell_others(self, message: dict[str, Any]) -> None:
        if not isinstance(self.layer, InMemoryChannelLayer):
            await self.layer.group_send(live.CONTROL, message)

    def _spawn_tell(self, group: str, message: dict[str, Any]) -> None:
        self._spawn(self.layer.group_send(group, message))

    def _spawn(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
