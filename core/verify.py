"""Checks that what is stored agrees with itself; apps register theirs, `verify` runs them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Checked:
    """What one check looked at, how many of it, and what is wrong (a sentence each)."""

    what: str
    count: int
    findings: list[str] = field(default_factory=list)


_says: dict[str, str] = {}
_checks: dict[str, Callable[..., Checked]] = {}


def register(name: str, check: Callable[..., Checked]) -> None:
    """Add a read-only check that needs no argument, e.g. `presale.ledger-balanced`.

    Called from `AppConfig.ready`. The first line of its docstring is printed with what it found.
    """
    _checks[name] = check
    _says[name] = (inspect.getdoc(inspect.unwrap(check)) or "").partition("\n")[0]


def says(name: str) -> str:
    """What must hold, in the words of the check."""
    return _says[name]


def run(prefix: str = "") -> dict[str, Checked]:
    """Run every check whose name starts with `prefix`, by name."""
    return {name: _checks[name]() for name in sorted(_checks) if name.startswith(prefix)}
