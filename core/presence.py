"""How many people have a page open now: a number for each room, never names.

Nothing is done when somebody comes or goes. Once per beat each process looks through its rooms,
tells the others its numbers, and writes to its own sockets where the sum is another one. Who is
signed in counts once in a process however many pages they have open, a guest by their cookie, and
whoever brings neither once per page. What a process said holds for some beats: one that died is
soon forgotten.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

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


class Presence:
    """The people in the rooms of this process, and what other processes say of theirs."""

    def __init__(
        self, name: str, groups: Groups, tell: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        self._name, self._groups, self._tell = name, groups, tell
        self._others: dict[str, tuple[float, dict[str, int]]] = {}
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
        mine = {room: len(people) for room, people in self._people().items()}
        self._show(mine)
        await self._tell({"type": "live.here", "hub": self._name, "rooms": mine})

    def heard(self, hub: str, rooms: dict[str, int]) -> None:
        """Another process has told its numbers."""
        if hub != self._name:
            self._others[hub] = time.monotonic(), rooms

    def greet(self, connection: Connection, room: str) -> None:
        """Tell a page that has just joined what the others in the room know already."""
        if shown := self._shown.get(room):
            connection.write(_message(room, shown, connection.language), room)

    def _people(self) -> dict[str, set[Any]]:
        found: dict[str, set[Any]] = {}
        for group, members in self._groups.items():
            room = group.partition(".")[2]
            if members and live.counts_people(room):
                found.setdefault(room, set()).update(map(_who, members))
        return found

    def _show(self, mine: Mapping[str, int]) -> None:
        fresh = time.monotonic() - HOLDS_SECONDS
        self._others = {hub: told for hub, told in self._others.items() if told[0] > fresh}
        others = [rooms for _at, rooms in self._others.values()]
        now = {room: here + sum(one.get(room, 0) for one in others) for room, here in mine.items()}
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


def _who(connection: Connection) -> Any:
    viewer = connection.viewer
    if viewer.user.pk is not None:
        return viewer.user.pk
    return viewer.guest_key or connection


def _message(room: str, here: int, language: str) -> str:
    with translation.override(language):
        words = ngettext("%(people)s person here", "%(people)s people here", here)
        text = words % {"people": here} if here >= FEWEST else ""
    return live.encode({"room": room, "here": text})
