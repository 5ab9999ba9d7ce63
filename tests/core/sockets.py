"""Sockets without a network, and a kind of room whose state is a dictionary."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

from channels.layers import channel_layers

from core import consumers, live
from core.hub import Hub

NOBODY = SimpleNamespace(pk=None, is_authenticated=False)
_visitors = itertools.count(1)


def visitor() -> live.Viewer:
    """Somebody without an account, from an address of their own."""
    return live.Viewer(NOBODY, None, f"ip:visitor-{next(_visitors)}")


class Probe:
    """Rooms `probe.<n>`: named values, each with the version it was last set at."""

    def __init__(self) -> None:
        self.version = 0
        self.values: dict[str, tuple[int, str]] = {}
        self.banned: set[Any] = set()
        self.renderings = 0
        live.register("probe", may_join=self.may_join, render=self.render)

    def put(self, key: str, text: str) -> None:
        """Change a value, and tell."""
        self.version += 1
        self.values[key] = (self.version, text)
        live._mark("probe.1", [key])

    def may_join(self, user: Any, voter: Any, pk: int, part: str) -> bool:
        """Everybody but the banned; part `closed` nobody."""
        return part != "closed" and user.pk not in self.banned

    def render(
        self, pk: int, part: str, language: str, keys: set[str] | None, after: int
    ) -> list[live.Frame]:
        """The values asked for, or all that are newer than `after`."""
        self.renderings += 1
        return [
            live.Frame(key, f"{text} ({language})", version)
            for key, (version, text) in list(self.values.items())
            if (version > after if keys is None else key in keys)
        ]

    def state(self, language: str = "en") -> dict[str, str]:
        """What a page shows that has everything."""
        return {key: f"{text} ({language})" for key, (_, text) in self.values.items()}


class Page:
    """A page with a socket; keeps what it shows by the rules of live.js."""

    def __init__(self, viewer: live.Viewer | None = None, language: str = "en") -> None:
        self.viewer = viewer or visitor()
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.heard: list[dict[str, Any]] = []
        self.shown: dict[str, tuple[int, str]] = {}
        self.whole = 0
        self.joined: set[str] = set()
        self.refused: set[str] = set()
        self.closed: int | None = None
        self.reads = asyncio.Event()
        self.reads.set()
        scope = {
            "type": "websocket",
            "path": "/ws/",
            "query_string": f"lang={language}".encode(),
            "identify": lambda: self.viewer,
        }
        self.task = asyncio.create_task(consumers.page_socket(scope, self.inbox.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            self.inbox.put_nowait({"type": "websocket.disconnect", "code": message["code"]})
        if message["type"] == "websocket.send":
            self._hear(json.loads(message["text"]))

    def _hear(self, message: dict[str, Any]) -> None:
        self.heard.append(message)
        room = message.get("room", "")
        if message.get("joined"):
            self.joined.add(room)
        if message.get("refused"):
            self.refused.add(room)
        if message.get("missed"):
            self.say(join=dict.fromkeys(message["missed"], self.whole))
        for frame in message.get("frames", []):
            if self.shown.get(frame["id"], (-1, ""))[0] < frame["v"]:
                self.shown[frame["id"]] = (frame["v"], frame["html"])
            if message.get("whole"):
                self.whole = max(self.whole, frame["v"])

    @property
    def state(self) -> dict[str, str]:
        """What the page shows."""
        return {key: text for key, (_, text) in self.shown.items()}

    def frames(self) -> list[dict[str, Any]]:
        """The messages that carried frames."""
        return [message for message in self.heard if message.get("frames")]

    def say(self, **message: Any) -> None:
        """Send a message to the server."""
        self.inbox.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def join(self, *rooms: str, after: int = 0) -> "Page":
        """Ask to join and wait for the answers."""
        self.say(join=dict.fromkeys(rooms, after))
        await until(lambda: set(rooms) <= self.joined | self.refused)
        return self

    async def leave(self) -> None:
        """Close the page."""
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await self.task


@contextlib.asynccontextmanager
async def running_hub() -> AsyncIterator[Hub]:
    """A hub on a fresh layer, as the server's lifespan starts it."""
    channel_layers.backends.clear()
    await consumers.open_hub()
    assert consumers._hub
    try:
        yield consumers._hub
    finally:
        await consumers.close_hub()


async def until(happened: Any, seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)
