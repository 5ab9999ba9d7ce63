"""PostgreSQL, Redis and Chromium for tests: what is there, and servers of one's own."""

import contextlib
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def free_port() -> int:
    """A port nobody listens on, below the range the system hands out to clients."""
    for _ in range(200):
        port = random.randint(21_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


def chromium() -> str | None:
    """The installed browser: CHROMIUM from the environment, or the first that is found."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def why_no_postgres() -> str:
    """Empty when PostgreSQL can be had, else what is missing."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres") or _postgres_bin():
        return ""
    return "PostgreSQL was not found (apt install postgresql, or set DATABASE_URL)"


def why_no_redis() -> str:
    """Empty when Redis can be had, else what is missing."""
    if os.environ.get("REDIS_URL") or shutil.which("redis-server"):
        return ""
    return "Redis was not found (apt install redis-server, or set REDIS_URL)"


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL: the one of DATABASE_URL, or a new cluster that goes afterwards."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    cluster = Postgres()
    try:
        cluster.start()
        yield cluster.url
    finally:
        cluster.remove()


class Postgres:
    """A PostgreSQL cluster of one's own, which may be stopped at once and started again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="toile-postgres-"))
        # The server refuses to run as root, so root lends it another name.
        as_other: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            as_other = ["runuser", "-u", "postgres", "--"]
        binaries, port = _postgres_bin(), free_port()
        self.control = [*as_other, f"{binaries}/pg_ctl", "-D", f"{self.folder}/data", "-w", "-s"]
        self.options = f"-p {port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        init = [f"{binaries}/initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "toile"]
        _quietly([*as_other, *init, "-E", "UTF8", "--locale=C.UTF-8"], self.folder)
        self.url = f"postgres://toile@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        """Start it, or start it again."""
        log = ["-l", f"{self.folder}/log", "-o", self.options]
        _quietly([*self.control, *log, "start"], self.folder)

    def stop_now(self) -> None:
        """Stop it as a crash would: no checkpoint, no good-bye."""
        stop = [*self.control, "-m", "immediate", "stop"]
        subprocess.run(stop, cwd=self.folder, check=False)

    def remove(self) -> None:
        """Stop it and take its files away."""
        self.stop_now()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """URL of a Redis: the one of REDIS_URL, or a server that ends afterwards."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    server = Redis()
    try:
        yield server.url
    finally:
        server.kill()


class Redis:
    """A Redis of one's own, which may be killed and started again; it keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", tempfile.gettempdir()]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(self.port)

    def kill(self) -> None:
        """End it without a good-bye."""
        self.process.kill()
        self.process.wait(10)


def wait_for_port(port: int, seconds: float = 20.0) -> None:
    """Return when something listens there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def _postgres_bin() -> str | None:
    found = shutil.which("initdb")
    if not found:
        versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        found = str(max(versions, key=lambda path: int(path.parts[-3]), default=""))
    if not found or (os.geteuid() == 0 and not _has_user("postgres")):
        return None
    return str(Path(found).resolve().parent)


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _quietly(command: list[str], folder: Path) -> None:
    # Not captured through a pipe: the server would inherit it and the wait never end.
    with open(os.devnull, "w") as nowhere, tempfile.TemporaryFile("w+") as said:
        result = subprocess.run(command, cwd=folder, stdout=nowhere, stderr=said, check=False)
        if result.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read()}")
