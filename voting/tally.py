"""Counting: shares with their ranges, the order of entries, and how sure the first place is. Pure.

The result is a function of the ballots, the rule and the seed alone: the same input gives the
same output on every machine, whatever the order in which ballots are handed in.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

RERUNS: Final = 100
Z95: Final = 1.959964
# Below this many first places in 100 re-runs the winner is called too close to call.
CLEAR_WINS: Final = 75
# With fewer ballots than this, re-runs drawn from them say nothing worth telling.
FEWEST_FOR_CERTAINTY: Final = 10
_LANE: Final = 4  # bytes per re-run in the packed weights; room for every count below 2**32


@dataclass(frozen=True)
class Marks:
    """What one ballot says: the entries it supports, and those its voter would buy."""

    supports: frozenset[int]
    would_buy: frozenset[int]


@dataclass(frozen=True)
class Share:
    """Part of the voters who support an entry, with its 95 % range (Wilson), in percent."""

    votes: int
    voters: int
    percent: int
    low: int
    high: int

    @property
    def plus_minus(self) -> int:
        """Half the width of the range, in percentage points."""
        return math.ceil((self.high - self.low) / 2)


@dataclass(frozen=True)
class Place:
    """Where one entry ended in one class of voters."""

    entry: int
    support: int
    would_buy: int
    rank: int
    first_in_reruns: int


def share(votes: int, voters: int) -> Share:
    """The supporting part of the voters and Wilson's 95 % interval, rounded outwards."""
    if voters == 0:
        return Share(votes, 0, 0, 0, 100)
    p, zz = votes / voters, Z95 * Z95
    middle = (p + zz / (2 * voters)) / (1 + zz / voters)
    half = Z95 * math.sqrt(p * (1 - p) / voters + zz / (4 * voters**2)) / (1 + zz / voters)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Share(votes, voters, round(100 * p), math.floor(100 * low), math.ceil(100 * high))


def says_how_sure(voters: int) -> bool:
    """Whether there are enough ballots for their re-runs to say how sure a place is."""
    return voters >= FEWEST_FOR_CERTAINTY


def lot(seed: str, entry: int) -> str:
    """The number an entry drew: what parts equals when nothing else does."""
    return hashlib.sha256(f"{seed}:{entry}".encode()).hexdigest()


def ranking(
    support: Mapping[int, int], would_buy: Mapping[int, int], entries: Sequence[int], seed: str
) -> list[int]:
    """Entries by support, then by "would buy", then by the lot drawn from the seed."""
    return sorted(entries, key=lambda e: (-support.get(e, 0), -would_buy.get(e, 0), lot(seed, e)))


def count(ballots: Sequence[Marks], entries: Sequence[int], seed: str) -> list[Place]:
    """Every entry's place, best first, with its first places in 100 re-drawn electorates.

    A re-run draws as many ballots from the real ones as there are, with repetition, and counts
    again by the same rule; how often an entry then comes first says how sure its place is.
    """
    support = _added((ballot.supports, 1) for ballot in ballots)
    would_buy = _added((ballot.would_buy, 1) for ballot in ballots)
    firsts = _first_places(ballots, entries, seed)
    order = ranking(support, would_buy, entries, seed)
    return [
        Place(entry, support.get(entry, 0), would_buy.get(entry, 0), rank, firsts.get(entry, 0))
        for rank, entry in enumerate(order, start=1)
    ]


def _added(parts: Iterable[tuple[frozenset[int], int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for entries, weight in parts:
        for entry in entries:
            sums[entry] = sums.get(entry, 0) + weight
    return sums


def _first_places(ballots: Sequence[Marks], entries: Sequence[int], seed: str) -> dict[int, int]:
    if not ballots or not entries:
        return {}
    # Sorted by what they say, so that the order in which ballots arrive changes nothing.
    ordered = sorted(ballots, key=lambda b: (sorted(b.supports), sorted(b.would_buy)))
    weights = _packed_weights(len(ordered), seed)
    support = _added((b.supports, w) for b, w in zip(ordered, weights, strict=True))
    would_buy = _added((b.would_buy, w) for b, w in zip(ordered, weights, strict=True))
    # Ties go to the better lot, and `max` keeps the first of equals.
    drawn = sorted(entries, key=lambda e: lot(seed, e))
    columns = [(e, _unpacked(support.get(e, 0)), _unpacked(would_buy.get(e, 0))) for e in drawn]
    firsts: dict[int, int] = {}
    for run in range(RERUNS):
        winner = max(columns, key=lambda column: (column[1][run], column[2][run]))[0]
        firsts[winner] = firsts.get(winner, 0) + 1
    return firsts


def _packed_weights(ballots: int, seed: str) -> list[int]:
    """Per ballot, how often each re-run drew it: one long integer of 100 lanes.

    Adding two such integers adds all 100 re-runs at once, which is what makes 20,000 ballots
    a matter of a second without a numeric library.
    """
    width = RERUNS * _LANE
    lanes = bytearray(ballots * width)
    random = Random(f"reruns:{seed}").random
    for run in range(RERUNS):
        offset = run * _LANE
        for _ in range(ballots):
            # A ballot is drawn 255 times in one re-run with a chance below 10**-400.
            lanes[int(random() * ballots) * width + offset] += 1
    return [int.from_bytes(lanes[at : at + width], "little") for at in range(0, len(lanes), width)]


def _unpacked(packed: int) -> list[int]:
    raw = packed.to_bytes(RERUNS * _LANE, "little")
    return [int.from_bytes(raw[at : at + _LANE], "little") for at in range(0, len(raw), _LANE)]
