"""Checks that what is stored agrees with itself; apps register theirs, `verify` runs them."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Checked:
    """What one check looked at, how many of it, and what is wrong (a sentence each)."""

    what: str
    count: int
    findings: list[str] = field(default_factory=list)


_checks: dict[str, Callable[..., Checked]] = {}


def register(name: str, check: Callable[..., Checked]) -> None:
    """Add a read-only check that needs no argument, e.g. `presale.ledger-balanced`.

    Called from `AppConfig.ready`.
    """
    _checks[name] = check


def run(prefix: str = "") -> dict[str, Checked]:
    """Run every check whose name starts with `prefix`, by name."""
    return {name: _checks[name]() for name in sorted(_checks) if name.startswith(prefix)}
