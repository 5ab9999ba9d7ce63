"""Cloth: its colour, pattern and weave, and how a cut piece of it lies in the light."""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from demo.drawing.canvas import RGB, Canvas, Mask, combined, darker, lighter, mix
from demo.drawing.paths import Point, Points, box, ellipse, inset, turned


@dataclass(frozen=True)
class Fabric:
    """A cloth. `pattern` is drawn in `inks` every `repeat` units; `weave` names a texture."""

    colour: str
    weave: str = "plain"
    pattern: str = ""
    inks: tuple[str, ...] = ()
    repeat: float = 40
    puff: float = 0.7
    sheen: float = 0.5

    @property
    def thread(self) -> RGB:
        """A sewing thread that shows on this cloth."""
        bright = sum(mix(self.colour, self.colour, 0)) / 3
        return lighter(self.colour, 0.55) if bright < 150 else darker(self.colour, 0.35)


WEAVES = {  # tile width in units, strength
    "plain": (12.0, 0.16),
    "twill": (11.0, 0.32),
    "linen": (46.0, 0.34),
    "knit": (13.0, 0.55),
    "chunky": (24.0, 0.7),
    "rib": (12.0, 0.75),
    "cord": (9.0, 0.6),
    "ripstop": (26.0, 0.4),
    "fleece": (44.0, 0.3),
    "waffle": (16.0, 0.6),
    "wicker": (52.0, 0.9),
}


def cut(
    canvas: Canvas,
    outline: Sequence[Point],
    fabric: Fabric,
    *,
    angle: float = 0,
    lift: float = 5,
    folds: float = 0.16,
    seam: bool = True,
    stitch: float = 0,
    holes: Sequence[Points] = (),
) -> Mask:
    """Lay a piece of cloth on what is there: pattern along `angle`, `lift` units of thickness.

    `stitch` sews a line that far inside the outline. Returns the piece's area.
    """
    mask = canvas.area(outline, holes=holes)
    if lift:
        canvas.shadow(mask, lift * 1.3, 0.38, lift * 0.5, lift * 0.8)
    canvas.fill(mask, fabric.colour)
    print_pattern(canvas, mask, outline, fabric, angle)
    maps = [
        canvas.relief(mask, 24, fabric.puff * 0.62, edge=0.12),
        canvas.relief(mask, 5, fabric.puff * 0.5, edge=0.1),
        texture(canvas, mask, fabric.weave),
    ]
    if folds:
        maps.append(canvas.folds(mask, across=46, along=210, angle=angle, strength=folds))
        maps.append(
            canvas.folds(mask, across=110, along=330, angle=angle + 12, strength=folds * 1.3)
        )
    canvas.light(mask, combined(*maps))
    if seam:
        canvas.line([*outline, outline[0]], 1.3, darker(fabric.colour, 0.55), 0.55)
    if stitch:
        line = inset(outline, stitch)
        canvas.stitches([*line, line[0]], fabric.thread)
    return mask


def texture(canvas: Canvas, mask: Mask, weave: str) -> Image.Image:
    """The map of light of a weave."""
    width, strength = WEAVES[weave]
    woven = canvas.tiled(mask, tile(weave), width, strength)
    return combined(woven, canvas.grain(mask, 0.7, 0.07))


def print_pattern(
    canvas: Canvas, mask: Mask, outline: Sequence[Point], fabric: Fabric, angle: float
) -> None:
    """Print the fabric's pattern on an area."""
    if not fabric.pattern:
        return
    for shapes, ink, opacity in PATTERNS[fabric.pattern](list(outline), fabric, angle, canvas):
        if shapes:
            canvas.fill(canvas.area(*shapes).within(mask), ink, opacity)


# -- patterns: lists of (shapes, ink, opacity) ----------------------------------------------------
Printed = tuple[list[Points], str, float]


def _field(outline: Points) -> tuple[float, float, float]:
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    reach = math.hypot(max(xs) - min(xs), max(ys) - min(ys)) / 2 + 20
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, reach


def _bands(
    outline: Points, angle: float, repeat: float, width: float, offset: float = 0
) -> list[Points]:
    x, y, reach = _field(outline)
    count = int(reach / repeat) + 1
    # Counting from the middle of the garment makes the bands of both fronts meet.
    start = 500 + offset - width / 2 if angle % 180 == 0 else x + offset - width / 2
    first = round((x - start) / repeat) - count
    return [
        turned(box(start + (first + n) * repeat, y - reach, width, 2 * reach), angle, (x, y))
        for n in range(2 * count + 1)
    ]


