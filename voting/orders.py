"""Rules over ranked ballots: duels, paths and run-offs, by the library votelib. Pure.

The library computes; what it leaves open is fixed here: an entry that a ballot does not rank is
below all that it ranks and level with the others; equals part in the order handed in (`parting`).
Re-runs only ask who is first, which takes less: the entry that wins all its duels, or else the
rule among the few that beat all others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from votelib.evaluate.condorcet import RankedPairs, Schulze
from votelib.evaluate.sequential import TransferableVoteSelector

from voting.draws import Draws
from voting.rules import Most, Sums, sums_of
from voting.tally import Box, Paper

Pair = tuple[int, int]
Duels = Mapping[Pair, int]
RANKED: Final = "ranked"


def ranks_and_pairs(paper: Paper) -> Iterator[tuple[Any, int]]:
    """What a ballot adds to the sums that all duels can be read from."""
    order = [entry for entry, _rank in paper.said]
    for place, above in enumerate(order):
        yield (RANKED, above), 1
        for below in order[place + 1 :]:
            yield (above, below), 1


def duels_of(sums: Mapping[Any, int], entries: Sequence[int]) -> dict[Pair, int]:
    """How many ballots put the first of each pair above the second.

    A ballot that ranks an entry puts it above the other, unless it puts the other above.
    """
    return {
        (one, other): sums.get((RANKED, one), 0) - sums.get((other, one), 0)
        for one in entries
        for other in entries
        if one != other
    }


def unbeaten_by_all(duels: Duels, entries: Sequence[int]) -> list[int]:
    """The smallest group of entries that win every duel against all entries outside of it."""
    beaten_or_level = {
        one: {other for other in entries if other != one and duels[other, one] >= duels[one, other]}
        for one in entries
    }
    # Who loses least is in the group; with an entry come all that it does not beat.
    group = {min(entries, key=lambda one: len(beaten_or_level[one]))}
    while more := set().union(*(beaten_or_level[one] for one in group)) - group:
        group |= more
    return [one for one in entries if one in group]


class _ByDuels:
    """What the rules over duels share: their sums, and the way to the first alone."""

    name: str

    def gather(self, box: Box) -> Sums:
        """What all duels can be read from."""
        return sums_of(box, ranks_and_pairs)

    def order(self, gathered: Sums, entries: Sequence[int], parting: Sequence[int]) -> list[int]:
        """All entries, the best first."""
        return self.arranged(duels_of(gathered, entries), parting)

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        runs = zip(draws.totals(ranks_and_pairs), partings, strict=True)
        return [self.first(duels_of(sums, entries), parting) for sums, parting in runs]

    def first(self, duels: Duels, parting: Sequence[int]) -> int:
        """Both rules choose from the smallest group that beats the rest, whatever the rest."""
        group = unbeaten_by_all(duels, parting)
        return group[0] if len(group) == 1 else self.arranged(duels, group)[0]

    def arranged(self, duels: Duels, parting: Sequence[int]) -> list[int]:
        """The entries of `parting` in the order of the rule."""
        raise NotImplementedError


@dataclass(frozen=True)
class BeatPaths(_ByDuels):
    """Schulze: an entry is before another if its strongest path of won duels is stronger."""

    name: str

    def arranged(self, duels: Duels, parting: Sequence[int]) -> list[int]:
        """Place after place goes to an entry that nobody still waiting beats."""
        paths = Schulze.widest_paths(
            {
                (one, other): duels[one, other]
                for one in parting
                for other in parting
                if one != other
            }
        )
        order: list[int] = []
        waiting = list(parting)
        while waiting:
            free = partial(_is_free, paths, waiting)
            order.append(next(filter(free, waiting)))
            waiting.remove(order[-1])
        return order


def _is_free(paths: Duels, waiting: Iterable[int], one: int) -> bool:
    return all(paths.get((one, o), 0) >= paths.get((o, one), 0) for o in waiting if o != one)


@dataclass(frozen=True)
class LockedPairs(_ByDuels):
    """Ranked pairs: won duels are fixed from the clearest down, unless they close a circle."""

    name: str

    def arranged(self, duels: Duels, parting: Sequence[int]) -> list[int]:
        """Equally clear duels are fixed in the order of their winners, then of their losers."""
        if len(parting) == 1:
            return list(parting)
        # The library sorts pairs by their votes and keeps the order they come in among equals.
        strength = {
            (one, other): duels[one, other] if duels[one, other] > duels[other, one] else 0
            for one in parting
            for other in reversed(parting)
            if one != other
        }
        order: list[int] = RankedPairs().evaluate(strength, len(parting))
        return order


@dataclass(frozen=True)
class PlacePoints:
    """Borda: a point for each entry below, half of one for each that is level.

    Plain sums. (The library gives nothing for being level, so it would punish short ballots.)
    """

    name: str

    def gather(self, box: Box) -> Box:
        """The ballots: a point more or less hangs on how many entries there are."""
        return box

    def order(self, gathered: Box, entries: Sequence[int], parting: Sequence[int]) -> list[int]:
        """All entries, the best first."""
        most = self._most(entries)
        return most.order(most.gather(gathered), entries, parting)

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        return self._most(entries).firsts(draws, entries, partings)

    def _most(self, entries: Sequence[int]) -> Most:
        return Most(self.name, partial(_half_points, len(entries)))


def _half_points(entries: int, paper: Paper) -> Iterable[tuple[int, int]]:
    """Twice the points of each ranked entry, less what an unranked one gets: never below one."""
    ranked = len(paper.said)
    return [(entry, entries - 2 * rank + ranked + 1) for entry, rank in paper.said]


class _LastOut:
    """Tells the library whom to keep: all but the last; of equals the one that parts last."""

    def __init__(self, parting: Sequence[int]) -> None:
        self.place = {entry: place for place, entry in enumerate(parting)}
        self.out: list[int] = []

    def evaluate(self, votes: dict[int, int], n_seats: int) -> list[int]:
        last = min(votes, key=lambda entry: (votes[entry], -self.place[entry]))
        self.out.append(last)
        return [entry for entry in votes if entry != last]


@dataclass(frozen=True)
class RunOff:
    """Instant run-off: the entry with the fewest first places goes, its ballots move on."""

    name: str

    def gather(self, box: Box) -> dict[tuple[int, ...], int]:
        """The ballots by what they rank."""
        ballots: dict[tuple[int, ...], int] = {}
        for paper, times in box.items():
            order = tuple(entry for entry, _rank in paper.said)
            ballots[order] = ballots.get(order, 0) + times
        ballots.pop((), None)
        return ballots

    def order(
        self,
        gathered: Mapping[tuple[int, ...], int],
        entries: Sequence[int],
        parting: Sequence[int],
    ) -> list[int]:
        """The one that is left, then the others, the last to go before the first."""
        # Entries that nobody ranks take part too, with nothing.
        ballots = {(entry,): 0 for entry in parting} | dict(gathered)
        keep = _LastOut(parting)
        # Without a quota the library goes on until one is left, so every place is known.
        run = TransferableVoteSelector(retainer=keep, eliminate_step=-1, quota_function=None)
        winner: int = run.evaluate(ballots, 1)[0]
        return [winner, *(entry for entry in reversed(keep.out) if entry != winner)]

    def firsts(
        self, draws: Draws[Paper], entries: Sequence[int], partings: Sequence[Sequence[int]]
    ) -> list[int]:
        """The first of each re-drawn electorate."""
        ballots = [tuple(entry for entry, _rank in paper.said) for paper in draws.kinds]
        tops: dict[int, list[int]] = {entry: [] for entry in entries}
        for number, order in enumerate(ballots):
            if order:
                tops[order[0]].append(number)
        return [
            run_off_winner(ballots, tops, draws.times(run), parting)
            for run, parting in enumerate(partings)
        ]


def run_off_winner(
    ballots: Sequence[tuple[int, ...]],
    tops: Mapping[int, list[int]],
    times: Sequence[int],
    parting: Sequence[int],
) -> int:
    """Who is left, by the rule of `RunOff`; `tops` are the numbers of ballots by first place.

    Ends as soon as somebody has more than half, which no later transfer can take away.
    """
    place = {entry: number for number, entry in enumerate(parting)}
    piles = {entry: list(tops[entry]) for entry in parting}
    votes = {entry: sum(times[number] for number in pile) for entry, pile in piles.items()}
    while len(votes) > 1 and 2 * max(votes.values()) <= sum(votes.values()):
        last = min(votes, key=lambda entry: (votes[entry], -place[entry]))
        del votes[last]
        for number in piles.pop(last):
            target = next((entry for entry in ballots[number] if entry in votes), None)
            if target is not None and times[number]:
                piles[target].append(number)
                votes[target] += times[number]
    return max(votes, key=lambda entry: (votes[entry], -place[entry]))
