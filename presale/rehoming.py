"""What becomes of orders whose variant misses its own minimum.

Pure functions of figures: no database, no clock.

The rule, taken at the close after the price is fixed, over the orders that are in at it:
1. A variant is short when somebody ordered it and its units are below its minimum.
2. One variant is given up at a time: the one that misses by the most units; of equal ones the last
   in the order of the page. Then everything is looked at again, for the units that moved may have
   brought another variant to its minimum. It ends when none is short.
3. The orders of a variant that is given up are taken in the order of their coming. Each goes where
   its buyer said: to the other variant, while that is made and has room; to the brand's decision;
   or back. Where the other variant has no room or was given up as well, the order goes back too.
4. An order moves once. What was moved into a variant that is given up later goes back.

Why this order: giving up the hopeless first leaves the most units for those that nearly make it,
and taking one at a time never gives up a variant that the units of another would have saved. Each
turn gives up a variant for good, so there are at most as many turns as variants. Nothing hangs on
chance or on the time at which the job runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

REFUND: Final = "refund"
WAIT: Final = "wait"
MOVE: Final = "move"


@dataclass(frozen=True)
class Offered:
    """A variant as it is sold; `room` None means without limit, `minimum` None needs none."""

    key: int
    minimum: int | None
    room: int | None


@dataclass(frozen=True)
class Asked:
    """An order: what its buyer wants to happen if its variant is given up; `other` for a move."""

    key: int
    variant: int
    units: int
    answer: str
    other: int | None = None


@dataclass
class Outcome:
    """What each order of a variant that was given up does; the others stay as they are."""

    given_up: list[int] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    refunded: set[int] = field(default_factory=set)


def decide(offered: Sequence[Offered], asked: Sequence[Asked]) -> Outcome:
    """Apply the rule; `offered` in the order of the page, `asked` in the order of coming."""
    outcome = Outcome()
    room = {one.key: one.room for one in offered}
    inside: dict[int, list[Asked]] = {one.key: [] for one in offered}
    for order in asked:
        inside[order.variant].append(order)
    while (lost := _most_short(offered, inside)) is not None:
        outcome.given_up.append(lost)
        leaving, inside[lost] = inside[lost], []
        for order in leaving:
            target = _target(order, room, outcome)
            if target is not None:
                outcome.moved[order.key] = target
                inside[target].append(order)
                left = room[target]
                room[target] = None if left is None else left - order.units
            elif order.answer == WAIT:
                outcome.waiting.add(order.key)
            else:
                outcome.moved.pop(order.key, None)
                outcome.refunded.add(order.key)
    return outcome


def _most_short(offered: Sequence[Offered], inside: dict[int, list[Asked]]) -> int | None:
    short = []
    for place, one in enumerate(offered):
        units = sum(order.units for order in inside[one.key])
        if one.minimum is not None and 0 < units < one.minimum:
            short.append((one.minimum - units, place, one.key))
    return max(short)[2] if short else None


def _target(order: Asked, room: dict[int, int | None], outcome: Outcome) -> int | None:
    """Where the order moves; None when it does not, or has moved already."""
    if order.answer != MOVE or order.other not in room or order.key in outcome.moved:
        return None
    if order.other in outcome.given_up:
        return None
    left = room[order.other]
    return order.other if left is None or left >= order.units else None