def _stripe(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    return [(_bands(outline, angle, fabric.repeat, fabric.repeat * 0.42), fabric.inks[0], 1)]


def _pinstripe(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    return [
        (
            _bands(outline, angle, fabric.repeat, max(fabric.repeat * 0.12, 1.6)),
            fabric.inks[0],
            0.85,
        )
    ]


def _breton(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    return [(_bands(outline, angle + 90, fabric.repeat, fabric.repeat * 0.36), fabric.inks[0], 1)]


def _multi(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    wide = fabric.repeat * len(fabric.inks)
    return [
        (_bands(outline, angle + 90, wide, fabric.repeat * 0.62, n * fabric.repeat), ink, 1)
        for n, ink in enumerate(fabric.inks)
    ]


def _check(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    out = []
    for turn in (0, 90):
        out.append(
            (
                _bands(outline, angle + turn, fabric.repeat, fabric.repeat * 0.46),
                fabric.inks[0],
                0.5,
            )
        )
        if len(fabric.inks) > 1:
            out.append(
                (
                    _bands(
                        outline,
                        angle + turn,
                        fabric.repeat,
                        fabric.repeat * 0.07,
                        fabric.repeat * 0.5,
                    ),
                    fabric.inks[1],
                    0.8,
                )
            )
    return out


def _windowpane(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    return [
        (
            _bands(outline, angle + turn, fabric.repeat, max(fabric.repeat * 0.045, 1.5)),
            fabric.inks[0],
            0.85,
        )
        for turn in (0, 90)
    ]


def _scatter(outline: Points, repeat: float, angle: float) -> list[tuple[float, float]]:
    x, y, reach = _field(outline)
    count = int(reach / repeat) + 1
    spots = [
        (x + (i + (j % 2) / 2) * repeat, y + j * repeat * 0.8)
        for j in range(-count, count + 1)
        for i in range(-count, count + 1)
    ]
    return turned(spots, angle, (x, y))


def _dots(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    r = fabric.repeat * 0.17
    return [
        (
            [ellipse(x, y, r, steps=24) for x, y in _scatter(outline, fabric.repeat, angle)],
            fabric.inks[0],
            1,
        )
    ]


def _leaves(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    out: list[Printed] = [([], ink, 0.92) for ink in fabric.inks]
    r = fabric.repeat
    leaf = [(0, -0.42), (0.13, -0.2), (0.15, 0.04), (0, 0.34), (-0.15, 0.04), (-0.13, -0.2)]
    for n, (x, y) in enumerate(_scatter(outline, r * 1.12, angle)):
        turn = canvas.random.uniform(0, 360)
        x, y = x + canvas.random.uniform(-0.1, 0.1) * r, y + canvas.random.uniform(-0.1, 0.1) * r
        for k in range(3):
            shape = [(x + px * r, y + (py - 0.16) * r) for px, py in leaf]
            out[n % len(out)][0].append(turned(shape, turn + (k - 1) * 52, (x, y)))
    return out


def _florals(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    petals: list[Points] = []
    hearts: list[Points] = []
    r = fabric.repeat
    for x, y in _scatter(outline, r, angle):
        x, y = (
            x + canvas.random.uniform(-0.12, 0.12) * r,
            y + canvas.random.uniform(-0.12, 0.12) * r,
        )
        turn = canvas.random.uniform(0, 72)
        for k in range(5):
            a = math.radians(turn + 72 * k)
            petals.append(
                ellipse(x + math.cos(a) * r * 0.15, y + math.sin(a) * r * 0.15, r * 0.12, steps=16)
            )
        hearts.append(ellipse(x, y, r * 0.075, steps=12))
    return [(petals, fabric.inks[0], 0.95), (hearts, fabric.inks[-1], 1)]


def _brush(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    out: list[Printed] = [([], ink, 0.9) for ink in fabric.inks]
    r = fabric.repeat
    for n, (x, y) in enumerate(_scatter(outline, r, angle)):
        jitter = canvas.random.uniform
        stroke = box(
            x - r * jitter(0.16, 0.34),
            y - r * 0.05,
            r * jitter(0.4, 0.62),
            r * jitter(0.08, 0.14),
            r * 0.035,
        )
        out[n % len(out)][0].append(turned(stroke, angle + jitter(-35, 35), (x, y)))
    return out


def _fairisle(outline: Points, fabric: Fabric, angle: float, canvas: Canvas) -> list[Printed]:
    x, y, reach = _field(outline)
    inks = fabric.inks
    step = fabric.repeat / 7
    out: list[Printed] = [([], ink, 1) for ink in inks]
    rows = ("1000001", "1100011", "0110110", "0011100", "0110110", "1100011", "1000001")
    for band in range(-4, 5):
        top = 500 + band * fabric.repeat * 2.1
        ink = abs(band) % len(inks)
        for j, row in enumerate(rows):
            for i in range(-int(reach / step) - 8, int(reach / step) + 8):
                if row[i % 7] == "1":
                    out[ink][0].append(
                        box(500 + i * step, top + j * step, step * 1.02, step * 1.02)
                    )
        for edge in (-step * 2.4, step * 8.4):
            out[(ink + 1) % len(inks)][0].append(box(x - reach, top + edge, 2 * reach, step))
    return [([turned(s, angle, (x, y)) for s in shapes], ink, o) for shapes, ink, o in out]


PATTERNS = {
    "stripe": _stripe,
    "pinstripe": _pinstripe,
    "breton": _breton,
    "multi": _multi,
    "check": _check,
    "windowpane": _windowpane,
    "dots": _dots,
    "leaves": _leaves,
    "florals": _florals,
    "brush": _brush,
    "fairisle": _fairisle,
}


# -- weaves: small grey tiles, 128 where nothing changes ------------------------------------------
@functools.cache
def tile(weave: str) -> Image.Image:
    """The texture of a weave, large enough to be looked at from near."""
    image = Image.new("L", (96, 96), 128)
    draw = ImageDraw.Draw(image)
    _TILES[weave](draw)
    wide = Image.new("L", (288, 288))
    for x in (0, 96, 192):
        for y in (0, 96, 192):
            wide.paste(image, (x, y))
    return wide.filter(ImageFilter.GaussianBlur(1.6)).crop((96, 96, 192, 192))


def _tile_plain(draw: ImageDraw.ImageDraw) -> None:
    for i in range(0, 96, 24):
        for j in range(0, 96, 24):
            draw.rectangle((i, j, i + 20, j + 20), fill=148 if (i + j) // 24 % 2 else 108)


def _tile_twill(draw: ImageDraw.ImageDraw) -> None:
    for i in range(-96, 192, 32):
        draw.line((i, 96, i + 96, 0), fill=178, width=13)
        draw.line((i + 16, 96, i + 112, 0), fill=84, width=7)


def _tile_linen(draw: ImageDraw.ImageDraw) -> None:
    chance = random.Random(4)
    for i in range(0, 96, 6):
        draw.line((i, 0, i, 96), fill=128 + chance.randint(-46, 46), width=3)
        draw.line((0, i, 96, i), fill=128 + chance.randint(-46, 46), width=2)


def _tile_knit(draw: ImageDraw.ImageDraw) -> None:
    # A column of stitches, each a V of two slanted loops.
    for y in range(-48, 144, 48):
        for side in (-1, 1):
            x = 48 + side * 24
            loop = turned(ellipse(x, y + 24, 15, 31, steps=28), -side * 24, (x, y + 24))
            draw.polygon(loop, fill=182)
            draw.polygon(
                [
                    (px + 2, py + 5)
                    for px, py in turned(ellipse(x, y + 26, 8, 22), -side * 24, (x, y + 24))
                ],
                fill=150,
            )
            draw.line([*loop, loop[0]], fill=64, width=4)


def _tile_rib(draw: ImageDraw.ImageDraw) -> None:
    for x in range(0, 96, 4):
        draw.rectangle(
            (x, 0, x + 3, 96), fill=round(128 + 74 * math.cos((x - 48) / 96 * 2 * math.pi))
        )


def _tile_cord(draw: ImageDraw.ImageDraw) -> None:
    for x in range(0, 96, 3):
        draw.rectangle(
            (x, 0, x + 2, 96), fill=round(120 + 78 * math.cos((x - 40) / 96 * 2 * math.pi))
        )


def _tile_ripstop(draw: ImageDraw.ImageDraw) -> None:
    draw.line((0, 4, 96, 4), fill=166, width=5)
    draw.line((4, 0, 4, 96), fill=166, width=5)
    draw.line((0, 9, 96, 9), fill=92, width=4)
    draw.line((9, 0, 9, 96), fill=92, width=4)


def _tile_fleece(draw: ImageDraw.ImageDraw) -> None:
    chance = random.Random(9)
    for _ in range(150):
        x, y, r = chance.randint(0, 96), chance.randint(0, 96), chance.randint(4, 9)
        for dx in (-96, 0, 96):
            for dy in (-96, 0, 96):
                draw.ellipse(
                    (x + dx - r, y + dy - r, x + dx + r, y + dy + r), fill=chance.randint(84, 176)
                )


def _tile_waffle(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, 96, 96), fill=150)
    draw.rectangle((18, 18, 78, 78), fill=92)
    draw.rectangle((30, 34, 78, 78), fill=128)


def _tile_wicker(draw: ImageDraw.ImageDraw) -> None:
    for row in range(4):
        y = row * 24
        for col in range(-1, 3):
            x = col * 48 + (row % 2) * 24
            draw.rounded_rectangle((x + 2, y + 1, x + 44, y + 22), 10, fill=165)
            draw.rounded_rectangle((x + 8, y + 3, x + 36, y + 9), 4, fill=205)
            draw.line((x + 46, y, x + 46, y + 24), fill=40, width=5)
        draw.line((0, y, 96, y), fill=50, width=4)


_TILES = {
    "plain": _tile_plain,
    "twill": _tile_twill,
    "linen": _tile_linen,
    "knit": _tile_knit,
    "chunky": _tile_knit,
    "rib": _tile_rib,
    "cord": _tile_cord,
    "ripstop": _tile_ripstop,
    "fleece": _tile_fleece,
    "waffle": _tile_waffle,
    "wicker": _tile_wicker,
}
