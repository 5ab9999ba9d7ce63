"""Checks of the installation: `manage.py check --database default`, and at every migration."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from presale import triggers


@register(Tags.database)
def ledger_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The triggers that keep the books must be there once the tables are."""
    found: list[CheckMessage] = []
    for using in databases or []:
        tables = connections[using].introspection.table_names()
        if triggers.TX in tables and triggers.missing(using):
            names = ", ".join(triggers.missing(using))
            hint = "Run `manage.py migrate`; it installs them."
            found.append(Error(f"Ledger triggers missing: {names}", hint=hint, id="presale.E001"))
    return found
