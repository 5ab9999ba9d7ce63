"""G1: one server on SQLite, killed again and again while people vote."""

import random
import time

from tests import cast
from tests.faults.fleet import Server
from tests.faults.voters import check, crowd, people

VOTERS, DRAFTS = 20, 6


def run(database: str, *, ballots: int, kills: int, seed: int) -> dict[str, int]:
    """Everybody votes while the server dies; the figures of the last line."""
    chance = random.Random(seed)
    it = cast.voting_round(drafts=DRAFTS)
    them = people(VOTERS, chance)
    server = Server(database)
    threads = crowd(them, [server], it, lambda told: told >= ballots // VOTERS)
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(chance.uniform(0.5, 2.0))
            if server.kills < kills and any(thread.is_alive() for thread in threads):
                server.kill()
                server.start()
    finally:
        server.kill()
        server.kills -= 1
    return {"kills": server.kills, **check(it, them)}
