"""Named places at which a test ends the process or makes it fail, when `FAILPOINT` is set.

`FAILPOINT=anchored` kills, as a power cut would; `FAILPOINT=anchored!` raises, as a fault in our
own code would. Those around money are all in the matrix of tests/money/deaths.py.
"""

import os
import signal


class PointReached(Exception):
    """The failure that `FAILPOINT=...!` asks for."""


def failpoint(name: str) -> None:
    """Die or fail here when the environment names this point."""
    wanted = os.environ.get("FAILPOINT")
    if wanted == name:
        os.kill(os.getpid(), signal.SIGKILL)
    elif wanted == f"{name}!":
        raise PointReached(name)
