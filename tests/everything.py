"""`make test`: every stage in turn, and at the end what ran, what did not, and why.

Stages: the suite on SQLite, then the browser tests; beside these two the suite again on
PostgreSQL and Redis with the tests that need them. They share nothing but the sources, and two
cores are done in little more than half the time. What is missing on this machine is named, never
left out in silence.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

from tests import services

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@dataclass
class Outcome:
    """How one stage ended."""

    name: str
    line: str
    failed: bool = False


def main() -> int:
    """Run the stages; 0 only when nothing failed."""
    arguments = sys.argv[1:]
    with ThreadPoolExecutor() as beside, tempfile.TemporaryFile("w+") as said:
        services_stage = beside.submit(_services, arguments, said)
        outcomes = [
            _pytest("SQLite", ["-m", "not browser and not services", *arguments], {}, sys.stdout),
            _browser(arguments),
        ]
        outcomes.append(services_stage.result())
        said.seek(0)
        print(said.read(), end="")
    print("\n== What ran")
    for outcome in outcomes:
        print(f"{'FAILED  ' if outcome.failed else ''}{outcome.name}: {outcome.line}")
    return int(any(outcome.failed for outcome in outcomes))


def _browser(arguments: list[str]) -> Outcome:
    if not services.chromium():
        return Outcome("Browser", "NOT RUN: no Chromium (apt install chromium, or set CHROMIUM)")
    return _pytest("Browser", ["-m", "browser and not services", *arguments], {}, sys.stdout)


def _services(arguments: list[str], said: IO[str]) -> Outcome:
    name = "PostgreSQL and Redis"
    missing = [why for why in (services.why_no_postgres(), services.why_no_redis()) if why]
    if missing:
        return Outcome(name, "NOT RUN: " + "; ".join(missing))
    with contextlib.ExitStack() as stack:
        try:
            database = stack.enter_context(services.postgres())
            environment = {
                "DATABASE_URL": database,
                "REDIS_URL": stack.enter_context(services.redis()),
            }
        except (OSError, RuntimeError) as error:
            return Outcome(name, f"could not be started: {error}", failed=True)
        return _pytest(name, ["-m", "not browser or services", *arguments], environment, said)


def _pytest(name: str, arguments: list[str], environment: dict[str, str], said: IO[str]) -> Outcome:
    print(f"\n== {name}", file=said, flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "--color=no", *arguments]
    run = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout
    last = ""
    for line in run.stdout:
        print(line, end="", file=said, flush=True)
        last = line.strip() or last
    code = run.wait()
    # 5: nothing was collected, which is a failure of the suite and not of the code.
    return Outcome(name, f"{last} [{time.monotonic() - began:.0f} s]", failed=code != 0)


if __name__ == "__main__":
    sys.exit(main())
