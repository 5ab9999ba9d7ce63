"""`make faults`: the full set, each part in a process of its own, on databases of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests import environment, services  # noqa: F401  (settings of a test run)

ZEROS = ("lost", "double", "wrong", "late", "early", "missed", "twice", "disordered")
Figures = dict[str, float]


def main(what: str = "", seed: int = 0) -> int:
    """Run one part or all; 0 only when nothing was lost, doubled or wrong."""
    if not what:
        runs = [subprocess.run([sys.executable, "-m", "tests.faults", name]) for name in PARTS]
        return max(run.returncode for run in runs)
    seed = seed or int.from_bytes(os.urandom(4))
    print(f"== {what}, seed {seed}", flush=True)
    began = time.monotonic()
    figures = PARTS[what](seed)
    figures["seconds"] = round(time.monotonic() - began)
    print(" ".join(f"{name}={value}" for name, value in {"seed": seed, **figures}.items()))
    return int(any(figures.get(name) for name in ZEROS))


def kill(seed: int) -> Figures:
    """G1."""
    with _files() as folder, _database(f"sqlite:///{folder}/toile.sqlite3") as url:
        from tests.faults import kill

        return dict(kill.run(url, ballots=20_000, kills=20, seed=seed))


def four(seed: int) -> Figures:
    """G2."""
    with _services() as (postgres, redis), _files(), _database(postgres.url, redis.url) as url:
        from tests.faults import four

        def crash_postgres() -> None:
            postgres.stop_now()
            time.sleep(1)
            postgres.start()

        def crash_redis() -> None:
            redis.kill()
            time.sleep(1)
            redis.start()

        return four.run(
            url,
            redis.url,
            size=four.Size(ballots=20_000, voters=80, kills=20),
            seed=seed,
            faults={
                "backends_terminated": (four.terminate_backends, 5),
                "postgres_stopped": (crash_postgres, 2),
                "redis_killed": (crash_redis, 2),
            },
        )


def close(seed: int) -> Figures:
    """G3."""
    with _services() as (postgres, redis), _files(), _database(postgres.url, redis.url) as url:
        from tests.faults import close

        size = close.Size(ballots=2_000, voters=100)
        return close.run(url, redis.url, size=size, seed=seed)


def cut(seed: int) -> Figures:
    """G9."""
    with _services() as (postgres, redis), _files(), _database(postgres.url, redis.url) as url:
        from tests.faults import cut

        return cut.run(url, redis.url, size=cut.Size(200, 20_000, 10, (5, 30)), seed=seed)


def webhooks(seed: int) -> Figures:
    """G4: ten thousand deliveries, a thousand forged ones beside them, twenty kills."""
    from tests.stripe_peer.client import TEST_KEY, running
    from tests.stripe_peer.events import SECRET

    with running() as peer, _files() as folder:
        os.environ |= {
            "PAYMENT_PROVIDER": "stripe", "STRIPE_API_KEY": TEST_KEY,
            "STRIPE_API_BASE": peer.base, "STRIPE_WEBHOOK_SECRET": SECRET,
        }  # fmt: skip
        with _database(f"sqlite:///{folder}/toile.sqlite3") as url:
            from tests.faults import storm

            return storm.deliveries(
                url, peer, orders=260, sent=10_000, kills=20, seed=seed, forged=1_000
            )


def storm(_seed: int) -> Figures:
    """G6 and 50 refunds, on SQLite; `storm-pg` is the same on PostgreSQL."""
    with _files() as folder, _database(f"sqlite:///{folder}/toile.sqlite3"):
        return _storm()


def storm_pg(_seed: int) -> Figures:
    """The same on PostgreSQL."""
    with _services() as (postgres, redis), _files(), _database(postgres.url, redis.url):
        return _storm()


def _storm() -> Figures:
    from tests.faults import storm

    places = storm.places(buyers=500, free=50, runs=20, workers=16)
    back = storm.refunds_at_once(count=50, workers=50)
    return {**places, **back, "wrong": places["wrong"] + back["wrong"]}


def crashes(_seed: int) -> Figures:
    """Every death and every lost answer of the money, on both databases."""
    return _on_both(["tests/money/test_crashes.py", "tests/money/test_wire.py"])


def events(_seed: int) -> Figures:
    """All 720 sequences of an order's events."""
    from tests.faults import proof

    return proof.run(["tests/money/test_permutations.py"], {})


def histories(_seed: int) -> Figures:
    """G5: 2,000 random histories of 50 steps (HISTORIES and STEPS for less); some hours."""
    from tests.faults import proof

    return proof.run(["-s", "tests/money/test_history.py"], {})


def _on_both(paths: list[str]) -> Figures:
    from tests.faults import proof

    found = Counter(proof.run(paths, {}))
    with _services() as (postgres, redis):
        found += Counter(proof.run(paths, {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}))
    return dict(found)


PARTS: dict[str, Callable[[int], Figures]] = {
    "kill": kill,
    "four": four,
    "close": close,
    "cut": cut,
    "webhooks": webhooks,
    "storm": storm,
    "storm-pg": storm_pg,
    "crashes": crashes,
    "events": events,
    "histories": histories,
}


@contextmanager
def _files() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="toile-faults-")
    os.environ["DATA_DIR"] = folder
    yield folder


@contextmanager
def _services() -> Iterator[tuple[services.Postgres, services.Redis]]:
    postgres, redis = services.Postgres(), services.Redis()
    try:
        postgres.start()
        yield postgres, redis
    finally:
        redis.kill()
        postgres.remove()


@contextmanager
def _database(url: str, redis: str = "") -> Iterator[str]:
    """A migrated database, which this process and its servers use."""
    os.environ |= {"DATABASE_URL": url, "REDIS_URL": redis}
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    yield url
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2], *map(int, sys.argv[2:3])))
