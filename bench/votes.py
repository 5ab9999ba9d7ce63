"""What a vote costs: by the socket and by form, beside raw upsert loops and an empty view.

    python bench/votes.py [--ballots 1000000]

On SQLite and PostgreSQL (one of its own, if it is installed), committed before it is acknowledged;
session, origin, CSRF token and limits checked. On disk: where a commit waits long for it, gathered
commits look better than they are at work, so look at `TMPDIR=/dev/shm` too. A thousand people vote
by their sockets, on 120 drafts and on one; beside them a plain loop that reads the old choice,
writes the new one and moves a counter, one transaction each: on SQLite one after the other, on
PostgreSQL in eight threads. Sides alternate within one run. CPU is the server's own.
At the end of each database the same people vote in turn in a small round and in one of that many
ballots more (default 100,000): what a vote costs there over what it costs here is the slope, which
should be 1.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from rig.servers import Server, load, site
from rig.site import FOLDER, ROOT, fans, prepare
from rig.voters import Voters
from rig.wires import ask_empty, connect_all, post_votes, shake_hands

SOCKETS, DRAFTS, TURNS = 1000, 120, 3
SECONDS = 1.5
FORMS, PEOPLE_BY_FORM, EMPTY = 80, 10, 200
THREADS = 8
Figures = dict[str, float]


def main() -> None:
    """Measure in a process for each database, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ballots", type=int, default=100_000)
    parser.add_argument("--on", default="")
    given = parser.parse_args()
    if given.on:
        print(json.dumps(measure(given.on, given.ballots)))
        return
    lite = _apart("sqlite", given.ballots)
    post = _on_postgres(given.ballots)
    print(f"{os.cpu_count()} cores, {load()}; slope with {given.ballots} ballots more: ", end="")
    print(f"SQLite {lite['slope']:.2f}, PostgreSQL {_figure(post.get('slope'))}")
    print(f"ws_vs_raw_sqlite={lite['spread'] / lite['raw']:.2f}", end=" ")
    print(f"ws_vs_raw_pg={_figure(post and post['spread'] / post['raw'])}", end=" ")
    print(
        f"hot_vs_spread={lite['hot'] / lite['spread']:.2f} ws_cpu_ms={lite['ws_cpu']:.3f}", end=" "
    )
    print(f"post_cpu_ms={lite['post_cpu']:.2f}", end=" ")
    print(f"post_vs_empty={lite['empty_cpu'] / lite['post_cpu']:.2f}")


def _figure(value: Any) -> str:
    return f"{value:.2f}" if value else "-"


