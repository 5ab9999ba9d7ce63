"""Re-drawn electorates: how often each ballot was drawn in each of a hundred re-runs. Pure."""

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import accumulate
from random import Random
from typing import Any, Final, Generic, TypeVar

RERUNS: Final = 100
_LANE: Final = 4  # bytes per re-run in the packed weights; room for every sum below 2**32
_WIDTH: Final = RERUNS * _LANE

Kind = TypeVar("Kind", bound=Hashable)


# Up to so many ballots a re-run draws exactly as many as there are, with repetition. Above, each
# ballot counts as often as chance has it, once on average: the same in effect, and much quicker.
EXACT_TO: Final = 10_000
# Of 256 equally likely bytes, how many stand for 0, 1, 2 ... times (the law of Poisson).
_ONCE_ON_AVERAGE: Final = b"".join(
    bytes([times]) * share for times, share in enumerate((94, 94, 47, 16, 4, 1))
)


class Draws(Generic[Kind]):
    """A hundred electorates drawn from the ballots that there are.

    Per kind of ballot one long integer holds how often each re-run drew it. Adding two such
    integers adds all the re-runs at once, which is what makes 100,000 ballots a matter of
    seconds without a numeric library. The kinds come in the order of the box.
    """

    def __init__(self, box: Mapping[Kind, int], seed: str) -> None:
        self.kinds = list(box)
        self._lanes = bytearray(len(self.kinds) * _WIDTH)
        random = Random(f"reruns:{seed}")
        draw = _exactly if sum(box.values()) <= EXACT_TO else _on_average
        for run, times in enumerate(draw(box, random)):
            numbers = array("I", times)
            if sys.byteorder == "big":
                numbers.byteswap()
            raw = numbers.tobytes()
            for byte in range(_LANE):
                self._lanes[run * _LANE + byte :: _WIDTH] = raw[byte::_LANE]

    def _packed(self, number: int) -> int:
        return int.from_bytes(self._lanes[number * _WIDTH : (number + 1) * _WIDTH], "little")

    def totals(self, amounts: Callable[[Kind], Iterable[tuple[Any, int]]]) -> list[dict[Any, int]]:
        """Per re-run the sum of what the drawn ballots add to each key.

        `amounts` says what one ballot adds; no sum may be negative or reach 2**32.
        """
        sums: dict[Any, int] = {}
        for number, kind in enumerate(self.kinds):
            packed = self._packed(number)
            for key, amount in amounts(kind):
                sums[key] = sums.get(key, 0) + amount * packed
        columns = {key: _unpacked(packed) for key, packed in sums.items()}
        return [{key: column[run] for key, column in columns.items()} for run in range(RERUNS)]

    def times(self, run: int) -> list[int]:
        """How often the re-run drew each kind."""
        lanes, at = self._lanes, run * _LANE
        parts = [lanes[at + byte :: _WIDTH] for byte in range(_LANE)]
        return [a | b << 8 | c << 16 | d << 24 for a, b, c, d in zip(*parts, strict=True)]


def _exactly(box: Mapping[Kind, int], random: Random) -> Iterator[list[int]]:
    which = [number for number, times in enumerate(box.values()) for _ in range(times)]
    for _run in range(RERUNS):
        drawn = Counter(random.choices(which, k=len(which)))
        yield [drawn[number] for number in range(len(box))]


def _on_average(box: Mapping[Kind, int], random: Random) -> Iterator[list[int]]:
    ends = list(accumulate(box.values()))
    starts = [0, *ends[:-1]]
    same = [number for number, times in enumerate(box.values()) if times > 1]
    for _run in range(RERUNS):
        drawn = random.randbytes(ends[-1]).translate(_ONCE_ON_AVERAGE)
        times = [drawn[start] for start in starts]
        for number in same:
            times[number] = sum(drawn[starts[number] : ends[number]])
        yield times


def _unpacked(packed: int) -> list[int]:
    raw = packed.to_bytes(_WIDTH, "little")
    return [int.from_bytes(raw[at : at + _LANE], "little") for at in range(0, _WIDTH, _LANE)]
