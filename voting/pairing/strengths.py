"""How strong each draft is, from who was preferred to whom. Pure.

The model is that of Bradley and Terry (Biometrika 39, 1952): of two drafts with strengths `a` and
`b` the first is preferred with chance 1 / (1 + exp(b - a)). "Do you like it?" is the same question
against a bar that all drafts share (Rasch, 1960). Strengths have a normal prior of mean 0 and
deviation 1.5: nearly flat on the scale of chances, and enough to give a draft that won all its
few meetings a finite strength, which maximum likelihood alone does not (Hunter, Annals of
Statistics 32, 2004, section 2). Half a win for each stands for an answer that prefers neither
(Glickman, Applied Statistics 48, 1999).

The most likely strengths are found by Newton's method, one draft at a time while answers trickle
in and for all at once when a result is made; the log-likelihood is concave, so there is one top.
Ranges are Laplace's: the curvature at the top is the inverse covariance (MacKay, Information
Theory, Inference, and Learning Algorithms, 2003, chapter 27).
"""

import math
from collections.abc import Sequence
from operator import mul
from typing import Final

DEVIATION: Final = 1.5
BAR_DEVIATION: Final = 2.0
_FINE: Final = 1e-10
_LARGEST_STEP: Final = 2.0


def chance(difference: float) -> float:
    """The chance that the stronger of two is preferred, by how much stronger it is."""
    if difference < -700:  # beyond it the exponential has no floating-point number
        return 0.0
    return 1.0 / (1.0 + math.exp(-difference))


