"""G2: four servers on one PostgreSQL and one Redis; each of them dies while people vote."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.request import Request, urlopen

from django.db import connection, connections

from tests import cast
from tests.faults.fleet import Server
from tests.faults.voters import Person, check, crowd, people
from voting.models import Round
from voting.shown import VERSION

DRAFTS, PROCESSES = 6, 4
TALLY = '<div class="tally"'


@dataclass(frozen=True)
class Size:
    """How much of it."""

    ballots: int
    voters: int
    kills: int


def run(
    database: str,
    redis: str,
    *,
    size: Size,
    seed: int,
    faults: Mapping[str, tuple[Callable[[], Any], int]],
) -> dict[str, float]:
    """`faults` names what else breaks, and how often; all of it in an order made by the seed."""
    chance = random.Random(seed)
    it = cast.voting_round(drafts=DRAFTS, results=Round.Results.ALWAYS)
    them, done = people(size.voters, chance), threading.Event()
    servers = [Server(database, redis) for _ in range(PROCESSES)]
    plan = ["kill"] * size.kills + list(chain(*([name] * n for name, (_do, n) in faults.items())))
    chance.shuffle(plan)
    each = size.ballots // size.voters
    threads = crowd(them, servers, it, lambda told: done.is_set() and told >= each)
    broken: list[tuple[str, float]] = []
    try:
        for name in plan:
            time.sleep(chance.uniform(0.5, 2.0))
            broken.append((name, time.monotonic()))
            if name == "kill":
                server = chance.choice(servers)
                server.kill()
                server.start()
            else:
                faults[name][0]()
        done.set()
        for thread in threads:
            thread.join()
        connections.close_all()
        unlike = differing(it, them, servers)
    finally:
        done.set()
        for server in servers:
            server.kill()
    found: dict[str, float] = dict(check(it, them))
    found["wrong"] += unlike
    return {**Counter(plan), **found, "recovery_max_s": _recovery(broken, them)}


def terminate_backends() -> None:
    """End every connection to the database but this one, as an operator's slip would."""
    connections.close_all()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _recovery(broken: Iterable[tuple[str, float]], them: Sequence[Person]) -> float:
    """The longest time from a fault to the first ballot that was sent and answered after it."""
    answered = [pair for one in them for pair in one.waited]
    waits = [
        min((end for began, end in answered if began >= at), default=at) - at
        for _name, at in broken
    ]
    return round(max(waits, default=0.0), 1)


def differing(it: Round, them: Sequence[Person], servers: Sequence[Server]) -> int:
    """V8: how many pages of voter, non-voter and visitor show other tallies than the rest."""
    non_voter = people(len(them) + 1, random.Random(0))[-1]
    pages = [
        _tallies(server, it, cookie)
        for server in servers
        for cookie in (them[0].cookie, non_voter.cookie, "")
    ]
    wanted = pages[0]
    if len(wanted) != DRAFTS:
        print(f"a page shows {len(wanted)} tallies")
        return 1
    return sum(page != wanted for page in pages)


def _tallies(server: Server, it: Round, cookie: str) -> list[str]:
    request = Request(f"http://127.0.0.1:{server.port}/r/{it.pk}/", headers={"cookie": cookie})
    with urlopen(request, timeout=20) as response:
        page = VERSION.sub("", response.read().decode())
    return sorted(part.partition("</li>")[0] for part in page.split(TALLY)[1:])
