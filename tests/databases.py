"""Databases with real commits, for threads, processes and servers.

The ordinary `db` fixture rolls everything back, which threads cannot see. Emptying tables after
each test is no way either: ours refuse to be emptied. So each such test gets a copy of the
migrated database.
"""

import asyncio
import contextlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import setup_databases, teardown_databases

from core import courier
from voting import writer


@pytest.fixture(scope="session")
def template_db(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A migrated database to copy: a file (SQLite), or the test database's name (PostgreSQL)."""
    with django_db_blocker.unblock():
        # pytest-django makes one only when some test of this run asks for `db`.
        made = [] if _is_test_database() else setup_databases(0, False, aliases={"default"})
        template = _template(tmp_path_factory)
    yield template
    with django_db_blocker.unblock():
        teardown_databases(made, 0)


def _is_test_database() -> bool:
    name = str(connection.settings_dict["NAME"])
    return name.startswith("test_") or "mode=memory" in name


def _template(folders: pytest.TempPathFactory) -> str:
    if connection.vendor == "postgresql":
        return str(connection.settings_dict["NAME"])
    path = folders.mktemp("template") / "toile.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return str(path)


@pytest.fixture
def own_db(
    template_db: str, django_db_blocker: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """This test's own database; what it commits, every thread and process sees. Its name."""
    with django_db_blocker.unblock(), copied(template_db, tmp_path) as name:
        yield name


@contextlib.contextmanager
def copied(template_db: str, folder: Path) -> Iterator[str]:
    """Work on a copy of the migrated database for a while; its name. A file lies in `folder`."""
    settings = connection.settings_dict
    usual, usual_connection = settings["NAME"], connection.connection
    # Only put aside: a database in memory is gone with its last connection.
    connection.connection = None
    if connection.vendor == "postgresql":
        if usual_connection:
            usual_connection.close()
        usual_connection = None
        name = f"toile_{uuid.uuid4().hex[:12]}"
        create = f'CREATE DATABASE "{name}" TEMPLATE "{template_db}"'
        try:
            _administer(create)
        except OperationalError:
            # Playwright's loop has connections of its own; the one from before it idles on.
            _administer(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{template_db}' AND state = 'idle'"
            )
            _administer(create)
    else:
        name = str(folder / "toile.sqlite3")
        shutil.copyfile(template_db, name)
    settings["NAME"] = name
    try:
        yield name
    finally:
        _quiet_courier()
        # Its thread has this database open; whoever votes next gets another one.
        writer._writers.clear()
        connections.close_all()
        settings["NAME"], connection.connection = usual, usual_connection
        if connection.vendor == "postgresql":
            _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _quiet_courier() -> None:
    """What the test announced is rendered from its own database, never from the next one."""
    if remote := courier._remote:
        remote.flush()
        closing = remote.pulse._threads.run(connections.close_all)
        asyncio.run_coroutine_threadsafe(closing, remote.loop).result(10)


def _administer(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
