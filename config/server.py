"""The server's parts put together: pages on threads, sockets on the loop, work beside them."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.sockets import Identified, OwnOrigin, TimedBody
from config.worker import Worker
from core.consumers import MAX_BYTES, close_hub, open_hub, page_socket

# Pages run on the sync stack in one hop; more threads than this only wait for the database.
PAGE_THREADS = 16
# What the server is told about sockets. Compressing each frame for each socket costs far more
# than it saves.
SOCKETS: dict[str, Any] = {
    "ws": "websockets-sansio",
    "ws_max_size": MAX_BYTES,
    "ws_per_message_deflate": False,
}

# A thread that computes gives way to the loop after so long; Python's own 5 ms would be waited
# for at each message that comes in meanwhile.
SWITCH_SECONDS = 0.0005

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def build() -> App:
    """The ASGI application: http, websocket and lifespan."""
    pages: Any = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=PAGE_THREADS)
    return ProtocolTypeRouter(
        {
            "http": TimedBody(pages),
            "websocket": OwnOrigin(Identified(page_socket)),
            "lifespan": Lifespan(),
        }
    )


class Lifespan:
    """What starts and stops with the server: the hub, and the background work when embedded."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        worker = Worker() if settings.EMBEDDED_WORKER else None
        await receive()
        sys.setswitchinterval(SWITCH_SECONDS)
        await open_hub()
        if worker:
            worker.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if worker:
            await asyncio.to_thread(worker.stop)
        await close_hub()
        await send({"type": "lifespan.shutdown.complete"})
