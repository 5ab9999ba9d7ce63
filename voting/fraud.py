"""Which ballots look as if one hand had cast them, by what their first votes came with. Pure.

It never looks at what was chosen. One signal alone says nothing: people share networks, hurry,
and use throw-away addresses. A ballot is suspect when it was cast carelessly itself, in a crowd
or a burst from one network of which at least half was cast so too, and when its signals weigh
enough together. So nobody is suspect for sharing the line of an office, a school or a telephone
company with many others, nor for being quick, nor for the address alone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final


class Signal(StrEnum):
    """What can be seen of a ballot without knowing what it says or whose it is."""

    BURST = "burst"
    CROWD = "crowd"
    UNREAD = "unread"
    THROWAWAY = "throw-away"
    NEW = "new-account"


WEIGHTS: Final[Mapping[Signal, int]] = {
    Signal.BURST: 2,
    Signal.CROWD: 1,
    Signal.UNREAD: 2,
    Signal.THROWAWAY: 2,
    Signal.NEW: 1,
}
SUSPECT_FROM: Final = 6
# A burst: so many ballots of one network within so many seconds before or after.
BURST: Final = 5
BURST_SECONDS: Final = 300
# A crowd: so many ballots of one network in the whole round.
CROWD: Final = 20
# Shorter than anybody looks at a page before the first choice; no page at all counts as well.
UNREAD_SECONDS: Final = 3
# An account is new if it was made so shortly before its first vote, or after it.
NEW_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Case:
    """One ballot: where its first vote came from, when (in seconds), and what is known of it."""

    ballot: int
    network: str
    at: float
    read_seconds: float | None
    is_throwaway: bool
    is_new: bool

    @property
    def is_unread(self) -> bool:
        """Whether nobody can have looked at the page."""
        return self.read_seconds is None or self.read_seconds < UNREAD_SECONDS

    @property
    def is_careless(self) -> bool:
        """Whether it was cast as scripts do; many people do so too."""
        return self.is_unread or self.is_throwaway


def suspects(cases: Iterable[Case]) -> dict[int, list[Signal]]:
    """The suspect ballots with their signals, in a fixed order."""
    networks: dict[str, list[Case]] = {}
    for case in cases:
        if case.network:
            networks.setdefault(case.network, []).append(case)
    found: dict[int, list[Signal]] = {}
    for crowd in networks.values():
        if len(crowd) >= min(BURST, CROWD):
            found |= _suspects_of(sorted(crowd, key=lambda case: (case.at, case.ballot)))
    return found


def _suspects_of(crowd: list[Case]) -> dict[int, list[Signal]]:
    """Of the ballots of one network, in the order of their time."""
    times = [case.at for case in crowd]
    careless = [0, *accumulate(case.is_careless for case in crowd)]
    is_crowd = len(crowd) >= CROWD and 2 * careless[-1] >= len(crowd)
    found = {}
    for case in crowd:
        if not case.is_careless:
            continue
        first = bisect_left(times, case.at - BURST_SECONDS)
        after = bisect_right(times, case.at + BURST_SECONDS)
        near, so_too = after - first, careless[after] - careless[first]
        is_burst = near >= BURST and 2 * so_too >= near
        signals = _signals(case, is_burst, is_crowd)
        if (is_burst or is_crowd) and sum(WEIGHTS[one] for one in signals) >= SUSPECT_FROM:
            found[case.ballot] = signals
    return found


def _signals(case: Case, is_burst: bool, is_crowd: bool) -> list[Signal]:
    seen = {
        Signal.BURST: is_burst,
        Signal.CROWD: is_crowd,
        Signal.UNREAD: case.is_unread,
        Signal.THROWAWAY: case.is_throwaway,
        Signal.NEW: case.is_new,
    }
    return [signal for signal, is_seen in seen.items() if is_seen]
