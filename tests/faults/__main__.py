"""`make faults`: the full set, on a database of its own."""

import os
import sys
import tempfile

from tests import environment  # noqa: F401  (settings of a test run)

FOLDER = tempfile.mkdtemp(prefix="toile-faults-")
DATABASE = f"sqlite:///{FOLDER}/toile.sqlite3"
os.environ |= {"DATABASE_URL": DATABASE, "DATA_DIR": FOLDER}


def main(ballots: int = 20_000, kills: int = 20, seed: int = 0) -> int:
    """Run and print; 0 only when nothing was lost, doubled or wrong."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.faults.kill import run

    seed = seed or int.from_bytes(os.urandom(4))
    print(f"seed {seed}", flush=True)
    figures = run(DATABASE, ballots=ballots, kills=kills, seed=seed)
    print(" ".join(f"{name}={value}" for name, value in {"seed": seed, **figures}.items()))
    return int(any(figures[name] for name in ("lost", "double", "wrong")))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
