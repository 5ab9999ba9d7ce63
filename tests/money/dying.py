"""A process that dies in the middle of an act: `python -m tests.money.dying` makes one per line.

The parent loads the site once, never opens a connection, and forks a child for each death; so a
death costs a tenth of a second.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import traceback
from typing import Any

from tests import environment  # noqa: F401  (settings of a test run)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Dying:
    """Runs acts in children, which die at a named point."""

    def __init__(self) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.money.dying"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, act: str, at: dt.datetime, *, point: str, database: str, base: str) -> int:
        """How the child ended: minus the signal, or its status."""
        assert self.parent.stdin and self.parent.stdout
        wish = {"act": act, "at": at.isoformat(), "point": point, "database": database}
        print(json.dumps({**wish, "base": base}), file=self.parent.stdin, flush=True)
        return int(self.parent.stdout.readline())

    def close(self) -> None:
        """No more deaths."""
        assert self.parent.stdin
        self.parent.stdin.close()
        self.parent.wait(10)


def _serve() -> None:
    import django

    django.setup()
    import presale.providers.stripe  # noqa: F401
    from tests.money import acts  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_act(json.loads(line)))
        _pid, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _act(wish: dict[str, Any]) -> int:
    from django.conf import settings
    from django.db import connection

    from tests.money.acts import ACTS
    from tests.stripe_peer.client import TEST_KEY
    from tests.stripe_peer.events import SECRET

    connection.settings_dict["NAME"] = wish["database"]
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = TEST_KEY, [SECRET]
    settings.STRIPE_API_BASE = wish["base"]
    os.environ["FAILPOINT"] = wish["point"]
    try:
        ACTS[wish["act"]](dt.datetime.fromisoformat(wish["at"]))
    except Exception:
        traceback.print_exc()
        return 3
    return 0


if __name__ == "__main__":
    _serve()