class Strengths:
    """The drafts `0 .. n-1`, what was answered about them, and the strengths that follow.

    `values` and `variances` are kept up to date by every answer at the cost of the drafts that
    the two have met; `sweep` does so for all, and `settle` exactly.
    """

    def __init__(self, drafts: int) -> None:
        self.values = [0.0] * drafts
        self.variances = [DEVIATION**2] * drafts
        self.bar = 0.0
        self.bar_variance = BAR_DEVIATION**2
        self.likes = [0.0] * drafts
        self.looks = [0.0] * drafts
        # Per draft, whom it met: how often, and how often it was preferred.
        self.met: list[dict[int, list[float]]] = [{} for _ in range(drafts)]
        self.meetings = [0.0] * drafts

    def add_look(self, draft: int, points: float, times: float = 1) -> None:
        """Somebody looked at a draft alone: `points` is 1 for a like, 0 for none."""
        self.looks[draft] += times
        self.likes[draft] += points * times

    def add_meeting(self, one: int, other: int, points: float, times: float = 1) -> None:
        """Two drafts met: `points` is 1 if the first was preferred, 0 if the other, else 0.5.

        Negative `times` take answers back.
        """
        for draft, rival, won in ((one, other, points), (other, one, 1 - points)):
            record = self.met[draft].setdefault(rival, [0.0, 0.0])
            record[0] += times
            record[1] += won * times
            self.meetings[draft] += times
            if not record[0]:
                del self.met[draft][rival]

    def relax(self, draft: int) -> None:
        """Newton's step for one draft, the others held; its variance is theirs held as well."""
        value = self.values[draft]
        slope, curve = -value / DEVIATION**2, 1 / DEVIATION**2
        values = self.values
        for rival, (times, won) in self.met[draft].items():
            p = 1.0 / (1.0 + math.exp(values[rival] - value))
            expected = times * p
            slope += won - expected
            curve += expected * (1.0 - p)
        looks = self.looks[draft]
        if looks:
            p = 1.0 / (1.0 + math.exp(self.bar - value))
            slope += self.likes[draft] - looks * p
            curve += looks * p * (1.0 - p)
        values[draft] = value + max(-_LARGEST_STEP, min(_LARGEST_STEP, slope / curve))
        self.variances[draft] = 1.0 / curve

    def sweep(self) -> None:
        """One step for the bar and for every draft."""
        self._relax_bar()
        for draft in range(len(self.values)):
            self.relax(draft)

    def _relax_bar(self) -> None:
        slope, curve = -self.bar / BAR_DEVIATION**2, 1 / BAR_DEVIATION**2
        for value, looks, likes in zip(self.values, self.looks, self.likes, strict=True):
            if looks:
                p = chance(value - self.bar)
                slope -= likes - looks * p
                curve += looks * p * (1 - p)
        self.bar += max(-_LARGEST_STEP, min(_LARGEST_STEP, slope / curve))
        self.bar_variance = 1.0 / curve

    def approach(self, near: float, most: int) -> None:
        """Sweep until no value moves by more than `near`, at most so often."""
        for _ in range(most):
            before = self.values.copy()
            self.sweep()
            moved = max(abs(a - b) for a, b in zip(before, self.values, strict=True))
            if moved <= near:
                return

    def settle(self) -> None:
        """Go to the top itself, however far it is; the cost is that of some matrices."""
        for _ in range(100):
            slope, curvature = self._slope_and_curvature()
            steps = solved(cholesky(curvature), slope)
            longest = max(map(abs, steps))
            short = min(1.0, _LARGEST_STEP / longest) if longest else 1.0
            self.values = [v + short * s for v, s in zip(self.values, steps, strict=False)]
            self.bar += short * steps[-1]
            if longest < _FINE:
                break
        for draft, row in enumerate(curvature[:-1]):
            self.variances[draft] = 1.0 / row[draft]
        self.bar_variance = 1.0 / curvature[-1][-1]

    def covariance(self) -> list[list[float]]:
        """Laplace's covariance of the strengths; exact where `settle` has just been."""
        _slope, curvature = self._slope_and_curvature()
        return [row[:-1] for row in inverted(cholesky(curvature))[:-1]]

    def _slope_and_curvature(self) -> tuple[list[float], list[list[float]]]:
        drafts = len(self.values)
        slope = [-value / DEVIATION**2 for value in self.values]
        slope.append(-self.bar / BAR_DEVIATION**2)
        curvature = [[0.0] * (drafts + 1) for _ in range(drafts + 1)]
        for draft in range(drafts):
            curvature[draft][draft] = 1 / DEVIATION**2
        curvature[drafts][drafts] = 1 / BAR_DEVIATION**2
        for one in range(drafts):
            for other, (times, won) in self.met[one].items():
                if one < other:
                    p = chance(self.values[one] - self.values[other])
                    _meet(slope, curvature, one, other, won - times * p, times * p * (1 - p))
            p = chance(self.values[one] - self.bar)
            more, weight = self.likes[one] - self.looks[one] * p, self.looks[one] * p * (1 - p)
            _meet(slope, curvature, one, drafts, more, weight)
        return slope, curvature


def _meet(
    slope: list[float],
    curvature: list[list[float]],
    one: int,
    other: int,
    more: float,
    weight: float,
) -> None:
    slope[one] += more
    slope[other] -= more
    curvature[one][one] += weight
    curvature[other][other] += weight
    curvature[one][other] -= weight
    curvature[other][one] -= weight


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The lower triangle whose product with its transpose is a positive definite matrix."""
    lower: list[list[float]] = []
    for number, row in enumerate(matrix):
        mine: list[float] = []
        for column, above in enumerate(lower):
            rest = row[column] - sum(map(mul, mine, above))
            mine.append(rest / above[column])
        mine.append(math.sqrt(row[number] - sum(map(mul, mine, mine))))
        lower.append(mine)
    return lower


def solved(lower: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The vector that the factored matrix takes to `right`."""
    forward: list[float] = []
    for row, value in zip(lower, right, strict=True):
        forward.append((value - sum(map(mul, row, forward))) / row[-1])
    result = forward
    for number in range(len(lower) - 1, -1, -1):
        result[number] /= lower[number][number]
        value = result[number]
        for column, factor in enumerate(lower[number][:-1]):
            result[column] -= factor * value
    return result


def inverted(lower: Sequence[Sequence[float]]) -> list[list[float]]:
    """The inverse of the factored matrix."""
    size = len(lower)
    return [solved(lower, [float(row == column) for row in range(size)]) for column in range(size)]
