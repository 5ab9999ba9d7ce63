"""From counted answers to strengths, orders and first places: the rule of rounds in pairs. Pure.

An answer is `(low, high, code)`: two entries, the smaller key first, and what was said of them
(the codes of `voting.models.Comparison`). With `low == high` it is a look at one entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final

from voting.draws import Draws
from voting.pairing.strengths import Strengths
from voting.rules import sums_of
from voting.tally import Box, Paper

Answer = tuple[int, ...]
LOW, HIGH, ALIKE, BOTH_GOOD, BOTH_BAD, CANNOT_JUDGE = range(1, 7)
# What `low` gets of the one point that there is; the other gets the rest. Who cannot judge is not
# here: that tells nothing about the two.
POINTS: Final[Mapping[int, float]] = {LOW: 1, HIGH: 0, ALIKE: 0.5, BOTH_GOOD: 0.5, BOTH_BAD: 0.5}
# Strengths that differ by less are level: beyond it lies the noise of floating-point numbers.
DIGITS: Final = 6
# Re-runs stop where strengths move by less; what is nearer than that would change a first place
# by chance anyway.
_NEAR: Final = 0.002
_MOST_SWEEPS: Final = 60


def strengths_of(sums: Mapping[Answer, int], entries: Sequence[int]) -> Strengths:
    """The entries with all answers about them, in the order given; not settled yet."""
    place = {entry: number for number, entry in enumerate(entries)}
    made = Strengths(len(entries))
    for (low, high, code), times in sums.items():
        points = POINTS.get(code)
        if points is None or not times:
            continue
        if low == high:
            made.add_look(place[low], points, times)
        else:
            made.add_meeting(place[low], place[high], points, times)
    return made


class Answers:
    """All answers added up, and the strengths that follow from them, found once."""

    def __init__(self, sums: Mapping[Answer, int]) -> None:
        self.sums = sums
        self._found: dict[tuple[int, ...], Strengths] = {}

    def settled(self, entries: Sequence[int]) -> Strengths:
        """The most likely strengths of these entries."""
        key = tuple(entries)
        if key not in self._found:
            made = self._found[key] = strengths_of(self.sums, entries)
            made.settle()
        return self._found[key]

    def values(self, entries: Sequence[int]) -> dict[int, float]:
        """Strength by entry; equal where entries are level."""
        found = self.settled(entries).values
        return {one: round(value, DIGITS) for one, value in zip(entries, found, strict=True)}


@dataclass(frozen=True)
class Strongest:
    """The entry with the greatest strength is first; with looks, or by pairs alone."""

    name: str
    with_looks: bool = True

    def gather(self, box: Box) -> Answers:
        """How often each answer was given."""
        return Answers(sums_of(box, self.amount))

    def order(self, gathered: Answers, entries: Sequence[int], parting: Sequence[int]) -> list[int]:
        """All entries, the best first; equals as they part."""
        values = gathered.values(entries)
        return sorted(parting, key=lambda one: -values[one])

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        found, values = [], [0.0] * len(entries)
        for sums, parting in zip(draws.totals(self.amount), partings, strict=True):
            made = strengths_of(sums, entries)
            # Near enough already: all are drawn from the same ballots.
            made.values = list(values)
            made.approach(_NEAR, _MOST_SWEEPS)
            values = made.values
            strength = dict(zip(entries, values, strict=True))
            found.append(max(parting, key=strength.__getitem__))
        return found

    def amount(self, paper: Paper) -> Iterable[tuple[Answer, int]]:
        """Every answer of a ballot, once."""
        return [(one, 1) for one in paper.said if self.with_looks or one[0] != one[1]]


def met(said: Iterable[Answer]) -> Iterable[tuple[int, int]]:
    """Entry and points out of two, for each time that an answer says something of an entry."""
    for low, high, code in said:
        if code not in POINTS:
            continue
        points = int(2 * POINTS[code])
        yield low, points
        if high != low:
            yield high, 2 - points


@dataclass(frozen=True)
class WonShare:
    """The entry that won the greatest part of its meetings; one without any comes last."""

    name: str

    def gather(self, box: Box) -> dict[tuple[str, int], int]:
        """Points and meetings of each entry."""
        return sums_of(box, _shares)

    def order(
        self, gathered: dict[tuple[str, int], int], entries: Sequence[int], parting: Sequence[int]
    ) -> list[int]:
        """All entries, the best first; equals as they part."""
        return sorted(parting, key=lambda one: -_share(gathered, one))

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        runs = zip(draws.totals(_shares), partings, strict=True)
        return [max(parting, key=partial(_share, sums)) for sums, parting in runs]


def _shares(paper: Paper) -> Iterable[tuple[tuple[str, int], int]]:
    for entry, points in met(one for one in paper.said if one[0] != one[1]):
        yield ("points", entry), points
        yield ("met", entry), 1


def _share(sums: Mapping[tuple[str, int], int], entry: int) -> Fraction:
    times = sums.get(("met", entry), 0)
    return Fraction(sums.get(("points", entry), 0), 2 * times) if times else Fraction(-1)
