"""Which part of a picture another one shows, so that pins stay on the thing they were set on.

A designer often sends the same view again, cut closer. Both pictures are compared as small grey
thumbnails of the files we made ourselves; where no part is clearly meant, it is the whole.
"""

from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageChops, ImageStat

from designs.models import Picture
from designs.pictures import variants_folder
from designs.places import ALL, WHOLE, Spot

# Sides of the thumbnails: the old picture is cut out of the larger one.
LARGE: Final = 96
SMALL: Final = 24
SMALLEST_PART: Final = 0.4
STEPS: Final = 12
# A part is meant when the pictures differ by less than this there (of 255), and by so much less
# than as wholes.
CLEARLY: Final = 14.0
BETTER: Final = 0.5


def part_shown(old: Picture, new: Picture) -> Spot:
    """The part of `old` that `new` shows; the whole, too, where that cannot be told."""
    if old.sha256 == new.sha256:
        return ALL
    before, after = _thumbnail(old, LARGE), _thumbnail(new, SMALL)
    if before is None or after is None:
        return ALL
    return part_of(before, after, _shape(old), _shape(new))


def _shape(picture: Picture) -> float:
    return max(picture.width, 1) / max(picture.height, 1)


def _thumbnail(picture: Picture, side: int) -> Image.Image | None:
    """A square, grey one, whatever the picture's shape; None while there is no file."""
    widths = [one["width"] for one in picture.variants if one["format"] == "webp"]
    if not widths:
        return None
    try:
        with Image.open(variants_folder(picture.pk) / f"{min(widths)}.webp") as image:
            return image.convert("L").resize((side, side), Image.Resampling.BOX)
    except OSError:
        return None


def part_of(before: Image.Image, after: Image.Image, shape: float, new_shape: float) -> Spot:
    """The part of `before` that looks like `after`; both squeezed square from these shapes."""
    plain = _difference(before, after, (0, 0, LARGE, LARGE))
    best, box = plain, (0.0, 0.0, float(LARGE), float(LARGE))
    for rough in _parts(shape, new_shape):
        found = _difference(before, after, rough)
        if found < best:
            best, box = found, rough
    for _turn in range(3):
        for near in _around(box):
            found = _difference(before, after, near)
            if found < best:
                best, box = found, near
    if best > CLEARLY or best > plain * BETTER:
        return ALL
    x, y, right, bottom = (round(value * WHOLE / LARGE) for value in box)
    return Spot(x, y, right - x, bottom - y)


def _difference(
    before: Image.Image, after: Image.Image, box: tuple[float, float, float, float]
) -> float:
    seen = before.resize(after.size, Image.Resampling.BOX, box=box)
    return ImageStat.Stat(ImageChops.difference(seen, after)).mean[0]


def _parts(shape: float, new_shape: float) -> Iterator[tuple[float, float, float, float]]:
    """Parts of the old picture that have the new one's shape, large and small, everywhere."""
    # In the squeezed square, a part of the new shape is this much wider than high.
    wide = new_shape / shape
    most = min(1.0, 1 / wide)
    for step in range(STEPS):
        height = most * (1 - (1 - SMALLEST_PART) * step / (STEPS - 1))
        w, h = LARGE * height * wide, LARGE * height
        for across in range(9):
            for down in range(9):
                x, y = (LARGE - w) * across / 8, (LARGE - h) * down / 8
                yield x, y, x + w, y + h


def _around(box: tuple[float, float, float, float]) -> Iterator[tuple[float, float, float, float]]:
    x, y, right, bottom = box
    for dx in (-2.0, -1.0, 0.0, 1.0, 2.0):
        for dy in (-2.0, -1.0, 0.0, 1.0, 2.0):
            for grow in (0.96, 1.0, 1.04):
                w, h = (right - x) * grow, (bottom - y) * grow
                left, top = max(0.0, x + dx), max(0.0, y + dy)
                if left + w <= LARGE and top + h <= LARGE:
                    yield left, top, left + w, top + h
