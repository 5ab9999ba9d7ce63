"""How somebody with the whole database writes to the ballot log: the guard is taken away first."""

import contextlib
from collections.abc import Iterator

from django.db import connection

from voting import triggers


@contextlib.contextmanager
def unguarded() -> Iterator[None]:
    """Without the triggers of the log; they are put back, so that nothing tells by their want."""
    # PostgreSQL alters no table of which rows are still to be checked.
    connection.check_constraints()
    triggers.GUARD.drop()
    try:
        yield
        connection.check_constraints()
    finally:
        triggers.GUARD.install()


def sql(statement: str, *params: object) -> int:
    """Run one statement behind the guard's back; how many rows it touched."""
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount
