"""Servers in processes of their own, and what they use of the machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rig.site import ROOT

UVICORN = [sys.executable, "-m", "uvicorn", "--port", "{port}", "--log-level", "error"]
# Our clients answer no pings, and pings would count as bytes of what they wait for.
UVICORN += ["--ws-ping-interval", "600"]
UVICORN += ["--no-access-log", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]


class Server:
    """A process that listens on `port`, and on `trigger` for what makes it broadcast.

    It finds both in its environment, and in place of "{port}" and "{trigger}" in its command.
    """

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        self.port, self.trigger = free_port(), free_port()
        given = {"PORT": str(self.port), "TRIGGER_PORT": str(self.trigger), **environment}
        ports = {"{port}": str(self.port), "{trigger}": str(self.trigger)}
        whole = [ports.get(part, part) for part in command]
        self.process = subprocess.Popen(whole, cwd=ROOT, env=os.environ | given)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args} ended with {self.process.returncode}")
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.1)
        raise TimeoutError(f"{self.process.args} does not listen")

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far, with children that are alive."""
        return cpu_seconds(self.process.pid)

    @property
    def memory(self) -> int:
        """Bytes in memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def site(
    *options: str, application: str = "bench.served.asgi:application", **environment: str
) -> Server:
    """Our own server, as `manage.py serve` runs it, with the addresses only benchmarks know."""
    return Server([*UVICORN, *options, application], **environment)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its children that are alive."""
    return sum(time.clock_gettime((~one << 3) | 2) for one in [pid, *_children(pid)])


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def load() -> str:
    """How busy the machine is, for the reader of the figures."""
    return f"load average {os.getloadavg()[0]:.1f}"
