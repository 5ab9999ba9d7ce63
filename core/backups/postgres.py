"""PostgreSQL: its own `pg_dump` and `pg_restore`, which must be installed."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection, connections

from core.backups.errors import BackupError


def dump(target: Path) -> None:
    """Copy the database as it is at one moment; writers go on meanwhile."""
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def is_used() -> bool:
    """Whether there are tables."""
    return bool(connection.introspection.table_names())


def load(copy: Path) -> None:
    """Put the copy in the place of all tables, in one transaction. Refuses while others are in."""
    _run("pg_restore", "--list", str(copy), connected=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
        if others:
            raise BackupError(f"stop the site first: {others} connections are open")
        # Put aside, not dropped: what fails half-way leaves everything as it was.
        cursor.execute("DROP SCHEMA IF EXISTS before_restore CASCADE")
        cursor.execute("ALTER SCHEMA public RENAME TO before_restore")
        cursor.execute("CREATE SCHEMA public")
    connections.close_all()
    try:
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(copy))
    except BackupError:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("ALTER SCHEMA before_restore RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA before_restore CASCADE")
    connections.close_all()


def _run(program: str, *arguments: str, connected: bool = True) -> None:
    found = _find(program)
    given = connection.settings_dict
    environment = {**os.environ, "PGPASSWORD": str(given["PASSWORD"] or "")}
    where = [
        f"--{name}={given[key]}"
        for name, key in (
            ("dbname", "NAME"), ("host", "HOST"), ("port", "PORT"), ("username", "USER")
        )
        if given[key]
    ]  # fmt: skip
    command = [found, *(where if connected else []), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()[-500:]}")


def _find(program: str) -> str:
    if found := shutil.which(program):
        return found
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    if newest is None:
        raise BackupError(f"{program} was not found (apt install postgresql-client)")
    return str(newest)
