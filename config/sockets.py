"""Who a socket belongs to, and from which pages one may be opened."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from io import BytesIO
from typing import Any

from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from core.live import Viewer
from core.ratelimit import address_of
from fans.sessions import Proof
from fans.voters import known_guest_key, voter_of, who_votes

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class OwnOrigin(OriginValidator):
    """Refuses sockets that pages of other sites open with our visitor's cookies.

    Accepted is what Django accepts for a form: the scheme and host the request itself is for
    (one of ALLOWED_HOSTS), and CSRF_TRUSTED_ORIGINS. No Origin, no socket.
    """

    def __init__(self, application: App) -> None:
        trusted = [origin.replace("://*", "://") for origin in settings.CSRF_TRUSTED_ORIGINS]
        super().__init__(application, trusted)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if _is_from_own_page(scope):
            return await self.application(scope, receive, send)
        if not self.allowed_origins:
            return await WebsocketDenier()(scope, receive, send)
        return await super().__call__(scope, receive, send)


class Identified:
    """Puts `scope["identify"]`: who is at the other end, asked anew with each command."""

    def __init__(self, application: App) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self.application({**scope, "identify": partial(_viewer, scope)}, receive, send)


class TimedBody:
    """Ends a request whose body stops arriving, so that slow senders cannot hold every thread."""

    def __init__(self, application: App, seconds: float = 20.0) -> None:
        self.application, self.seconds = application, seconds

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def receive_in_time() -> dict[str, Any]:
            try:
                async with asyncio.timeout(self.seconds):
                    return await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}

        await self.application(scope, receive_in_time, send)


def as_request(scope: dict[str, Any]) -> HttpRequest:
    """The handshake of a socket as the request it is."""
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), "http")
    return ASGIRequest({**scope, "method": "GET", "scheme": scheme}, BytesIO())


def _is_from_own_page(scope: dict[str, Any]) -> bool:
    # A function of its own, so that no socket keeps its request for as long as it is open.
    request = as_request(scope)
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin == _own_origin(request)


def _own_origin(request: HttpRequest) -> str:
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return ""


def _viewer(scope: dict[str, Any]) -> Viewer:
    request = as_request(scope)
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    return viewer_of(request)


def viewer_of(request: HttpRequest) -> Viewer:
    """Who a request is from, as rooms ask it."""
    user = request.user
    return Viewer(
        user=user,
        voter=voter_of(request),
        who=who_votes(request),
        address=address_of(request),
        guest_key=None if user.is_authenticated else known_guest_key(request),
        proof=Proof(str(request.session.session_key), user.pk, user.password)
        if user.is_authenticated
        else None,
    )
