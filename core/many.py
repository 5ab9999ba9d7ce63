"""Asking the database about hundreds of rows at once."""

import json
from collections.abc import Collection

from django.db import connections
from django.db.models.expressions import RawSQL


def any_of(values: Collection[int] | Collection[str], using: str) -> RawSQL:
    """These values for `__in`, as one parameter: `filter(pk__in=any_of(keys, using))`.

    A list would become a placeholder for each, and preparing them costs more than the query.
    """
    wanted = list(values)
    if connections[using].vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(wanted)])
    kind = "text" if wanted and isinstance(wanted[0], str) else "bigint"
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [wanted])
