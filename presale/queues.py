"""The rule of a waiting list, as a function of figures: who is offered what becomes free."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# So often may others behind be offered units while a larger wish waits; then units are collected.
MOST_PASSED: Final = 3


@dataclass(frozen=True)
class Wish:
    """A place in line: how many units it wants, how often it was passed over."""

    pk: int
    quantity: int
    passed: int


def choose(line: Sequence[Wish], free: int) -> tuple[int, list[int]] | None:
    """The place that is offered `free` units now, and those passed over by that; None: wait.

    The first in line whose quantity fits. Whoever was passed over `MOST_PASSED` times is passed
    over no more: what becomes free is collected until it is enough, so that nobody waits for ever
    behind smaller wishes.
    """
    passed: list[int] = []
    for wish in line:
        if wish.quantity <= free:
            return wish.pk, passed
        if wish.passed >= MOST_PASSED:
            return None
        passed.append(wish.pk)
    return None
