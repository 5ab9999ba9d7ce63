"""Checks of the installation: `manage.py check --database default`, and at every migration."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, register

from voting import triggers


@register(Tags.database)
def log_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The triggers that keep the ballot log must be there once the table is."""
    return triggers.GUARD.warnings(databases, "voting.W001")
