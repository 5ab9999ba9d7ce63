"""People who vote by sockets until they are answered, and what must be true of it afterwards."""

import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.sync.client import connect

from tests import cast
from tests.browser import session_cookie
from tests.faults.fleet import Server
from voting import promises, verify
from voting.marks import Mark
from voting.models import BallotLog, Choice, Round

Enough = Callable[[int], bool]


@dataclass
class Person:
    """A voter: what they sent, and what their ballot must say by the answers."""

    pk: int
    cookie: str
    chance: random.Random
    says: dict[int, bool] = field(default_factory=dict)
    told: list[promises.Answer] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waited: list[tuple[float, float]] = field(default_factory=list)

    @property
    def effects(self) -> set[uuid.UUID]:
        """The acknowledged ballots that changed something."""
        says: dict[int, Mark] = {}
        found = set()
        for one in self.told:
            if says.get(one.entry, Mark()) != one.mark:
                found.add(one.key)
            says[one.entry] = one.mark
        return found


def people(count: int, chance: random.Random) -> list[Person]:
    """So many signed-in voters."""
    return [_person(number, chance.getrandbits(32)) for number in range(count)]


def _person(number: int, seed: int) -> Person:
    user = cast.person(f"Fan{number}")
    cookie = session_cookie(user)
    text = f"{cookie['name']}={cookie['value']}"
    return Person(cast.voter(user).pk, text, random.Random(seed))


def crowd(
    them: Sequence[Person], servers: Sequence[Server], it: Round, enough: Enough
) -> list[Any]:
    """Everybody votes in a thread of their own until it is enough; the threads, started."""
    entries = list(it.entries.order_by("pk").values_list("pk", flat=True))
    threads = [
        threading.Thread(target=_vote, args=[one, servers, it.pk, entries, enough]) for one in them
    ]
    for thread in threads:
        thread.start()
    return threads


def _vote(
    one: Person, servers: Sequence[Server], it: int, entries: list[int], enough: Enough
) -> None:
    wire: Any = None
    while not enough(len(one.told)):
        entry, yes, key = one.chance.choice(entries), one.chance.random() < 0.6, uuid.uuid4()
        ballot = {"key": str(key), "round": it, "choice": f"{entry} supports {yes:d}"}
        began = time.monotonic()
        while True:
            try:
                wire = wire or _open(one, one.chance.choice(servers))
                wire.send(json.dumps({"ballot": ballot}))
                answer = json.loads(wire.recv(10))
            except Exception:
                # Unknown: the server died, before or after the commit. The same again.
                wire = None
                time.sleep(0.1)
                continue
            if answer.get("refused") == "too-many" or answer.get("form"):
                time.sleep(0.5)
                continue
            break
        if answer.get("refused"):
            one.refused.append(answer["refused"])
            continue
        one.waited.append((began, time.monotonic()))
        one.told.append(promises.Answer(one.pk, entry, key, Mark(supports=yes)))
        one.says[entry] = yes


def _open(one: Person, server: Server) -> Any:
    origin = f"http://127.0.0.1:{server.port}"
    url = f"ws://127.0.0.1:{server.port}/ws/?lang=en"
    return connect(url, origin=origin, additional_headers={"cookie": one.cookie}, open_timeout=10)


def check(it: Round, them: Sequence[Person]) -> dict[str, int]:
    """The rows beside what the voters were told; every finding is printed."""
    it.refresh_from_db()
    logged: dict[uuid.UUID, int] = {}
    for key in BallotLog.objects.filter(round=it).values_list("client_key", flat=True):
        logged[key] = logged.get(key, 0) + 1
    wanted = {key for one in them for key in one.effects}
    choices = set(
        Choice.objects.filter(ballot__round=it, supports=True).values_list("ballot__voter", "entry")
    )
    said = {(one.pk, entry) for one in them for entry, yes in one.says.items() if yes}
    kept = promises.acknowledged(it, [answer for one in them for answer in one.told])
    found = [line for check in verify.CHECKS.values() for line in check([it.pk]).findings]
    for line in [*found, *kept.findings]:
        print(line)
    return {
        "acknowledged": sum(len(one.told) for one in them),
        "lost": max(len(wanted - set(logged)), len(kept.findings)),
        "double": sum(times - 1 for times in logged.values()) + len(set(logged) - wanted),
        "wrong": len(choices ^ said) + len(found) + sum(len(one.refused) for one in them),
    }
