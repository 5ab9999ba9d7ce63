"""Rooms: what changed on the server reaches every page that shows it.

An app registers its kinds of room with two functions: who may join, and how the present state
of a room looks as frames. Its actions call `changed(room, …)` inside their transaction; after
the commit the room is rendered once per language and sent to everybody in it, at most ten
times a second. The socket only announces: whoever joins or comes back is brought to the
present from the database, so no page depends on having heard everything.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import translation

ROOM = re.compile(r"([a-z_]{1,20})\.([0-9]{1,15})(?:\.([A-Za-z0-9_-]{1,40}))?", re.ASCII)
# The group every hub is in, for notices to all processes.
CONTROL = "live.control"
Keys = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of a page as of `version`: it takes the place of what is older, never of newer.

    `replace`: the element with that DOM id becomes `html` (which carries the same id).
    `append`: `html` goes to the end of container `id`, unless its own id is there already.
    `text`: the element's text becomes `html`, taken as plain text.
    `fill`: the parts named by the page's `<template>` of id `shape` get `values`, each as text.
    `say` is read out politely.
    Frames go to everybody alike: no form, no token, nothing of one viewer's own.
    """

    id: str
    html: str
    version: int
    mode: Literal["replace", "append", "text", "fill"] = "replace"
    say: str = ""
    shape: str = ""
    values: tuple[str, ...] = ()


MayJoin = Callable[[Any, Any, int, str], bool]
Render = Callable[[int, str, str, set[str] | None, int], list[Frame]]


@dataclass(frozen=True, slots=True)
class Kind:
    """The two functions of a kind of room, and what is special about it."""

    may_join: MayJoin
    render: Render
    counts_people: bool = False
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is at the other end of a socket: a user (perhaps anonymous), and a voter if they are.

    `who` is whose limits their commands count under. `address` is where the socket comes from,
    `guest_key` the guest's cookie; `proof` is what a write is checked against once more.
    """

    user: Any
    voter: Any
    who: str = ""
    address: str = ""
    guest_key: uuid.UUID | None = None
    proof: Any = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a page asks by its socket, and how it is answered: once, from any thread.

    `answer` takes the fields of a JSON object as text, without the braces, or what makes them in
    a thread that may use the database.
    """

    viewer: Viewer
    language: str
    key: uuid.UUID
    said: dict[str, Any]
    answer: Callable[[str | Callable[[], str]], None]


class BadMessage(Exception):
    """The page said something that is no message of this socket."""


class Courier(Protocol):
    """Carries changes to the sockets: the hub of this process, or a way to other processes."""

    def mark(self, room: str, keys: Iterable[str]) -> None:
        """Say that `keys` of the room (none: all of it) changed; from any thread."""

    def tell(self, message: dict[str, Any]) -> None:
        """Send a notice to every process's hub; from any thread."""


Take = Callable[[Asked], Callable[[], None] | None]

_kinds: dict[str, Kind] = {}
_commands: dict[str, Take] = {}
_courier: Callable[[], Courier | None] = lambda: None  # noqa: E731


def register(
    kind: str,
    *,
    may_join: MayJoin,
    render: Render,
    counts_people: bool = False,
    is_list: bool = True,
) -> None:
    """Introduce rooms named `<kind>.<pk>` and `<kind>.<pk>.<part>`; from `AppConfig.ready`.

    `may_join(user, voter, pk, part)`; `render(pk, part, language, keys, after)` with `keys=None`
    for everything as of now. `after` is the highest version the client has of that room (0: none),
    so that a list need only give what is newer. Both run in a thread and may use the database.
    A kind that makes nothing of `after` says so by `is_list=False`: a thousand pages that come back
    then share one rendering. With `counts_people`, pages in `<kind>.<pk>` are told how many people
    are there.
    """
    _kinds[kind] = Kind(may_join, render, counts_people, is_list)


def counts_people(room: str) -> bool:
    """Whether pages in that room are told how many people are there."""
    found = _find(room)
    return found is not None and found[0].counts_people and not found[2]


def register_command(name: str, take: Take) -> None:
    """Introduce something a page may ask by its socket; from `AppConfig.ready`.

    `take(asked)` runs on the event loop: it hands the work over, neither waits nor uses the
    database, and sees to it that an answer is given. What it returns, if anything, is done in a
    thread before the socket is read on. Raises `BadMessage` for what makes no sense.
    """
    _commands[name] = take


def command(name: str) -> Take | None:
    """What takes that command; None when there is none of that name."""
    return _commands.get(name)


def after_of(room: str, after: int) -> int:
    """What of `after` tells answers apart: many pages that come back are to share one."""
    found = _find(room)
    return after if found is None or found[0].is_list else 0


def changed(room: str, *keys: str) -> None:
    """Announce after commit that these keys of the room changed; without keys, all of it."""
    transaction.on_commit(lambda: _mark(room, keys), robust=True)


def leave_all(user_id: int) -> None:
    """Close the person's sockets after commit; they come back with the rights they have then.

    For every sign-out and every change of membership or standing.
    """
    message = {"type": "live.leave", "user": user_id}
    transaction.on_commit(lambda: _tell(message), robust=True)


def recheck(room: str, voter_id: int) -> None:
    """Ask again after commit whether that voter may be in the room (a vote was withdrawn)."""
    message = {"type": "live.recheck", "room": room, "voter": voter_id}
    transaction.on_commit(lambda: _tell(message), robust=True)


def _mark(room: str, keys: Iterable[str]) -> None:
    courier = _courier()
    if courier:
        courier.mark(room, keys)


def _tell(message: dict[str, Any]) -> None:
    courier = _courier()
    if courier:
        courier.tell(message)


def deliver_by(courier: Callable[[], Courier | None]) -> None:
    """Set where changes of this process go."""
    global _courier
    _courier = courier


def may_join(room: str, viewer: Viewer) -> bool:
    """Whether that viewer may be in the room; an unknown room is nobody's."""
    found = _find(room)
    if not found:
        return False
    kind, pk, part = found
    return kind.may_join(viewer.user, viewer.voter, pk, part)


def render(room: str, language: str, keys: Keys, after: int) -> str | None:
    """The room's message in that language, ready for the wire; None when there is nothing."""
    found = _find(room)
    if not found:
        return None
    kind, pk, part = found
    with translation.override(language):
        frames = kind.render(pk, part, language, None if keys is None else set(keys), after)
    if not frames:
        return None
    message: dict[str, Any] = {"room": room, "frames": [_packed(frame) for frame in frames]}
    if keys is None:
        # The page may count on having everything up to the newest of these versions.
        message["whole"] = True
    return encode(message)


def encode(message: dict[str, Any]) -> str:
    """One message of the socket as text."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def group(room: str, language: str) -> str:
    """The channel layer's name for a room in a language."""
    return f"{language}.{room}"


def languages() -> list[str]:
    """The languages pages come in."""
    return [code for code, _name in settings.LANGUAGES]


def _find(room: str) -> tuple[Kind, int, str] | None:
    match = ROOM.fullmatch(room)
    kind = match and _kinds.get(match[1])
    return (kind, int(match[2]), match[3] or "") if match and kind else None


def _packed(frame: Frame) -> dict[str, Any]:
    if frame.mode == "fill":
        return {"id": frame.id, "v": frame.version, "shape": frame.shape, "fill": frame.values}
    packed: dict[str, Any] = {"id": frame.id, "html": frame.html, "v": frame.version}
    if frame.mode != "replace":
        packed["mode"] = frame.mode
    if frame.say:
        packed["say"] = frame.say
    return packed
