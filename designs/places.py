"""Places on pictures, in ten-thousandths of width and height: pure arithmetic, no rows.

A place survives whatever size a picture is shown in. A part cut out of a picture is a `Spot`, too:
`within` says where a place lies in that part.
"""

from dataclasses import dataclass
from typing import Final

WHOLE: Final = 10_000
# Three by three fields, in reading order: how the digest names where something is.
FIELDS: Final = 3


@dataclass(frozen=True)
class Spot:
    """A point (no width, no height) or a box."""

    x: int
    y: int
    w: int = 0
    h: int = 0

    @property
    def is_box(self) -> bool:
        """Whether it covers more than a point."""
        return self.w > 0 and self.h > 0

    @property
    def middle(self) -> tuple[float, float]:
        """The point that stands for it."""
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def field(self) -> int:
        """Which of the three by three fields its middle is in, from 0."""
        column, row = (min(FIELDS - 1, int(value * FIELDS / WHOLE)) for value in self.middle)
        return row * FIELDS + column


ALL: Final = Spot(0, 0, WHOLE, WHOLE)


def spot_of(x: float, y: float, w: float = 0, h: float = 0) -> Spot:
    """The nearest spot that lies in the picture; a box without height or width is a point."""
    left, top = _inside(x), _inside(y)
    right, bottom = _inside(x + w), _inside(y + h)
    if right <= left or bottom <= top:
        return Spot(left, top)
    return Spot(left, top, right - left, bottom - top)


def _inside(value: float) -> int:
    return max(0, min(WHOLE, round(value)))


def within(spot: Spot, part: Spot) -> Spot | None:
    """Where a place lies in a part of its picture; None when its middle was cut away."""
    x, y = spot.middle
    if not (part.x <= x <= part.x + part.w and part.y <= y <= part.y + part.h):
        return None
    across, down = WHOLE / part.w, WHOLE / part.h
    return spot_of(
        (spot.x - part.x) * across, (spot.y - part.y) * down, spot.w * across, spot.h * down
    )


@dataclass(frozen=True)
class Frame:
    """The part of a square in which a picture of these sides is shown whole, in per cent."""

    x: float
    y: float
    w: float
    h: float

    @classmethod
    def of(cls, width: int, height: int) -> "Frame":
        """Of a picture that many pixels wide and high."""
        longest = max(width, height, 1)
        w, h = 100 * max(width, 1) / longest, 100 * max(height, 1) / longest
        return cls(round((100 - w) / 2, 3), round((100 - h) / 2, 3), round(w, 3), round(h, 3))
