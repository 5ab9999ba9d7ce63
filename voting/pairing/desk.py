"""Which question to put to whom. Pure.

Discovery comes first: everybody begins with some drafts one at a time, always those that the
fewest have seen; with many until each was seen by enough, later with a few. Then pairs.

What an answer can tell about which drafts belong to the top hangs on how near a draft is to the
cut and how little is known of it:
with value `m`, variance `v` and the cut at `c`, the chance of belonging there moves by about
exp(-(m - c)² / 2v) for a step of the size of its deviation. The pair is the one whose answer is
expected to tell most, as in Bayesian experimental design (Chaloner and Verdinelli, Statistical
Science 10, 1995), times a random factor, so that people who come at once are asked different
things and no draft is out for good.
"""

import heapq
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from voting.pairing.strengths import Strengths

# How many drafts a person sees one at a time before the first pair: so many while there are drafts
# that fewer people have seen than each shall be, and so few once there are none.
LOOKS_FIRST: Final = 40
LOOKS_LATER: Final = 3
LOOKS_EACH: Final = 1
# Half of 1.5, for the normal density to the power of 1.5: to the power of 2 it says by how much
# the variance of "belongs to the top" falls, to about 1 how much is learned in bits. In
# simulations what lies between found more of the top than either.
_SHARP: Final = 0.75
# How far chance may lift a question above one that tells more.
_CHANCE: Final = 0.5
# A draft is put beside one of so many that are nearest to the cut for what is known of them.
_RIVALS: Final = 60
# How much less a pair tells for each time it was answered already.
_AGAIN: Final = 0.2
# What one answer not given yet will add to what is known of a draft.
_EXPECTED: Final = 0.2
# Where strengths move by less, more sweeps change no question.
_NEAR: Final = 0.002
_MOST_SWEEPS: Final = 60
# The logistic curve blurred by a normal one is about a logistic curve again (MacKay, 1992).
_BLUR: Final = math.pi / 8


class Question(NamedTuple):
    """One draft ("do you like it?"), or two ("which one?")."""

    first: int
    second: int | None = None


@dataclass(frozen=True)
class Past:
    """What one person has been asked: never the same twice, and no draft twice in a row."""

    looked: Collection[int] = ()
    met: Collection[tuple[int, int]] = ()
    last: Collection[int] = ()

    def met_with(self, entry: int) -> set[int]:
        """The drafts that stood beside this one."""
        pairs = [pair for pair in self.met if entry in pair]
        return {one for pair in pairs for one in pair}


