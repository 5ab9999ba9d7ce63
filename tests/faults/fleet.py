"""Servers of one's own, killed and started again, each perhaps with a clock that is wrong."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests import services


def faketime() -> str | None:
    """The library that gives a process another time of day, if this machine has it."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return str(found[0]) if found else None


def wrong_clock(seconds: int) -> dict[str, str]:
    """The environment of a process whose time of day is so many seconds ahead.

    Not by the program `faketime`: it stays between us and the process that we kill. Timers go by
    the clock that only counts, which is left alone.
    """
    library = faketime()
    assert library, "faketime was not found (apt install faketime)"
    return {
        "LD_PRELOAD": library,
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


@dataclass
class Server:
    """The site as a process of its own; `skew` is how many seconds its clock is ahead."""

    database: str
    redis: str = ""
    skew: int = 0
    more: dict[str, str] = field(default_factory=dict)
    kills: int = 0

    def __post_init__(self) -> None:
        self.port = services.free_port()
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis,
            "DATA_DIR": str(settings.DATA_DIR),
            "SECRET_KEY": settings.SECRET_KEY,
            "EMBEDDED_WORKER": "0",
            "VOTE_WRITER_THREAD": "1",
            **(wrong_clock(self.skew) if self.skew else {}),
            **self.more,
        }
        self.start()

    def start(self, *, wait: bool = True) -> None:
        """Start it, or start it again."""
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port"]
        command += [str(self.port), "--ws", "websockets-sansio", "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.environment)
        if wait:
            services.wait_for_port(self.port, 60)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
