"""`websockets.broadcast` on uvloop, without compression: the fastest this library can."""

import asyncio
import os
from typing import Any

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

TEXT = "x" * int(os.environ["TEXT_SIZE"])
readers: set[ServerConnection] = set()


async def stay(wire: ServerConnection) -> None:
    """Be told until the socket is gone."""
    readers.add(wire)
    try:
        await wire.wait_closed()
    finally:
        readers.discard(wire)


async def tell_all(reader: asyncio.StreamReader, _writer: Any) -> None:
    """A broadcast for each byte."""
    while await reader.read(1):
        broadcast(readers, TEXT)


async def main() -> None:
    port, trigger = int(os.environ["PORT"]), int(os.environ["TRIGGER_PORT"])
    await asyncio.start_server(tell_all, "127.0.0.1", trigger)
    options = {"compression": None, "ping_interval": None}
    async with serve(stay, "127.0.0.1", port, **options) as server:
        await server.serve_forever()


uvloop.run(main())
