"""How many people have a page open now: a number for each room, never names.

Nothing is done when somebody comes or goes. Once per beat each process looks through its rooms,
tells the others who is there as keyed hashes, and writes to its own sockets where the number is
another one. Who is signed in counts once however many pages they have open in however many
processes, a guest by their cookie, and whoever brings neither once per page. What a process said
holds for some beats: one that died is soon forgotten.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from core import live
from core.connection import Connection

log = logging.getLogger(__name__)
BEAT_SECONDS: Final = 3.0
HOLDS_SECONDS: Final = 10.0
# One alone is no company.
FEWEST: Final = 2

Groups = Mapping[str, set[Connection]]
Rooms = Mapping[str, Collection[str]]


class Presence:
    """The people in the rooms of this process, and what other processes say of theirs."""

    def __init__(
        self, name: str, groups: Groups, tell: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        self._name, self._groups, self._tell = name, groups, tell
        self._others: dict[str, tuple[float, Rooms]] = {}
        self._shown: dict[str, int] = {}

    async def run(self) -> None:
        """Count and tell for ever."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except Exception:
                # Without the layer the numbers are those of this process alone.
                log.warning("presence not told", exc_info=True)

    async def beat(self) -> None:
        """Count the rooms, write where the number changed, and tell the others."""
        mine = self._people()
        self._show(mine)
        rooms = {room: sorted(people) for room, people in mine.items()}
        await self._tell({"type": "live.here", "hub": self._name, "rooms": rooms})

    def heard(self, hub: str, rooms: Rooms) -> None:
        """Another process has told who is in its rooms."""
        if hub != self._name:
            self._others[hub] = time.monotonic(), rooms

    def greet(self, connection: Connection, room: str) -> None:
        """Tell a page that has just joined what the others in the room know already."""
        if shown := self._shown.get(room):
            connection.write(_message(room, shown, connection.language), room)

    def _people(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for group, members in self._groups.items():
            room = group.partition(".")[2]
            if members and live.counts_people(room):
                found.setdefault(room, set()).update(
                    _hashed(room, self._who(one)) for one in members
                )
        return found

    def _who(self, connection: Connection) -> str:
        viewer = connection.viewer
        if viewer.user.pk is not None:
            return f"user:{viewer.user.pk}"
        if viewer.guest_key:
            return f"guest:{viewer.guest_key}"
        return f"page:{self._name}:{id(connection)}"

    def _show(self, mine: Mapping[str, set[str]]) -> None:
        fresh = time.monotonic() - HOLDS_SECONDS
        self._others = {hub: told for hub, told in self._others.items() if told[0] > fresh}
        others = [rooms for _at, rooms in self._others.values()]
        now = {
            room: len(people.union(*(one.get(room, ()) for one in others)))
            for room, people in mine.items()
        }
        moved = [room for room, here in now.items() if here != self._shown.get(room)]
        self._shown = now
        for room in moved:
            self._write(room, now[room])

    def _write(self, room: str, here: int) -> None:
        for language in live.languages():
            members: Iterable[Connection] = tuple(self._groups.get(live.group(room, language), ()))
            text = _message(room, here, language) if members else ""
            for connection in members:
                connection.write(text, room)


def _hashed(room: str, who: str) -> str:
    """The same in every process, another one in every room, and nobody's name."""
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"here:{room}:{who}".encode(), "sha256")[:8].hex()


def _message(room: str, here: int, language: str) -> str:
    with translation.override(language):
        words = ngettext("%(people)s person here", "%(people)s people here", here)
        text = words % {"people": here} if here >= FEWEST else ""
    return live.encode({"room": room, "here": text})
