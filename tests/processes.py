"""Servers in processes of their own, on one PostgreSQL and one Redis."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests import services


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    missing = services.why_no_redis()
    if missing:
        pytest.skip(missing)
    with services.redis() as url:
        yield url


def database_url(own_db: str) -> str:
    """The address of a test's own database on PostgreSQL."""
    given = connection.settings_dict
    where = f"{given['HOST']}:{given['PORT']}/{own_db}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{where}"


@pytest.fixture
def two_servers(own_db: str, redis_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """Two uvicorn processes on one PostgreSQL and one Redis; their addresses."""
    if connection.vendor != "postgresql":
        pytest.skip("runs in the second pass of `make test`, on PostgreSQL")
    environment = {
        **os.environ,
        "DEMO": "1",
        "DATABASE_URL": database_url(own_db),
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path),
        "EMBEDDED_WORKER": "0",
    }
    ports = [services.free_port() for _ in range(2)]
    command = [sys.executable, "manage.py", "serve", "--port"]
    running = [
        subprocess.Popen([*command, str(port)], cwd=settings.BASE_DIR, env=environment)
        for port in ports
    ]
    try:
        for port in ports:
            services.wait_for_port(port, 60)
        yield [f"127.0.0.1:{port}" for port in ports]
    finally:
        for server in running:
            server.terminate()
        for server in running:
            server.wait(15)
