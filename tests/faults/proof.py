"""Matrices of the money, whole: the tests of tests/money with nothing left out."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from django.conf import settings


def run(paths: Sequence[str], more: Mapping[str, str]) -> dict[str, float]:
    """Run those tests with `FULL_PROOF=1`; how many cases there were and how many failed."""
    command = [sys.executable, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider"]
    process = subprocess.Popen(
        [*command, *paths],
        cwd=settings.BASE_DIR,
        env={**_own(), "FULL_PROOF": "1", **more},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    last = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line.strip() or last
    process.wait()
    counts = {what: int(n) for n, what in re.findall(r"(\d+) (passed|failed|errors?)", last)}
    bad = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    cases = counts.get("passed", 0) + bad
    return {"cases": cases, "wrong": bad or int(process.returncode != 0 or not cases)}


def _own() -> dict[str, str]:
    """Without the services of whoever started this: SQLite, unless said otherwise."""
    services = ("DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if name not in services}
