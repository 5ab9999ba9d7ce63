"""The peer from a test's side: started once, told what to do, ended."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TEST_KEY = "sk_test_peer"
# For tests that touch no database: once is enough.
ONCE = pytest.mark.skipif(
    os.environ.get("DATABASE_URL", "").startswith("postgres"),
    reason="needs no database: runs in the pass on SQLite",
)


class Peer:
    """A running peer."""

    def __init__(self, base: str) -> None:
        self.base = base

    def tell(self, name: str, **wish: Any) -> Any:
        """Use one of the controls in control.py."""
        body = json.dumps(wish).encode()
        request = urllib.request.Request(f"{self.base}/_ctl/{name}", body)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Its objects of a kind, oldest first: what really happened."""
        return [row for row in self.tell("state")["objects"] if row["object"] == kind]


@contextlib.contextmanager
def running() -> Iterator[Peer]:
    """A peer in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stripe_peer"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Peer(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(10)
