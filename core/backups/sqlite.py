"""SQLite: the online copy of the library itself, put back as a file."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

from core.backups.errors import BackupError


def dump(target: Path) -> None:
    """Copy the database as it is at one moment; writers go on meanwhile."""
    with closing(sqlite3.connect(_path())) as source, closing(sqlite3.connect(target)) as copy:
        # All pages in one step: they are of one snapshot, which write-ahead logging keeps.
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")
        _check(copy)


def is_used() -> bool:
    """Whether there is a database with tables."""
    path = Path(_path())
    if not path.exists() or not path.stat().st_size:
        return False
    with closing(sqlite3.connect(path)) as there:
        return there.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] > 0


def load(copy: Path) -> None:
    """Put the copy in the place of the database. Refuses while another process has it open."""
    connections.close_all()
    path = Path(_path())
    with closing(sqlite3.connect(copy)) as new:
        _check(new)
    if path.exists():
        _take_alone(path)
    with copy.open("rb") as data:
        os.fsync(data.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(copy, path)


def _take_alone(path: Path) -> None:
    """Leaving write-ahead logging needs the file alone; it also takes the log beside it away."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as old:
            old.execute("PRAGMA journal_mode = DELETE")
            old.execute("BEGIN EXCLUSIVE")
            old.rollback()
    except sqlite3.OperationalError as error:
        raise BackupError(f"stop the site first: {error}") from None
    except sqlite3.DatabaseError:
        # Damaged beyond reading: that is why it is replaced.
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)


def _check(copy: sqlite3.Connection) -> None:
    found = copy.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise BackupError(f"the copy does not check: {found[0][0]}")


def _path() -> str:
    return str(connection.settings_dict["NAME"])
