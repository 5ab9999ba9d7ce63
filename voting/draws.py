"""Re-drawn electorates: how often each ballot was drawn in each of a hundred re-runs. Pure."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from random import Random
from typing import Any, Final, Generic, TypeVar

RERUNS: Final = 100
_LANE: Final = 4  # bytes per re-run in the packed weights; room for every sum below 2**32
_WIDTH: Final = RERUNS * _LANE

Kind = TypeVar("Kind", bound=Hashable)


class Draws(Generic[Kind]):
    """As many ballots as there are, drawn with repetition, a hundred times over.

    Per kind of ballot one long integer holds how often each re-run drew it. Adding two such
    integers adds all the re-runs at once, which is what makes 100,000 ballots a matter of
    seconds without a numeric library. The kinds come in the order of the box.
    """

    def __init__(self, box: Mapping[Kind, int], seed: str) -> None:
        self.kinds = list(box)
        which = [number for number, times in enumerate(box.values()) for _ in range(times)]
        self._lanes = bytearray(len(self.kinds) * _WIDTH)
        self._draw(which, Random(f"reruns:{seed}").random)

    def _draw(self, which: list[int], random: Callable[[], float]) -> None:
        ballots, lanes = len(which), self._lanes
        for run in range(RERUNS):
            times = [0] * len(self.kinds)
            for _ in range(ballots):
                times[which[int(random() * ballots)]] += 1
            offset = run * _LANE
            for byte in range(_LANE):
                lanes[offset + byte :: _WIDTH] = bytes(n >> 8 * byte & 255 for n in times)

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


def _unpacked(packed: int) -> list[int]:
    raw = packed.to_bytes(_WIDTH, "little")
    return [int.from_bytes(raw[at : at + _LANE], "little") for at in range(0, _WIDTH, _LANE)]
