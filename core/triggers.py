"""Triggers by which the database itself guards what must not change.

A migration that rebuilds a table on SQLite loses its triggers in silence. Therefore they are
dropped before migrations and installed after them; a check and `manage.py verify` prove them there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

Statements = Mapping[str, tuple[str, str]]


def never_emptied(function: str, reason: str) -> str:
    """PostgreSQL's function for a trigger on TRUNCATE: refuses it while the table has rows."""
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE has_rows boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO has_rows;
    IF has_rows THEN
        RAISE EXCEPTION '{reason}';
    END IF;
    RETURN NULL;
END $$;
"""


@dataclass(frozen=True)
class Guard:
    """The triggers of an app: for each database name to (table, statement).

    `functions` are PostgreSQL's, made before its triggers.
    """

    app: str
    sqlite: Statements
    postgresql: Statements
    functions: str

    def register(self, app: AppConfig) -> None:
        """Drop before and install after the app's migrations; called from `AppConfig.ready`."""
        pre_migrate.connect(self.drop_before_rebuild, sender=app)
        post_migrate.connect(self.install, sender=app)

    def wanted(self, using: str = "default") -> Statements:
        """The triggers this database must have: name to (table, statement)."""
        return self.postgresql if connections[using].vendor == "postgresql" else self.sqlite

    def missing(self, using: str = "default") -> list[str]:
        """The names of triggers that are not there, or not as written here."""
        there = _installed(using)
        is_sqlite = connections[using].vendor == "sqlite"
        return [
            name
            for name, (_table, sql) in self.wanted(using).items()
            if name not in there or (is_sqlite and there[name].split() != sql.split())
        ]

    def warnings(self, databases: Sequence[str] | None, code: str) -> list[CheckMessage]:
        """What a system check says while triggers are missing from tables that are there.

        No error: `migrate` runs the checks first, and must not be kept from mending it.
        """
        found: list[CheckMessage] = []
        for using in databases or []:
            missing = self.missing(using) if self._has_tables(using) else []
            if missing:
                text = f"Triggers of {self.app} missing: {', '.join(missing)}"
                hint = "Run `manage.py migrate`; it installs them."
                found.append(Warning(text, hint=hint, id=code))
        return found

    def install(self, using: str = "default", **_signal: Any) -> None:
        """Put every trigger in place, anew; does nothing while the tables are not there."""
        if not self._has_tables(using):
            return
        self.drop(using)
        with connections[using].cursor() as cursor:
            if connections[using].vendor == "postgresql":
                cursor.execute(self.functions)
            for _table, sql in self.wanted(using).values():
                cursor.execute(sql.strip())

    def drop(self, using: str = "default", **_signal: Any) -> None:
        """Take the triggers away, before migrations that may rebuild the tables."""
        connection = connections[using]
        with connection.cursor() as cursor:
            for name, (table, _sql) in self.wanted(using).items():
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")

    def drop_before_rebuild(self, plan: list, using: str = "default", **_signal: Any) -> None:
        """`pre_migrate`: only when a migration of this app is about to run."""
        ours = any(migration.app_label == self.app for migration, _backwards in plan)
        if ours and self._has_tables(using):
            self.drop(using)

    def _has_tables(self, using: str) -> bool:
        tables = {table for table, _sql in self.wanted(using).values()}
        return tables <= set(connections[using].introspection.table_names())


def _installed(using: str) -> dict[str, str]:
    connection = connections[using]
    query = (
        "SELECT tgname, '' FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())
