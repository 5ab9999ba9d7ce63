"""Counting: what ballots say, the places they give, and how sure the first one is. Pure.

The result is a function of the ballots, the rules and the seed alone: the same input gives the
same output on every machine, whatever the order in which ballots are handed in.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from voting.draws import Draws

Z95: Final = 1.959964
# Below this many first places in 100 re-runs the winner is called too close to call.
CLEAR_WINS: Final = 75
# With fewer ballots than this, re-runs drawn from them say nothing worth telling.
FEWEST_FOR_CERTAINTY: Final = 10


class Paper(NamedTuple):
    """What one ballot says by the round's method, and who would be bought.

    By most methods an entry and its value; in pairs two entries and the answer.
    """

    said: tuple[tuple[int, ...], ...]
    would_buy: tuple[int, ...] = ()


Box = Mapping[Paper, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is shown of one entry: a value on its method's scale with its 95 % range."""

    votes: int
    voters: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Place:
    """Where one entry ended in one class of voters.

    `parted_by` says what put the first before the second when the rule did not.
    """

    entry: int
    figure: Figure
    points: int
    would_buy: int
    rank: int
    first_in_reruns: int
    first_by: tuple[str, ...]
    parted_by: str


class Rule(Protocol):
    """A way to come from ballots to an order of the entries.

    `parting` is the order in which entries come that are level by the rule.
    """

    @property
    def name(self) -> str:
        """By which the result calls it."""

    def gather(self, box: Box) -> Any:
        """What the rule has to know of the ballots."""

    def order(self, gathered: Any, entries: Sequence[int], parting: Sequence[int]) -> list[int]:
        """All entries, the best first."""

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first entry of each re-drawn electorate."""


def box_of(papers: Iterable[Paper]) -> Box:
    """Equal ballots counted together, in an order that does not hang on when they came."""
    return dict(sorted(Counter(papers).items()))


def percent(votes: int, voters: int) -> Figure:
    """A part of the voters in percent with Wilson's 95 % interval, rounded outwards.

    While a round is open the two may have been read a moment apart, and there be more votes than
    voters; the next frame of the page puts that right.
    """
    if voters == 0:
        return Figure(votes, 0, None, 0, 100)
    p, zz = min(votes / voters, 1.0), Z95 * Z95
    middle = (p + zz / (2 * voters)) / (1 + zz / voters)
    half = Z95 * math.sqrt(p * (1 - p) / voters + zz / (4 * voters**2)) / (1 + zz / voters)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Figure(votes, voters, round(100 * p), math.floor(100 * low), math.ceil(100 * high))


def says_how_sure(voters: int) -> bool:
    """Whether there are enough ballots for their re-runs to say how sure a place is."""
    return voters >= FEWEST_FOR_CERTAINTY


def lot(seed: str, entry: int) -> str:
    """The number an entry drew: what parts equals when nothing else does."""
    return hashlib.sha256(f"{seed}:{entry}".encode()).hexdigest()


def parting_order(would_buy: Mapping[int, int], drawn: Sequence[int]) -> list[int]:
    """The order among equals: more who would buy, then the better lot."""
    return sorted(drawn, key=lambda entry: -would_buy.get(entry, 0))


def would_buy_of(box: Box) -> dict[int, int]:
    """How many ballots would buy each entry."""
    sums: Counter[int] = Counter()
    for paper, times in box.items():
        for entry in paper.would_buy:
            sums[entry] += times
    return dict(sums)


def order_of(rule: Rule, box: Box, entries: Sequence[int], seed: str) -> list[int]:
    """All entries by one rule, the best first; equals by would-buy, then by their lots."""
    drawn = sorted(entries, key=lambda entry: lot(seed, entry))
    return rule.order(rule.gather(box), entries, parting_order(would_buy_of(box), drawn))


WOULD_BUY, LOT = "would-buy", "lot"


@dataclass(frozen=True)
class Places:
    """The order of the entries, best first, and what is known about their first places."""

    order: list[int]
    would_buy: Mapping[int, int]
    first_by: Mapping[int, tuple[str, ...]]
    firsts: Mapping[int, int]
    parted_by: str = ""


def places(rules: Sequence[Rule], box: Box, entries: Sequence[int], seed: str) -> Places:
    """The order by the first of the rules, who is first by each, and how sure that is.

    A re-run draws as many ballots from the real ones as there are, with repetition, and counts
    again by the same rule; how often an entry then comes first says how sure its place is.
    """
    drawn = sorted(entries, key=lambda entry: lot(seed, entry))
    would_buy = would_buy_of(box)
    parting = parting_order(would_buy, drawn)
    decides, *others = rules
    gathered = decides.gather(box)
    order = decides.order(gathered, entries, parting)
    if not box:
        return Places(order, would_buy, {}, {})
    first_by: dict[int, list[str]] = {order[0]: [decides.name]}
    for rule in others:
        first = rule.order(rule.gather(box), entries, parting)[0]
        first_by.setdefault(first, []).append(rule.name)
    draws = Draws(box, seed)
    buying = draws.totals(lambda paper: [(entry, 1) for entry in paper.would_buy])
    partings = [parting_order(run, drawn) for run in buying]
    firsts = Counter(decides.firsts(draws, entries, partings))
    by_lot = decides.order(gathered, entries, parting_order(would_buy, drawn[::-1]))
    by_would_buy = decides.order(gathered, entries, parting[::-1])
    parted_by = ""
    if by_lot[0] != order[0]:
        parted_by = LOT
    elif by_would_buy[0] != order[0]:
        parted_by = WOULD_BUY
    return Places(
        order, would_buy, {e: tuple(names) for e, names in first_by.items()}, firsts, parted_by
    )
