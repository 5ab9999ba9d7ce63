"""Rules that add something up, for one electorate or for a hundred at once. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from voting.draws import Draws
from voting.tally import Box, Paper

Amount = Callable[[Paper], Iterable[tuple[Any, int]]]
Sums = dict[Any, int]


@dataclass(frozen=True)
class Most:
    """The entry with the greatest sum is first."""

    name: str
    amount: Amount

    def gather(self, box: Box) -> Sums:
        """The sum of each entry."""
        return sums_of(box, self.amount)

    def order(self, gathered: Sums, entries: Sequence[int], parting: Sequence[int]) -> list[int]:
        """All entries, the best first; equals as they part."""
        return sorted(parting, key=lambda one: -gathered.get(one, 0))

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        runs = zip(draws.totals(self.amount), partings, strict=True)
        return [max(parting, key=lambda one: sums.get(one, 0)) for sums, parting in runs]


COUNT, TOTAL = "count", "total"


@dataclass(frozen=True)
class Means:
    """The entry with the greatest mean of its values is first; one without any comes last.

    Each entry starts with `start` values of `middle`, so that a handful cannot win. Fractions,
    so that two means are equal when they are, and not when a float says so.
    """

    name: str
    start: int
    middle: int

    def gather(self, box: Box) -> Sums:
        """The sum and the number of each entry's values."""
        return sums_of(box, self._amount)

    def order(self, gathered: Sums, entries: Sequence[int], parting: Sequence[int]) -> list[int]:
        """All entries, the best first; equals as they part."""
        return sorted(parting, key=lambda one: -self._mean(gathered, one))

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        runs = zip(draws.totals(self._amount), partings, strict=True)
        return [max(parting, key=partial(self._mean, sums)) for sums, parting in runs]

    def _amount(self, paper: Paper) -> Iterable[tuple[tuple[str, int], int]]:
        for entry, value in paper.said:
            yield (COUNT, entry), 1
            yield (TOTAL, entry), value

    def _mean(self, sums: Sums, entry: int) -> Fraction:
        count = sums.get((COUNT, entry), 0) + self.start
        if not count:
            return Fraction(-1)
        return Fraction(sums.get((TOTAL, entry), 0) + self.start * self.middle, count)


def sums_of(box: Box, amount: Amount) -> Sums:
    """What all ballots together add to each key."""
    sums: Sums = {}
    for paper, times in box.items():
        for key, one in amount(paper):
            sums[key] = sums.get(key, 0) + one * times
    return sums