@dataclass
class Desk:
    """The drafts of a round with all answers so far, ready with the next question.

    `top` drafts are looked for. An answer costs what the drafts in it have met, and now and then
    a sweep over all drafts; a question costs one look at each draft.
    """

    entries: Sequence[int]
    top: int
    strengths: Strengths = field(init=False)
    shown: Counter[int] = field(init=False, default_factory=Counter)
    answers: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._place = {entry: number for number, entry in enumerate(self.entries)}
        self.strengths = Strengths(len(self.entries))
        self.top = max(1, min(self.top, len(self.entries) - 1))
        self._since_sweep = 0

    def add(self, question: Question, points: float, times: int = 1) -> None:
        """Take an answer: 1 for a like or the first of the pair, 0 for the other, 0.5 for neither.

        Negative `times` take answers back.
        """
        first = self._place[question.first]
        self.answers += times
        if question.second is None:
            self.shown[question.first] += times
            self.strengths.add_look(first, points, times)
            self.strengths.relax(first)
        else:
            second = self._place[question.second]
            self.strengths.add_meeting(first, second, points, times)
            for draft in (first, second, first):
                self.strengths.relax(draft)
        self._since_sweep += 1
        if self._since_sweep * 10 >= len(self.entries):
            self._since_sweep = 0
            self.strengths.sweep()

    def see(self, entry: int, times: int) -> None:
        """Note that a draft was looked at by people whose answers do not count here."""
        self.shown[entry] += times

    def load(
        self, answers: Iterable[tuple[Question, float, int]], values: Sequence[float] = ()
    ) -> None:
        """Take many answers at once. With `values`, which are nearly right, it is quicker, and the
        strengths are as near as those of answers that trickle in."""
        for question, points, times in answers:
            first = self._place[question.first]
            self.answers += times
            if question.second is None:
                self.shown[question.first] += times
                self.strengths.add_look(first, points, times)
            else:
                second = self._place[question.second]
                self.strengths.add_meeting(first, second, points, times)
        if values:
            self.strengths.values = list(values)
            self.strengths.approach(_NEAR, _MOST_SWEEPS)
        else:
            self.strengths.settle()

    @property
    def is_discovered(self) -> bool:
        """Whether every draft was seen by as many people as discovery asks for."""
        return all(self.shown[entry] >= LOOKS_EACH for entry in self.entries)

    def ask(
        self, past: Past, random: Random, pending: Mapping[Question, int] | None = None
    ) -> Question | None:
        """The next question for a person with this past; none if they have answered all.

        `pending` are questions that others have before them now; they count as half answered.
        """
        waiting = pending or {}
        return (
            self._first_look(past, random, waiting)
            or self._pair(past, random, waiting, past.last)
            or self._pair(past, random, waiting, ())
            or self._look(past, random, waiting)
        )

    def _first_look(
        self, past: Past, random: Random, pending: Mapping[Question, int]
    ) -> Question | None:
        """A look, while discovery or the person's beginning lasts."""
        if len(past.looked) >= LOOKS_FIRST:
            return None
        found = self._look(past, random, pending)
        if found and len(past.looked) >= LOOKS_LATER:
            seen = self.shown[found.first] + pending.get(found, 0)
            return found if seen < LOOKS_EACH else None
        return found

    def _look(self, past: Past, random: Random, pending: Mapping[Question, int]) -> Question | None:
        """Of the drafts that this person has not seen one that the fewest have."""
        seen = self.shown.copy()
        for question, times in pending.items():
            if question.second is None:
                seen[question.first] += times
        free = [entry for entry in self.entries if entry not in past.looked]
        if not free:
            return None
        least = min(seen[entry] for entry in free)
        return Question(random.choice([entry for entry in free if seen[entry] == least]))

    def _pair(
        self,
        past: Past,
        random: Random,
        pending: Mapping[Question, int],
        without: Collection[int],
    ) -> Question | None:
        """Of two drafts that this person has not met together the pair that tells most."""
        telling, variances = self._telling(pending)
        free = [n for n, entry in enumerate(self.entries) if entry not in without]
        lifted = {n: telling[n] * (1 + _CHANCE * random.random()) for n in free}
        while lifted:
            first = max(lifted, key=lifted.__getitem__)
            del lifted[first]
            met = past.met_with(self.entries[first])
            unmet = [n for n in free if n != first and self.entries[n] not in met]
            rivals = heapq.nlargest(_RIVALS, unmet, telling.__getitem__)
            if rivals:
                second = self._rival(first, rivals, telling, variances, random)
                pair = [self.entries[first], self.entries[second]]
                random.shuffle(pair)
                return Question(*pair)
        return None

    def _telling(self, pending: Mapping[Question, int]) -> tuple[list[float], list[float]]:
        """Per draft, how much more of its belonging to the top an answer would tell."""
        values, variances = self.strengths.values, self.strengths.variances
        if pending:
            variances = list(variances)
            for question, times in pending.items():
                for entry in question:
                    if entry is not None:
                        place = self._place[entry]
                        variances[place] /= 1 + times * _EXPECTED * variances[place]
        ordered = sorted(values, reverse=True)
        cut = (ordered[self.top - 1] + ordered[self.top]) / 2
        telling = [
            v * math.exp(-_SHARP * (m - cut) * (m - cut) / v)
            for m, v in zip(values, variances, strict=True)
        ]
        return telling, variances

    def _rival(
        self,
        first: int,
        rivals: Sequence[int],
        telling: Sequence[float],
        variances: Sequence[float],
        random: Random,
    ) -> int:
        values, met = self.strengths.values, self.strengths.met[first]
        mine, variance, known = telling[first], variances[first], values[first]
        best, found = -1.0, rivals[0]
        for second in rivals:
            both = variance + variances[second]
            p = 1.0 / (1.0 + math.exp((known - values[second]) / math.sqrt(1 + _BLUR * both)))
            weight = p * (1.0 - p)
            told = (mine + telling[second]) * weight / (1.0 + weight * both)
            if second in met:
                told /= 1 + _AGAIN * met[second][0]
            told *= 1 + _CHANCE * random.random()
            if told > best:
                best, found = told, second
        return found
