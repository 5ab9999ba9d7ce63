"""The site as it is served, with a room whose news are told from outside.

TRIGGER_PORT: each byte that comes there is one message of TEXT_SIZE bytes to room `bench.1`, by the
way all messages go: the channel layer, this process's hub, each socket in the room.
"""

import asyncio
import os
from typing import Any

from config.asgi import application as site
from core import consumers, live

ROOM = "bench.1"
SIZE = int(os.environ.get("TEXT_SIZE", "0"))

live.register("bench", may_join=lambda *_: True, render=lambda *_: [])


def _text() -> str:
    frame = {"id": "bench", "html": "", "v": 1}
    bare = live.encode({"room": ROOM, "frames": [frame]})
    return live.encode({"room": ROOM, "frames": [{**frame, "html": "x" * (SIZE - len(bare))}]})


async def _tell_all(reader: asyncio.StreamReader, _writer: Any) -> None:
    text = _text()
    while await reader.read(1):
        assert consumers._hub
        await consumers._hub.say(ROOM, {"en": text})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The site; with it starts what listens for the trigger."""
    if scope["type"] == "lifespan" and SIZE:
        await asyncio.start_server(_tell_all, "127.0.0.1", int(os.environ["TRIGGER_PORT"]))
    await site(scope, receive, send)
