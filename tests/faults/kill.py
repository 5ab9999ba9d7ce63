"""The driver, the nemesis and the checker; see the package."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from websockets.sync.client import connect

from tests import cast, services
from tests.browser import session_cookie
from voting import verify
from voting.models import BallotLog, Choice, Round

VOTERS, DRAFTS = 20, 6
CHECKS = [verify.one_ballot_per_voter, verify.counters, verify.log_chain, verify.replay]


class Server:
    """The site as a process of its own, killed and started again."""

    def __init__(self, database: str) -> None:
        self.port, self.kills = services.free_port(), 0
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_DIR": str(settings.DATA_DIR),
            "SECRET_KEY": settings.SECRET_KEY,
            "EMBEDDED_WORKER": "0",
            "VOTE_WRITER_THREAD": "1",
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port"]
        command += [str(self.port), "--ws", "websockets-sansio", "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.environment)
        services.wait_for_port(self.port, 60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1


@dataclass
class Person:
    """A voter: what they sent, and what their ballot must say by the answers."""

    pk: int
    cookie: str
    chance: random.Random
    says: dict[int, bool] = field(default_factory=dict)
    effects: list[uuid.UUID] = field(default_factory=list)
    acknowledged: int = 0
    refused: list[str] = field(default_factory=list)


def run(database: str, *, ballots: int, kills: int, seed: int) -> dict[str, int]:
    """Everybody votes while the server dies; the figures of the last line."""
    chance = random.Random(seed)
    it = cast.voting_round(drafts=DRAFTS)
    entries = list(it.entries.order_by("pk").values_list("pk", flat=True))
    people = [_person(n, chance.getrandbits(32)) for n in range(VOTERS)]
    server = Server(database)
    threads = [
        threading.Thread(target=_vote, args=[one, server, it, entries, ballots // VOTERS])
        for one in people
    ]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(chance.uniform(0.5, 2.0))
            if server.kills < kills and any(thread.is_alive() for thread in threads):
                server.kill()
                server.start()
    finally:
        server.kill()
        server.kills -= 1
    return {"kills": server.kills, **check(it, people)}


def check(it: Round, people: list[Person]) -> dict[str, int]:
    """The rows beside what the voters were told."""
    logged: dict[uuid.UUID, int] = {}
    for key in BallotLog.objects.filter(round=it).values_list("client_key", flat=True):
        logged[key] = logged.get(key, 0) + 1
    wanted = {key for one in people for key in one.effects}
    choices = set(
        Choice.objects.filter(ballot__round=it, supports=True).values_list("ballot__voter", "entry")
    )
    said = {(one.pk, entry) for one in people for entry, yes in one.says.items() if yes}
    found = [line for check in CHECKS for line in check().findings]
    for line in found:
        print(line)
    return {
        "acknowledged": sum(one.acknowledged for one in people),
        "lost": len(wanted - set(logged)),
        "double": sum(times - 1 for times in logged.values()) + len(set(logged) - wanted),
        "wrong": len(choices ^ said) + len(found) + sum(len(one.refused) for one in people),
    }


def _person(number: int, seed: int) -> Person:
    user = cast.person(f"Fan{number}")
    cookie = session_cookie(user)
    text = f"{cookie['name']}={cookie['value']}"
    return Person(cast.voter(user).pk, text, random.Random(seed))


def _vote(one: Person, server: Server, it: Round, entries: list[int], ballots: int) -> None:
    wire: Any = None
    for _turn in range(ballots):
        entry, yes, key = one.chance.choice(entries), one.chance.random() < 0.6, uuid.uuid4()
        ballot = {"key": str(key), "round": it.pk, "choice": f"{entry} supports {yes:d}"}
        while True:
            try:
                wire = wire or _open(one, server)
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
        one.acknowledged += 1
        if one.says.get(entry, False) != yes:
            one.effects.append(key)
        one.says[entry] = yes


def _open(one: Person, server: Server) -> Any:
    origin = f"http://127.0.0.1:{server.port}"
    url = f"ws://127.0.0.1:{server.port}/ws/?lang=en"
    return connect(url, origin=origin, additional_headers={"cookie": one.cookie}, open_timeout=10)
