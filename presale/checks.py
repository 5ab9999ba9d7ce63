"""Checks of the installation: `manage.py check --database default`, and at every migration."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, register

from presale import triggers


@register(Tags.database)
def ledger_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The triggers that keep the books must be there once the tables are."""
    return triggers.GUARD.warnings(databases, "presale.W001")
