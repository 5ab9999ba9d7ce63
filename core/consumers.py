"""The one socket of a page: it joins rooms, leaves them, says who is writing, and carries the few
commands the apps have registered (ballots, comparisons); nothing else.

From the page: `{"join": {room: after}}`, `{"leave": [room]}`, `{"typing": room}`, and
`{<command>: {…, "key": <uuid>}}`, which is answered by `{"answer": <uuid>, …}`.
To the page: `{"room", "frames"}` (with `"whole"` when nothing is left out that is newer than what
was asked for), `{"room", "joined"}`, `{"room", "refused"}`,
`{"missed": [room]}` (ask again), `{"room", "typing"}`, `{"room", "here"}` (how many people), and
`{"lost": true}` while announcements cannot be heard (the page asks at times), then `false`.
A command goes the way of the form it stands for, into the same writer: origin checked at the
handshake, session again with each write.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from core import live
from core.connection import Connection
from core.hub import Hub
from core.ratelimit import Limit, TooMany, is_address, spend

PATH = "/ws/"
MAX_BYTES = 64 * 1024
MAX_ROOMS = 60
TYPING_SECONDS = 2.0
# A page joins once and asks again every minute or so; a server's restart brings all back at once.
JOINS: Final = Limit("socket-join", 120, 10)
JOINS_OF_ADDRESS: Final = Limit("socket-join", 600, 10)
BAD_DATA, TOO_LARGE, TRY_LATER = 1003, 1009, 1013

Identify = Callable[[], live.Viewer]

_hub: Hub | None = None


async def open_hub() -> None:
    """Start this process's hub; at server start-up."""
    global _hub
    _hub = Hub()
    await _hub.start()


async def close_hub() -> None:
    """Stop it; at shutdown."""
    global _hub
    if _hub:
        await _hub.stop()
    _hub = None


async def page_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one socket; `scope["identify"]` tells who it is."""
    await receive()
    hub = _hub
    if hub is None or scope["path"] != PATH:
        await send({"type": "websocket.close", "code": TRY_LATER})
        return
    identify = scope["identify"]
    viewer = await hub.threads.run(identify)
    await send({"type": "websocket.accept"})
    connection = Connection(send, viewer, _language(scope))
    hub.connections.add(connection)
    if hub.lost:
        connection.write(live.encode({"lost": True}))
    try:
        await _serve(hub, connection, identify, receive)
    finally:
        hub.remove(connection)


def _language(scope: dict[str, Any]) -> str:
    asked = parse_qs(scope["query_string"].decode("ascii", "replace")).get("lang", [""])[0].lower()
    return asked if asked in live.languages() else settings.LANGUAGE_CODE


async def _serve(hub: Hub, connection: Connection, identify: Identify, receive: Any) -> None:
    typed_at = 0.0
    while (event := await receive())["type"] == "websocket.receive":
        text = event.get("text") or ""
        if len(text) > MAX_BYTES or len(event.get("bytes") or b"") > MAX_BYTES:
            return await connection.close(TOO_LARGE)
        try:
            message = _read(text)
            if await _obey(hub, connection, message):
                continue
            join, leave, typing = parse(message)
        except live.BadMessage:
            return await connection.close(BAD_DATA)
        for room in connection.rooms & set(leave):
            hub.leave(connection, room)
        if join:
            await _turn(hub, connection.viewer.who)
            await _join(hub, connection, identify, join)
        if typing in connection.rooms and time.monotonic() - typed_at > TYPING_SECONDS:
            typed_at = time.monotonic()
            await _say_typing(hub, connection, typing)


def _read(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise live.BadMessage from error
    if not isinstance(message, dict):
        raise live.BadMessage
    return message


async def _obey(hub: Hub, connection: Connection, message: dict[str, Any]) -> bool:
    """Whether the message was a command, which is handed over now."""
    if len(message) != 1:
        return False
    ((name, said),) = message.items()
    take = live.command(name)
    if take is None:
        return False
    if not isinstance(said, dict):
        raise live.BadMessage
    try:
        key = uuid.UUID(said.get("key"))
    except (ValueError, TypeError, AttributeError) as error:
        raise live.BadMessage from error
    first = take(hub.answers.asked(connection, key, said))
    if first:
        # Before the socket is read on, so that what it says next comes after it.
        await hub.threads.run(first)
    return True


async def _turn(hub: Hub, who: str) -> None:
    """Wait until this person may ask for rooms; what else the socket says waits behind it."""
    while seconds := await hub.threads.run(_wait, who):
        await asyncio.sleep(seconds)


def _wait(who: str) -> int:
    try:
        spend(who, JOINS_OF_ADDRESS if is_address(who) else JOINS)
    except TooMany as limit:
        return limit.retry_after
    return 0


async def _join(
    hub: Hub, connection: Connection, identify: Identify, wanted: dict[str, int]
) -> None:
    connection.viewer, allowed = await hub.threads.run(_allowed, identify, list(wanted))
    for room in wanted:
        if room not in allowed or len(connection.rooms | {room}) > MAX_ROOMS:
            if room in connection.rooms:
                hub.leave(connection, room)
            connection.write(live.encode({"room": room, "refused": True}), room)
            continue
        await hub.join(connection, room)
        frames = await hub.present(room, connection.language, wanted[room])
        if frames:
            connection.write(frames, room)
        connection.write(live.encode({"room": room, "joined": True}), room)


def _allowed(identify: Identify, rooms: list[str]) -> tuple[live.Viewer, set[str]]:
    viewer = identify()
    return viewer, {room for room in rooms if live.may_join(room, viewer)}


async def _say_typing(hub: Hub, connection: Connection, room: str) -> None:
    user = connection.viewer.user
    if not user.is_authenticated:
        return
    name, who = str(user), user.handle
    await hub.say(room, {code: _typing_text(room, code, name, who) for code in live.languages()})


def _typing_text(room: str, language: str, name: str, who: str) -> str:
    with translation.override(language):
        line = gettext("%(name)s is writing…") % {"name": name}
    # The writer's own page leaves it aside by the handle.
    return live.encode({"room": room, "typing": line, "who": who})


def parse(message: dict[str, Any]) -> tuple[dict[str, int], list[str], str]:
    """What a page joins (and up to which version it has each room), leaves, and is writing in.

    Raises `live.BadMessage`.
    """
    join, leave = message.get("join", {}), message.get("leave", [])
    typing = message.get("typing", "")
    if not (isinstance(join, dict) and isinstance(leave, list) and isinstance(typing, str)):
        raise live.BadMessage
    if not all(type(after) is int and 0 <= after < 2**63 for after in join.values()):
        raise live.BadMessage
    if not all(live.ROOM.fullmatch(room) for room in join) or not set(map(type, leave)) <= {str}:
        raise live.BadMessage
    return join, leave, typing
