"""Reasons why a brand's currency can no longer change, told by the apps that hold its money."""

from collections.abc import Callable

from fans.models import Brand

Lock = Callable[[Brand], bool]
_locks: list[Lock] = []


def register_currency_lock(is_locked: Lock) -> None:
    """Have `is_locked(brand)` asked before a brand's currency changes (`AppConfig.ready`)."""
    if is_locked not in _locks:
        _locks.append(is_locked)


def currency_is_locked(brand: Brand) -> bool:
    """Whether prices in the brand's currency exist already."""
    return any(is_locked(brand) for is_locked in _locks)
