"""Rows of models by plain SQL: for what is read so often that writing the query costs the most.

The ORM makes its SQL anew for each query, about 0.4 ms each. Here the columns of a model are
named once, and rows become the same objects as the ORM's.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, DateTimeField, JSONField, Model, UUIDField

M = TypeVar("M", bound=Model)
Row = Sequence[Any]


def select(statement: str, values: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> list[Any]:
    """The rows of one query."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def columns(model: type[Model], alias: str) -> str:
    """All columns of a model in their order, for a SELECT."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def width(model: type[Model]) -> int:
    """How many columns that is."""
    return len(model._meta.concrete_fields)


def made(model: type[M], row: Row, using: str = DEFAULT_DB_ALIAS) -> M:
    """The object of a row of these columns."""
    names, converted = _shape(model, connections[using].vendor)
    values = list(row)
    for place, convert in converted:
        if values[place] is not None:
            values[place] = convert(values[place])
    return model.from_db(using, names, values)


def within(values: Collection[Any], using: str, kind: str = "bigint") -> tuple[str, Any]:
    """`= ANY(…)` over these values as text with one placeholder, and what to put there.

    A list would become a placeholder for each, and preparing them costs more than the query.
    """
    if connections[using].vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))
    return f"= ANY(%s::{kind}[])", list(values)


def table(name: str, kinds: str, rows: Collection[Row], using: str) -> tuple[str, str]:
    """Rows as a table of that name for FROM, with one placeholder, and what to put there.

    `kinds` names its columns with PostgreSQL's types: `ballot bigint, entry bigint`.
    """
    names = names_of(kinds)
    if connections[using].vendor == "sqlite":
        taken = ", ".join(f"json_extract(value, '$[{n}]') AS {one}" for n, one in enumerate(names))
        return f"(SELECT {taken} FROM json_each(%s)) AS {name}", json.dumps(list(rows))
    packed = json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=str)
    return f"json_to_recordset(%s::json) AS {name}({kinds})", packed


@lru_cache(maxsize=64)
def names_of(kinds: str) -> tuple[str, ...]:
    """The names of columns that come with their types."""
    return tuple(one.split()[0] for one in kinds.split(", "))


def stored_uuid(key: uuid.UUID, using: str) -> uuid.UUID | str:
    """How the database keeps a UUID: as one, or as text."""
    return key if connections[using].features.has_native_uuid_field else key.hex


def aware(moment: dt.datetime) -> dt.datetime:
    """A moment as the database gave it: SQLite's knows no zone, and is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


_ANYWHERE: Final[dict[type, Callable[[Any], Any]]] = {JSONField: json.loads}
_SQLITE: Final[dict[type, Callable[[Any], Any]]] = {
    DateTimeField: aware,
    UUIDField: uuid.UUID,
    BooleanField: bool,
}


@lru_cache(maxsize=64)
def _shape(
    model: type[Model], vendor: str
) -> tuple[list[str], list[tuple[int, Callable[[Any], Any]]]]:
    wanted = _ANYWHERE | (_SQLITE if vendor == "sqlite" else {})
    fields = model._meta.concrete_fields
    converted = [(n, wanted[type(one)]) for n, one in enumerate(fields) if type(one) in wanted]
    return [one.attname for one in fields], converted
