"""Time. What decides about votes and money is the database's clock, not a web process's."""

import datetime as dt

from django.db import connections
from django.utils import timezone


def now() -> dt.datetime:
    """The current instant in UTC by this process; for stamps that decide nothing."""
    return timezone.now()


def db_now(using: str = "default") -> dt.datetime:
    """The current instant in UTC by the database (PostgreSQL: `clock_timestamp()`).

    SQLite runs inside this process, so there the process's clock is the database's.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