def _apart(database: str, ballots: int) -> Figures:
    command = [sys.executable, __file__, "--on", database, "--ballots", str(ballots)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    *said, last = done.stdout.splitlines()
    print("\n".join(said), flush=True)
    return json.loads(last)


def _on_postgres(ballots: int) -> Figures:
    sys.path.insert(0, str(ROOT))
    os.environ.pop("DATABASE_URL", None)
    from tests import services

    missing = services.why_no_postgres()
    if missing:
        print(f"PostgreSQL could not run: {missing}")
        return {}
    with services.postgres() as url:
        import psycopg

        # A cluster for tests does not wait for the disk; a vote does.
        with psycopg.connect(url, autocommit=True) as base:
            base.execute("ALTER SYSTEM SET fsync = on")
            base.execute("SELECT pg_reload_conf()")
        return _apart(url, ballots)


def measure(database: str, ballots: int) -> Figures:
    """The medians on one database."""
    on_file = database == "sqlite"
    prepare("" if on_file else database)
    from tests import cast

    it = cast.voting_round(drafts=DRAFTS)
    entries = list(it.entries.order_by("pk").values_list("pk", flat=True))
    cookies = fans(SOCKETS)
    raw: Callable[[], float] = raw_sqlite if on_file else lambda: raw_postgres(database)
    found: dict[str, list[float]] = {}

    def note(**figures: float) -> None:
        for name, value in figures.items():
            found.setdefault(name, []).append(value)

    server = site()
    try:
        people = Voters(_sockets(server, cookies))
        spread = [lambda voter, turn: entries[(voter * 7 + turn) % DRAFTS], "spread", "ws_cpu"]
        hot = [lambda voter, turn: entries[0], "hot", "hot_cpu"]
        people.vote(it.pk, spread[0], 0)  # the first press of each finds cold caches
        for turn in range(TURNS):
            note(raw=raw())
            for pick, rate, cpu in (spread, hot):
                note(**dict(zip((rate, cpu), _by_socket(server, people, it.pk, pick), strict=True)))
            if on_file:
                # Each turn takes back or gives again what the one before said.
                choices = [f"{entry}+would_buy+{(turn + 1) % 2}" for entry in entries[:FORMS]]
                note(**_by_form(server, cookies[:PEOPLE_BY_FORM], it.pk, choices))
        note(slope=_slope(server, people, it, ballots))
    finally:
        server.stop()
    middle = {name: statistics.median(values) for name, values in found.items()}
    print(f"{'SQLite' if on_file else 'PostgreSQL'}, {SOCKETS} sockets, {DRAFTS} drafts:", end=" ")
    print(", ".join(f"{name} {value:.4g}" for name, value in middle.items()))
    if people.limited:
        print(f"{people.limited} presses were refused as too many at once")
    return middle


def _sockets(server: Server, cookies: list[str]) -> list[Any]:
    hands = [shake_hands(server.port, "/ws/?lang=en", cookie) for cookie in cookies]
    return connect_all(server.port, hands)


def _by_socket(server: Server, people: Voters, round: int, pick: Any) -> tuple[float, float]:
    """Votes per second, and CPU milliseconds of each."""
    cpu = server.cpu
    done, took = people.vote(round, pick, SECONDS)
    return done / took, (server.cpu - cpu) / done * 1000


def _by_form(server: Server, cookies: list[str], round: int, choices: list[str]) -> Figures:
    """CPU milliseconds of a vote by form, and of the empty view."""
    cpu = server.cpu
    post_votes(server.port, round, cookies, choices)
    post = (server.cpu - cpu) / len(choices)
    cpu = server.cpu
    ask_empty(server.port, EMPTY)
    return {"post_cpu": post * 1000, "empty_cpu": (server.cpu - cpu) / EMPTY * 1000}


def raw_sqlite() -> float:
    """One by one, on disk as ours: transactions per second."""
    base = sqlite3.connect(FOLDER / "raw.sqlite3", isolation_level=None)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE IF NOT EXISTS c(v, e, s, PRIMARY KEY(v, e));"
        "CREATE TABLE IF NOT EXISTS n(e PRIMARY KEY, k);"
    )
    base.executemany("INSERT OR IGNORE INTO n VALUES(?, 0)", [(e,) for e in range(DRAFTS)])
    done, until = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        voter, entry = done % SOCKETS, done * 7 % DRAFTS
        base.execute("BEGIN IMMEDIATE")
        base.execute("SELECT s FROM c WHERE v=? AND e=?", (voter, entry)).fetchone()
        put = "INSERT INTO c VALUES(?,?,1) ON CONFLICT(v, e) DO UPDATE SET s = 1 - s"
        base.execute(put, (voter, entry))
        base.execute("UPDATE n SET k = k + 1 WHERE e=?", (entry,))
        base.execute("COMMIT")
        done += 1
    base.close()
    return done / SECONDS


def raw_postgres(url: str) -> float:
    """The same in eight threads."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as base:
        base.execute("CREATE TABLE IF NOT EXISTS raw_c(v int, e int, s int, PRIMARY KEY(v, e))")
        base.execute("CREATE TABLE IF NOT EXISTS raw_n(e int PRIMARY KEY, k int)")
        fill = "INSERT INTO raw_n SELECT e, 0 FROM generate_series(0, %s) e ON CONFLICT DO NOTHING"
        base.execute(fill, (DRAFTS,))
    counts = [0] * THREADS
    until = time.perf_counter() + SECONDS

    def work(mine: int) -> None:
        put = "INSERT INTO raw_c VALUES(%s,%s,1) ON CONFLICT(v, e) DO UPDATE SET s = 1 - raw_c.s"
        with psycopg.connect(url) as base:
            while time.perf_counter() < until:
                turn = counts[mine] * THREADS + mine
                voter, entry = turn % SOCKETS, turn * 7 % DRAFTS
                base.execute("SELECT s FROM raw_c WHERE v=%s AND e=%s", (voter, entry)).fetchone()
                base.execute(put, (voter, entry))
                base.execute("UPDATE raw_n SET k = k + 1 WHERE e=%s", (entry,))
                base.commit()
                counts[mine] += 1

    threads = [threading.Thread(target=work, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def _slope(server: Server, people: Voters, small: Any, ballots: int) -> float:
    """What a vote costs in a round with so many ballots more, over what it costs in a small one."""
    from tests import cast

    large = cast.voting_round(small.brief, drafts=DRAFTS)
    entries = {
        one.pk: list(one.entries.order_by("pk").values_list("pk", flat=True))
        for one in (small, large)
    }
    seed_ballots(large.pk, entries[large.pk], ballots)
    costs: dict[int, list[float]] = {small.pk: [], large.pk: []}
    for _turn in range(TURNS + 1):
        for key, mine in entries.items():
            pick = lambda voter, turn, mine=mine: mine[(voter * 7 + turn) % DRAFTS]  # noqa: E731
            costs[key].append(_by_socket(server, people, key, pick)[1])
    # In the first turn everybody's ballot in the large round was new.
    return statistics.median(costs[large.pk][1:]) / statistics.median(costs[small.pk][1:])


def seed_ballots(round: int, entries: list[int], count: int) -> None:
    """So many guests with a ballot, a choice and a line of the log each, by the database itself."""
    from django.db import connection

    lite = connection.vendor == "sqlite"
    numbers = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        if lite
        else f"WITH n AS (SELECT generate_series(1, {count}) AS i)"
    )
    key = "lower(printf('%032x', i))" if lite else "lpad(to_hex(i), 32, '0')::uuid"
    at = "CURRENT_TIMESTAMP"
    first = entries[0]
    with connection.cursor() as cursor:
        top = {}
        for table in ("fans_guest", "fans_voter", "voting_ballot"):
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            top[table] = cursor.fetchone()[0]
        guest, voter, ballot = top.values()
        for into, values in (
            ("fans_guest(id, key, created_at)", f"{guest} + i, {key}, {at}"),
            ("fans_voter(id, guest_id)", f"{voter} + i, {guest} + i"),
            (
                "voting_ballot(id, round_id, voter_id, is_confirmed, is_buyer, is_honorary,"
                " is_live, marks, said, is_quarantined, cast_at, changed_at, seq, network)",
                f"{ballot} + i, {round}, {voter} + i, false, false, false, true, 1, 1, false,"
                f" {at}, {at}, i, ''",
            ),
            (
                "voting_choice(ballot_id, entry_id, supports, would_buy, options)",
                f"{ballot} + i, {first} + i % {len(entries)}, true, false, '{{}}'",
            ),
            (
                "voting_ballotlog(at, round_id, ballot_id, seq, standing, choices, salt, leaf,"
                " head)",
                f"{at}, {round}, {ballot} + i, i, 'guest', '[]', '', '', ''",
            ),
        ):
            cursor.execute(f"INSERT INTO {into} {numbers} SELECT {values} FROM n")
        cursor.execute(
            "UPDATE voting_round SET seq = %s, guests = %s WHERE id = %s", [count, count, round]
        )
        cursor.execute("ANALYZE")
        if not lite:
            for table in (*top, "voting_choice", "voting_ballotlog"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )


if __name__ == "__main__":
    main()
