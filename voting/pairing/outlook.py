"""How sure the top is, and how many answers it will still take. Pure.

Each draft belongs to the top or does not; the chance of having it on the wrong side follows from
how far it is from the cut and how well it is known. As answers go where they tell most, what is
unknown halves when they double: drafts nearer to the cut need the square of the answers, but
there are fewer of them in proportion. Simulated rounds are a little slower than that (`_SLOWER`;
`bench/pairing.py` prints what was foretold beside what it took).
"""

import math
from dataclasses import dataclass
from typing import Final

from voting.pairing.desk import Desk
from voting.pairing.strengths import DEVIATION, Strengths, chance

# The top is settled when at least this part of its places is expected to be right.
SETTLED: Final = 0.9
# Beyond this many answers per draft a forecast says no more than "very many".
FARTHEST: Final = 100
_SLOWER: Final = 1.18


@dataclass(frozen=True)
class Outlook:
    """The part of the top expected to be right now, and the answers until it is settled.

    `needed` is 0 when it is settled, and none when that lies too far ahead to say.
    """

    certain: float
    needed: int | None

    @property
    def is_settled(self) -> bool:
        """Whether more answers would hardly change the top."""
        return self.needed == 0


def outlook(desk: Desk) -> Outlook:
    """What to expect of a desk as it is. Costs one look at every pair that has met."""
    allowed = (1 - SETTLED) * desk.top
    doubt = doubts(desk.strengths, desk.top)
    certain = 1 - doubt / desk.top
    if doubt <= allowed and desk.is_discovered:
        return Outlook(certain, 0)
    drafts = len(desk.entries)
    more = (desk.answers + drafts) * (max(1.0, doubt / allowed) ** _SLOWER - 1)
    needed = max(1, math.ceil(more), drafts - desk.answers)
    return Outlook(certain, needed if needed <= FARTHEST * drafts else None)


def doubts(strengths: Strengths, top: int) -> float:
    """How many of the `top` strongest are expected not to belong there."""
    ordered = sorted(strengths.values, reverse=True)
    cut = (ordered[top - 1] + ordered[top]) / 2
    wrong = sum(
        math.erfc(abs(value - cut) / math.sqrt(2 * unknown)) / 2
        for value, unknown in zip(strengths.values, _unknown(strengths), strict=True)
    )
    # A draft on the wrong side of the cut has another one's place: two mistakes, one wrong place.
    return wrong / 2


def _unknown(strengths: Strengths) -> list[float]:
    """The variance of each draft, with what is unknown of those it met."""
    values, held = strengths.values, strengths.variances
    found = []
    for draft, value in enumerate(values):
        known = 1 / DEVIATION**2
        for rival, (times, _won) in strengths.met[draft].items():
            p = chance(value - values[rival])
            weight = times * p * (1 - p)
            known += weight / (1 + weight * held[rival])
        p = chance(value - strengths.bar)
        weight = strengths.looks[draft] * p * (1 - p)
        known += weight / (1 + weight * strengths.bar_variance)
        found.append(1 / known)
    return found
