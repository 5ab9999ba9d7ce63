"""The server's parts put together: pages on threads, sockets on the loop, background work beside."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

from config.sockets import Identified, OwnOrigin, TimedBody
from config.worker import Worker
from core.consumers import close_hub, open_hub, page_socket, refuse

log = logging.getLogger(__name__)
# Pages run on the sync stack in one hop; more threads than this only wait for the database.
PAGE_THREADS = 16

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def build() -> App:
    """The ASGI application: http, websocket and lifespan."""
    pages = WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS)
    sockets = URLRouter([path("ws/", OwnOrigin(Identified(page_socket))), path("<path:rest>", refuse)])
    return ProtocolTypeRouter(
        {"http": TimedBody(pages), "websocket": sockets, "lifespan": Lifespan()}
    )


class Lifespan:
    """What starts and stops with the server: the hub, and the background work when embedded."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        worker = Worker() if settings.EMBEDDED_WORKER else None
        await receive()
        await open_hub()
        if worker:
            worker.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if worker:
            await asyncio.to_thread(worker.stop)
        await close_hub()
        await send({"type": "lifespan.shutdown.complete"})
