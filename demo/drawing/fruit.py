"""Cherries, peaches, oranges and pears, and the boxes, baskets and tins they travel in."""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from demo.drawing.canvas import RGB, Canvas, Mask, combined, dark, darker, lighter, mix
from demo.drawing.fabric import Fabric, cut, texture
from demo.drawing.paths import Points, box, ellipse, moved, path, smooth, turned
from demo.drawing.solids import bar, body, contact, wood
from demo.drawing.tops import ground_shadow

GROUND = 820.0


@dataclass(frozen=True)
class Pack:
    """Fruit in its packaging, with the printed design: colours, motif and name."""

    kind: str
    fruit: str = "cherry"
    paper: str = "#efe4cf"
    ink: str = "#a62336"
    second: str = "#3d5a40"
    motif: str = "branch"  # branch, sun, stripes, dots, hills, blossom, waves
    name: str = "LARKHILL"
    small: str = "hand-picked"


def draw_pack(canvas: Canvas, pack: Pack) -> None:
    """Draw the fruit in its packaging."""
    PACKS[pack.kind](canvas, pack)


# -- fruit -----------------------------------------------------------------------------------------
def fruit(canvas: Canvas, kind: str, x: float, y: float, r: float) -> None:
    """One fruit about a middle, `r` units in radius."""
    FRUITS[kind](canvas, x, y, r)


def _ball(
    canvas: Canvas, outline: Points, colour: RGB | str, x: float, y: float, r: float, gloss: float
) -> Mask:
    mask = canvas.area(outline)
    canvas.shadow(mask, r * 0.16, 0.5, r * 0.07, r * 0.13)
    canvas.fill(mask, colour)
    lit = canvas.blurred(
        canvas.area(ellipse(x - r * 0.3, y - r * 0.34, r * 0.62)), r * 0.36
    ).within(mask)
    canvas.fill(lit, lighter(colour, 0.6), 0.6)
    canvas.light(mask, canvas.relief(mask, r * 0.42, 0.85, edge=0.34))
    bounce = canvas.blurred(
        canvas.stroke([(x + r * 0.2, y + r * 0.86), (x + r * 0.66, y + r * 0.6)], width=r * 0.12),
        r * 0.1,
    ).within(mask)
    canvas.fill(bounce, lighter(colour, 0.5), 0.35)
    if gloss:
        spot = turned(
            ellipse(x - r * 0.36, y - r * 0.44, r * 0.2, r * 0.11),
            -38,
            (x - r * 0.36, y - r * 0.44),
        )
        canvas.fill(canvas.blurred(canvas.area(spot), r * 0.05).within(mask), "#ffffff", gloss)
    return mask


def _cherry(canvas: Canvas, x: float, y: float, r: float) -> None:
    chance = canvas.random
    colour = mix("#8f0f24", "#d5283a", chance.random())
    shape = turned(
        smooth(
            [
                (x - r, y - r * 0.1),
                (x - r * 0.6, y - r * 0.86),
                (x, y - r * 0.72),
                (x + r * 0.6, y - r * 0.86),
                (x + r, y - r * 0.1),
                (x + r * 0.62, y + r * 0.8),
                (x, y + r),
                (x - r * 0.62, y + r * 0.8),
            ]
        ),
        chance.uniform(-40, 40),
        (x, y),
    )
    _ball(canvas, shape, colour, x, y, r, 0.95)
    if chance.random() < 0.62:
        a = chance.uniform(-2.3, -0.8)
        tip = (x + math.cos(a) * r * 2.1, y + math.sin(a) * r * 2.1)
        start = (x + math.cos(a) * r * 0.35, y + math.sin(a) * r * 0.5)
        middle = ((start[0] + tip[0]) / 2 + chance.uniform(-0.4, 0.4) * r, (start[1] + tip[1]) / 2)
        stem = smooth([start, middle, tip], closed=False)
        canvas.shadow(canvas.stroke(stem, width=r * 0.12), r * 0.09, 0.4, r * 0.07, r * 0.1)
        bar(canvas, stem, r * 0.11, mix("#5d7a2a", "#93a845", chance.random()), shine=0.3)
        canvas.fill(canvas.area(ellipse(*tip, r * 0.1)), "#6a5a2c")


def _peach(canvas: Canvas, x: float, y: float, r: float) -> None:
    chance = canvas.random
    shape = turned(
        smooth(
            [
                (x, y - r * 0.88),
                (x + r * 0.6, y - r * 0.92),
                (x + r, y - r * 0.2),
                (x + r * 0.74, y + r * 0.7),
                (x + r * 0.06, y + r * 1.02),
                (x - r * 0.7, y + r * 0.72),
                (x - r, y - r * 0.2),
                (x - r * 0.6, y - r * 0.9),
            ]
        ),
        chance.uniform(-22, 22),
        (x, y),
    )
    mask = _ball(canvas, shape, "#f3b877", x, y, r, 0)
    for _ in range(2):
        a = chance.uniform(0, 6.28)
        blush = ellipse(x + math.cos(a) * r * 0.42, y + math.sin(a) * r * 0.42, r * 0.74)
        canvas.fill(
            canvas.blurred(canvas.area(blush), r * 0.3).within(mask),
            mix("#d8412f", "#e8735a", chance.random()),
            0.62,
        )
    cleft = smooth(
        [(x + r * 0.02, y - r * 0.86), (x + r * 0.26, y - r * 0.1), (x + r * 0.08, y + r * 0.92)],
        closed=False,
    )
    canvas.fill(
        canvas.blurred(canvas.stroke(cleft, width=r * 0.1), r * 0.07).within(mask), "#8e2c22", 0.5
    )
    canvas.fill(
        canvas.blurred(canvas.stroke(moved(cleft, -r * 0.12), width=r * 0.08), r * 0.08).within(
            mask
        ),
        "#ffe3b8",
        0.4,
    )
    canvas.light(
        mask,
        combined(canvas.grain(mask, 1.6, 0.16), canvas.relief(mask, r * 0.12, 0.5, edge=-0.16)),
    )
    dimple = canvas.blurred(
        canvas.area(ellipse(x, y - r * 0.82, r * 0.2, r * 0.1)), r * 0.06
    ).within(mask)
    canvas.fill(dimple, "#5b2a16", 0.6)
    if chance.random() < 0.35:
        _leaf(canvas, x + r * 0.1, y - r * 0.86, r * 0.95, chance.uniform(-30, 40))


def _orange(canvas: Canvas, x: float, y: float, r: float) -> None:
    chance = canvas.random
    colour = mix("#ee7f12", "#f7a12b", chance.random())
    mask = _ball(canvas, ellipse(x, y, r, r * 0.97), colour, x, y, r, 0.5)
    canvas.light(
        mask, combined(canvas.grain(mask, max(2.6, r * 0.035), 0.13), canvas.grain(mask, 1.3, 0.07))
    )
    a = chance.uniform(0, 6.28)
    nx, ny = x + math.cos(a) * r * 0.4, y + math.sin(a) * r * 0.4
    canvas.fill(
        canvas.blurred(canvas.area(ellipse(nx, ny, r * 0.15)), r * 0.08).within(mask),
        "#8a4a08",
        0.45,
    )
    star = [
        (
            nx + math.cos(t * 0.628) * r * (0.1 if t % 2 else 0.045),
            ny + math.sin(t * 0.628) * r * (0.1 if t % 2 else 0.045),
        )
        for t in range(10)
    ]
    canvas.fill(canvas.area(star), "#5d7434")
    if chance.random() < 0.3:
        _leaf(canvas, nx, ny, r * 1.05, chance.uniform(-60, 60))


def _pear(canvas: Canvas, x: float, y: float, r: float) -> None:
    chance = canvas.random
    turn = chance.uniform(-24, 24)
    shape = smooth(
        [
            (x - r * 0.2, y - r * 1.3),
            (x + r * 0.2, y - r * 1.3),
            (x + r * 0.42, y - r * 0.7),
            (x + r * 0.86, y - r * 0.02),
            (x + r * 0.7, y + r * 0.72),
            (x, y + r * 0.94),
            (x - r * 0.7, y + r * 0.72),
            (x - r * 0.86, y - r * 0.02),
            (x - r * 0.42, y - r * 0.7),
        ]
    )
    mask = _ball(
        canvas,
        turned(shape, turn, (x, y)),
        mix("#c9c24c", "#a9b83f", chance.random()),
        x,
        y,
        r,
        0.35,
    )
    canvas.fill(
        canvas.blurred(canvas.area(ellipse(x + r * 0.5, y, r * 0.5, r * 0.7)), r * 0.3).within(
            mask
        ),
        "#c8593a",
        0.4,
    )
    canvas.light(mask, canvas.grain(mask, 2.4, 0.16))
    stem = turned(
        [(x, y - r * 1.24), (x + r * 0.06, y - r * 1.5), (x + r * 0.16, y - r * 1.66)], turn, (x, y)
    )
    bar(canvas, smooth(stem, closed=False), r * 0.1, "#5a4022", shine=0.2)


def _leaf(canvas: Canvas, x: float, y: float, length: float, turn: float) -> None:
    w = length * 0.24
    shape = turned(
        smooth(
            [
                (x, y),
                (x + length * 0.3, y - w),
                (x + length * 0.72, y - w * 0.8),
                (x + length, y),
                (x + length * 0.7, y + w * 0.7),
                (x + length * 0.3, y + w * 0.8),
            ]
        ),
        turn,
        (x, y),
    )
    mask = canvas.area(shape)
    canvas.shadow(mask, length * 0.05, 0.45, length * 0.03, length * 0.05)
    canvas.fill(mask, "#4f7f36")
    canvas.light(
        mask, combined(canvas.relief(mask, w * 0.5, 1.0, edge=0.2), canvas.grain(mask, 2, 0.08))
    )
    rib = turned([(x + length * 0.05, y), (x + length * 0.95, y)], turn, (x, y))
    canvas.line(rib, length * 0.022, "#a9c77b", 0.8, within=mask)


FRUITS = {"cherry": _cherry, "peach": _peach, "orange": _orange, "pear": _pear}
RADIUS = {"cherry": 40.0, "peach": 86.0, "orange": 84.0, "pear": 76.0}


def heap(
    canvas: Canvas,
    kind: str,
    x0: float,
    x1: float,
    y0: float,
    y1: float,
    *,
    scale: float = 1,
    gap: float = 1.72,
) -> None:
    """A bed of fruit filling a rectangle, the back rows first."""
    r = RADIUS[kind] * scale
    chance = canvas.random
    rows = max(1, round((y1 - y0) / (r * gap * 0.86)))
    for row in range(rows):
        y = y0 + (row + 0.5) * (y1 - y0) / rows
        count = max(1, round((x1 - x0) / (r * gap)))
        step = (x1 - x0) / count
        for n in range(count + (1 if row % 2 else 0)):
            x = x0 + (n + (0 if row % 2 else 0.5)) * step
            x = min(max(x + chance.uniform(-0.12, 0.12) * r, x0 + r * 0.4), x1 - r * 0.4)
            fruit(
                canvas, kind, x, y + chance.uniform(-0.14, 0.14) * r, r * chance.uniform(0.9, 1.06)
            )


# -- print -------------------------------------------------------------------------------------------
def lettering(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    height: float,
    colour: str,
    *,
    turn: float = 0,
    within: Mask | None = None,
    spacing: float = 0.12,
    most: float = 1000,
) -> None:
    """Printed capitals about a middle, made smaller to stay within `most` units of width."""
    size = max(6, round(height * canvas.scale * 1.38))
    font = ImageFont.load_default(size)
    wide = font.getlength(text) + size * spacing * (len(text) - 1)
    if wide > most * canvas.scale:
        size = max(6, int(size * most * canvas.scale / wide))
        font = ImageFont.load_default(size)
    widths = [font.getlength(sign) for sign in text]
    gap = size * spacing
    image = Image.new("L", (int(sum(widths) + gap * len(text)) + 8, int(size * 1.5)))
    draw = ImageDraw.Draw(image)
    at = 4.0
    for sign, width in zip(text, widths, strict=True):
        draw.text((at, size * 0.1), sign, fill=255, font=font)
        at += width + gap
    image = image.rotate(-turn - canvas.camera.angle, Image.Resampling.BICUBIC, expand=True)
    px, py = canvas.pixel((x, y))
    mask = Mask(round(px - image.width / 2), round(py - image.height / 2), image)
    canvas.fill(mask.within(within) if within else mask, colour, 0.95)


def print_design(
    canvas: Canvas,
    area: Mask,
    pack: Pack,
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    name: bool = True,
) -> None:
    """Print the pack's motif and name on an area about a middle, `w` by `h` units."""
    MOTIFS[pack.motif](canvas, area, pack, x, y, w, h)
    if name:
        label = h * 0.15
        lettering(canvas, pack.name, x, y + h * 0.26, label, pack.ink, within=area, most=w * 0.66)
        lettering(
            canvas,
            pack.small.upper(),
            x,
            y + h * 0.39,
            label * 0.36,
            pack.second if pack.motif not in ("dots", "waves", "hills", "stripes") else pack.ink,
            within=area,
            spacing=0.3,
            most=w * 0.6,
        )


def _motif_branch(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    k = min(w, h)
    stem = smooth(
        [
            (x - k * 0.34, y + k * 0.02),
            (x - k * 0.1, y - k * 0.16),
            (x + k * 0.12, y - k * 0.14),
            (x + k * 0.34, y - k * 0.3),
        ],
        closed=False,
    )
    canvas.line(stem, k * 0.02, pack.second, within=area)
    leaves, dots, stems = [], [], []
    for (px, py), a in (
        (stem[6], -70),
        (stem[20], 40),
        (stem[30], -80),
        (stem[44], 25),
        (stem[-1], -40),
    ):
        leaf = smooth(
            [
                (px, py),
                (px + k * 0.07, py - k * 0.045),
                (px + k * 0.19, py),
                (px + k * 0.07, py + k * 0.045),
            ]
        )
        leaves.append(turned(leaf, a, (px, py)))
    for n, (dx, dy) in enumerate(((-0.2, 0.12), (-0.06, 0.08), (0.1, 0.1), (0.22, 0.0))):
        px, py = stem[10 + n * 13]
        dots.append(ellipse(x + dx * k, y + dy * k, k * 0.062))
        stems.append([(px, py), (x + dx * k, y + dy * k - k * 0.05)])
    canvas.fill(canvas.stroke(*stems, width=k * 0.011).within(area), pack.second)
    canvas.fill(canvas.area(*leaves).within(area), pack.second)
    canvas.fill(canvas.area(*dots).within(area), pack.ink)


def _motif_sun(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    k = min(w, h)
    canvas.fill(canvas.area(ellipse(x, y - k * 0.1, k * 0.15)).within(area), pack.ink)
    rays = []
    for n in range(18):
        a = math.radians(n * 20)
        rays.append(
            [
                (x + math.cos(a) * k * 0.19, y - k * 0.1 + math.sin(a) * k * 0.19),
                (
                    x + math.cos(a) * k * (0.3 if n % 2 else 0.25),
                    y - k * 0.1 + math.sin(a) * k * (0.3 if n % 2 else 0.25),
                ),
            ]
        )
    canvas.fill(canvas.stroke(*rays, width=k * 0.02).within(area), pack.second)


def _motif_stripes(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    bands = [box(x - w + n * w * 0.14, y - h, w * 0.07, h * 2) for n in range(15)]
    canvas.fill(canvas.area(*bands).within(area), pack.second)
    plate = canvas.area(box(x - w * 0.34, y - h * 0.22, w * 0.68, h * 0.7, h * 0.04)).within(area)
    canvas.fill(plate, pack.paper)
    canvas.fill(
        canvas.area(
            ellipse(x - h * 0.07, y, h * 0.075), ellipse(x + h * 0.08, y + h * 0.02, h * 0.075)
        ).within(area),
        pack.ink,
    )
    for dx in (-0.07, 0.08):
        canvas.line(
            smooth(
                [
                    (x + dx * h, y - h * 0.04),
                    (x + dx * h * 0.4, y - h * 0.12),
                    (x + h * 0.06, y - h * 0.18),
                ],
                closed=False,
            ),
            h * 0.014,
            pack.second,
            within=area,
        )


def _motif_dots(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    step = min(w, h) * 0.17
    spots = [
        ellipse(x + (i + (j % 2) / 2) * step, y + j * step * 0.86, step * 0.2, steps=24)
        for j in range(-8, 9)
        for i in range(-9, 9)
    ]
    canvas.fill(canvas.area(*spots).within(area), pack.second)
    canvas.fill(
        canvas.area(box(x - w * 0.36, y + h * 0.12, w * 0.72, h * 0.34, h * 0.05)).within(area),
        pack.paper,
    )


def _motif_hills(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    canvas.fill(
        canvas.area(ellipse(x + w * 0.16, y - h * 0.2, min(w, h) * 0.13)).within(area), pack.ink
    )
    for n, tone in enumerate((0.45, 0.2, 0)):
        top = y - h * 0.08 + n * h * 0.09
        hill = smooth(
            [
                (x - w, top + h * 0.1),
                (x - w * 0.36, top - h * 0.05 * (1 + n % 2)),
                (x + w * 0.05, top + h * 0.07),
                (x + w * 0.4, top - h * 0.03),
                (x + w, top + h * 0.08),
            ],
            closed=False,
        )
        canvas.fill(
            canvas.area([*hill, (x + w, y + h), (x - w, y + h)]).within(area),
            lighter(pack.second, tone),
        )
    canvas.fill(
        canvas.area(box(x - w * 0.36, y + h * 0.15, w * 0.72, h * 0.33, h * 0.03)).within(area),
        pack.paper,
    )


def _motif_blossom(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    k = min(w, h)
    petals, hearts = [], []
    for px, py, r in (
        (-0.24, -0.18, 0.1),
        (0.02, -0.26, 0.12),
        (0.25, -0.12, 0.1),
        (-0.05, -0.02, 0.08),
        (-0.33, 0.06, 0.06),
        (0.34, 0.08, 0.06),
    ):
        for n in range(5):
            a = math.radians(n * 72 + px * 300)
            petals.append(
                ellipse(
                    x + px * k + math.cos(a) * r * k * 0.55,
                    y + py * k + math.sin(a) * r * k * 0.55,
                    r * k * 0.46,
                    steps=20,
                )
            )
        hearts.append(ellipse(x + px * k, y + py * k, r * k * 0.26, steps=16))
    canvas.fill(canvas.area(*petals).within(area), lighter(pack.ink, 0.4))
    canvas.fill(canvas.area(*hearts).within(area), pack.second)


def _motif_waves(
    canvas: Canvas, area: Mask, pack: Pack, x: float, y: float, w: float, h: float
) -> None:
    lines = []
    for j in range(-7, 3):
        for i in range(-8, 9):
            cx, cy = x + (i + (j % 2) / 2) * h * 0.15, y + j * h * 0.075
            for r in (0.07, 0.045, 0.02):
                lines.append(
                    [
                        (
                            cx + math.cos(math.radians(a)) * h * r,
                            cy + math.sin(math.radians(a)) * h * r,
                        )
                        for a in range(180, 361, 20)
                    ]
                )
    canvas.fill(canvas.stroke(*lines, width=h * 0.009).within(area), pack.second)
    plate = canvas.area(box(x - w * 0.4, y + h * 0.13, w * 0.8, h * 0.35, h * 0.02)).within(area)
    canvas.fill(plate, pack.paper)


MOTIFS = {
    "branch": _motif_branch,
    "sun": _motif_sun,
    "stripes": _motif_stripes,
    "dots": _motif_dots,
    "hills": _motif_hills,
    "blossom": _motif_blossom,
    "waves": _motif_waves,
}


# -- packaging: seen from the front ------------------------------------------------------------------
def _crate(canvas: Canvas, pack: Pack) -> None:
    contact(canvas, 500, GROUND, 330, depth=0.12)
    for side in (196, 768):
        wood(canvas, box(side, 470, 36, 350, 4), "#b98a55", angle=0)
    wood(canvas, box(200, 452, 600, 60, 3), "#a87945", angle=90)
    heap(canvas, pack.fruit, 216, 784, 424, 596, scale=1 if pack.fruit == "cherry" else 0.74)
    for n, y in enumerate((584, 664, 744)):
        wood(
            canvas, box(180, y, 640, 70, 4), ("#cf9f66", "#c8965c", "#c48f55")[n], angle=90, lift=5
        )
        for x in (206, 794):
            for dy in (20, 50):
                nail = canvas.area(ellipse(x, y + dy, 4))
                canvas.fill(nail, "#6d6a66")
    front = canvas.area(box(180, 584, 640, 70), box(180, 664, 640, 70), box(180, 744, 640, 70))
    lettering(canvas, pack.name, 500, 696, 54, pack.ink, within=front, most=340)
    lettering(canvas, pack.small.upper(), 500, 776, 22, pack.second, within=front, spacing=0.35)
    k = canvas.area(ellipse(270, 698, 40)).within(front)
    canvas.fill(k, pack.ink, 0.9)
    canvas.fill(canvas.area(ellipse(730, 698, 40)).within(front), pack.ink, 0.9)
    for x in (270, 730):
        lettering(canvas, "1", x, 695, 34, pack.paper, within=front)


def _carton(canvas: Canvas, pack: Pack) -> None:
    contact(canvas, 500, GROUND, 330, depth=0.12)
    back = [(216, 470), (784, 470), (760, 380), (240, 380)]
    body(canvas, back, dark(pack.paper, 0.16), profile=(128, 128))
    heap(canvas, pack.fruit, 226, 774, 424, 590, scale=1 if pack.fruit == "cherry" else 0.8)
    front = [(190, 560), (810, 560), (790, GROUND), (210, GROUND)]
    area = body(canvas, front, pack.paper, profile=(136, 132, 126, 118), lift=6, edge=0.1)
    print_design(canvas, area, pack, 500, 680, 560, 260)
    canvas.light(area, canvas.grain(area, 0.9, 0.06))
    for x in (190, 810):
        flap = [
            (x, 560),
            (x + (46 if x < 500 else -46), 470),
            (x + (30 if x < 500 else -30), 462),
            (x - (52 if x < 500 else -52), 540),
        ]
        body(canvas, flap, dark(pack.paper, 0.08), profile=(140, 116), lift=4)
    hole = canvas.area(box(440, 576, 120, 24, 12))
    canvas.fill(hole, darker(pack.paper, 0.8))


def _basket(canvas: Canvas, pack: Pack) -> None:
    contact(canvas, 500, GROUND, 290, depth=0.14)
    handle = smooth(
        [(232, 560), (240, 300), (380, 160), (500, 140), (620, 160), (760, 300), (768, 560)],
        closed=False,
    )
    canvas.shadow(canvas.stroke(handle, width=34), 10, 0.3, 6, 8)
    twist = canvas.stroke(handle, width=32)
    canvas.fill(twist, "#b07d42")
    canvas.light(
        twist,
        combined(
            canvas.relief(twist, 13, 1.3, edge=0.3),
            canvas.folds(twist, across=12, along=30, angle=45, strength=0.5),
        ),
    )
    heap(canvas, pack.fruit, 236, 764, 420, 590, scale=1 if pack.fruit == "cherry" else 0.8)
    shell = path(
        "M 206 560 Q 500 610 794 560 C 780 660 750 780 700 812 Q 500 840 300 812 C 250 780 220 660 206 560"
    )
    mask = canvas.area(shell)
    canvas.shadow(mask, 8, 0.4, 4, 6)
    canvas.fill(mask, "#b8864b")
    canvas.light(
        mask,
        combined(texture(canvas, mask, "wicker"), canvas.ramp(mask, (80, 128, 156, 140, 124, 84))),
    )
    rim = smooth([(204, 560), (350, 586), (500, 594), (650, 586), (796, 560)], closed=False)
    bar(canvas, rim, 30, "#a87438", lift=4, shine=0.25)
    cloth = path(
        "M 250 572 L 340 700 L 420 590 L 500 760 L 585 592 L 664 704 L 750 570 Q 500 622 250 572"
    )
    cut(
        canvas,
        cloth,
        Fabric(pack.paper, "linen", "check", (pack.ink, pack.second), 34),
        lift=5,
        folds=0.22,
        stitch=6,
    )
    tag = turned(box(640, 640, 120, 76, 6), 9, (700, 640))
    area = body(canvas, tag, "#f3ead6", profile=(136, 124), lift=5)
    lettering(canvas, pack.name, 702, 672, 15, pack.ink, turn=9, within=area)
    lettering(canvas, pack.small.upper(), 699, 694, 8, pack.second, turn=9, within=area)


def _tin(canvas: Canvas, pack: Pack) -> None:
    contact(canvas, 470, GROUND, 230)
    half = path("M 250 330 L 250 800 Q 250 822 290 826 L 470 836")
    outline = [*half, *((940 - x, y) for x, y in reversed(half))]
    mask = body(
        canvas, outline, pack.paper, profile=(84, 120, 148, 160, 140, 126, 112, 92), edge=0.15
    )
    print_design(canvas, mask, pack, 470, 580, 400, 430)
    canvas.light(mask, canvas.ramp(mask, (96, 122, 140, 150, 134, 126, 116, 100)))
    for y in (350, 800):
        bar(canvas, path(f"M 250 {y} Q 470 {y + 26} 690 {y}"), 14, pack.ink, shine=0.5)
    lid = path("M 240 300 L 240 350 Q 470 392 700 350 L 700 300 Q 470 250 240 300")
    body(canvas, lid, pack.ink, profile=(90, 124, 150, 138, 120, 96), lift=4)
    top = canvas.area(ellipse(470, 302, 229, 38))
    canvas.fill(top, lighter(pack.ink, 0.12))
    canvas.light(top, canvas.ramp(top, (150, 132, 116)))
    for dx, dy in ((250, -20), (330, 6), (292, -74)):
        r = RADIUS[pack.fruit] * (0.9 if pack.fruit == "cherry" else 0.62)
        canvas.fill(
            canvas.blurred(
                canvas.area(ellipse(470 + dx + 10, GROUND + dy + r * 0.3, r, r * 0.4)), 12
            ),
            "#171022",
            0.4,
            solid=False,
        )
        fruit(canvas, pack.fruit, 470 + dx, GROUND + dy - r * 0.5, r)


def _net(canvas: Canvas, pack: Pack) -> None:
    contact(canvas, 500, GROUND, 260)
    heap(canvas, pack.fruit, 290, 710, 380, 810, scale=0.98)
    sack = smooth(
        [
            (420, 250),
            (330, 360),
            (262, 520),
            (250, 700),
            (320, 826),
            (500, 846),
            (680, 826),
            (750, 700),
            (738, 520),
            (670, 360),
            (580, 250),
        ]
    )
    mask = canvas.area(sack)
    lines = []
    for n in range(-16, 17):
        lines.append(
            smooth(
                [(500 + n * 8, 240), (500 + n * 24 + 60, 500), (500 + n * 22 - 30, 860)],
                closed=False,
            )
        )
        lines.append(
            smooth(
                [(500 + n * 8, 240), (500 + n * 24 - 60, 500), (500 + n * 22 + 30, 860)],
                closed=False,
            )
        )
    canvas.fill(
        canvas.blurred(canvas.stroke(*(moved(line, 3, 4) for line in lines), width=4), 2).within(
            mask
        ),
        "#1a0f12",
        0.4,
    )
    canvas.fill(canvas.stroke(*lines, width=3.6).within(mask), pack.ink, 0.92)
    bunch = path("M 420 262 Q 440 220 452 120 Q 500 96 548 120 Q 560 220 580 262 Q 500 290 420 262")
    cut(canvas, bunch, Fabric(pack.ink, "linen"), lift=5, folds=0.5)
    bar(canvas, path("M 424 252 Q 500 276 576 252"), 20, pack.second, shine=0.3)
    label = box(360, 520, 280, 178, 14)
    area = body(canvas, label, pack.paper, profile=(136, 130, 122), lift=8)
    print_design(canvas, area, pack, 500, 605, 270, 172)


# -- packaging: seen from above ----------------------------------------------------------------------
def _giftbox(canvas: Canvas, pack: Pack) -> None:
    lid = turned(box(56, 60, 400, 400, 6), -9, (256, 260))
    ground_shadow(canvas, [lid], 1.4)
    area = body(canvas, lid, pack.paper, profile=(140, 132, 124, 118), edge=0.12)
    print_design(canvas, area, pack, 250, 240, 340, 350)
    canvas.light(area, canvas.grain(area, 0.9, 0.05))
    outer = box(356, 356, 590, 590, 8)
    ground_shadow(canvas, [outer], 1.7)
    body(canvas, outer, dark(pack.paper, 0.04), profile=(136, 128, 120), edge=0.12)
    inner = box(376, 376, 550, 550, 4)
    area = canvas.area(inner)
    canvas.fill(area, dark(pack.paper, 0.5))
    tissue = canvas.area(box(384, 384, 534, 534, 4))
    canvas.fill(tissue, lighter(pack.ink, 0.72))
    canvas.light(
        tissue,
        combined(
            canvas.folds(tissue, across=16, along=60, angle=30, strength=0.4),
            canvas.folds(tissue, across=26, along=40, angle=-50, strength=0.3),
            canvas.relief(tissue, 26, -0.8, edge=0.3),
        ),
    )
    r = RADIUS[pack.fruit]
    count = 5 if pack.fruit == "cherry" else 3
    size = r if pack.fruit != "cherry" else 50.0
    for j in range(count):
        for i in range(count):
            x, y = 384 + (i + 0.5) * 534 / count, 384 + (j + 0.5) * 534 / count
            nest = canvas.area(ellipse(x, y, size * 1.12))
            canvas.fill(canvas.blurred(nest, 6), darker(pack.ink, 0.6), 0.55)
            fruit(canvas, pack.fruit, x, y, size * 0.96)


def _tray(canvas: Canvas, pack: Pack) -> None:
    outer = box(150, 150, 700, 560, 26)
    ground_shadow(canvas, [outer], 1.6)
    pulp = Fabric("#c9b899", "fleece", puff=0.4)
    cut(canvas, outer, pulp, lift=4, folds=0)
    area = canvas.area(box(176, 176, 648, 508, 18))
    canvas.fill(area, "#6a5a44")
    canvas.light(area, canvas.relief(area, 30, -1.0, edge=0.4))
    heap(canvas, pack.fruit, 184, 816, 176, 686, scale=0.92 if pack.fruit != "cherry" else 1.0)
    sleeve = box(128, 470, 744, 170, 4)
    mask = canvas.area(sleeve)
    canvas.shadow(mask, 16, 0.5, 6, 12)
    canvas.fill(mask, pack.paper)
    canvas.light(
        mask,
        combined(canvas.ramp(mask, (112, 134, 138, 132, 128, 106)), canvas.grain(mask, 0.9, 0.06)),
    )
    inside = canvas.area(box(128, 478, 744, 154))
    MOTIFS[pack.motif](canvas, inside, pack, 250, 556, 240, 220)
    MOTIFS[pack.motif](canvas, inside, pack, 750, 556, 240, 220)
    canvas.fill(canvas.area(box(330, 470, 340, 170)).within(mask), pack.paper)
    lettering(canvas, pack.name, 500, 540, 40, pack.ink, within=mask)
    lettering(canvas, pack.small.upper(), 500, 592, 17, pack.second, within=mask, spacing=0.3)
    for x, y in ((250, 830), (420, 868), (640, 842)):
        fruit(
            canvas, pack.fruit, x, y, RADIUS[pack.fruit] * (0.9 if pack.fruit == "cherry" else 0.72)
        )


def _drum(canvas: Canvas, pack: Pack) -> None:
    """A round box from above, its lid beside it."""
    ground_shadow(canvas, [ellipse(610, 600, 330)], 1.8)
    body(canvas, ellipse(610, 600, 330), pack.paper, profile=(138, 128, 118), edge=0.15)
    well = canvas.area(ellipse(610, 600, 300))
    canvas.fill(well, dark(pack.ink, 0.5))
    canvas.light(well, canvas.relief(well, 30, -1.0, edge=0.4))
    r = RADIUS[pack.fruit]
    size = r * (1 if pack.fruit == "cherry" else 0.98)
    ring = 0.0
    places = [(610.0, 600.0)]
    while ring + size * 1.85 < 300 - size * 0.75:
        ring += size * 1.78
        count = max(5, int(6.283 * ring / (size * 1.84)))
        places += [
            (
                610 + math.cos(6.283 * n / count + ring) * ring,
                600 + math.sin(6.283 * n / count + ring) * ring,
            )
            for n in range(count)
        ]
    for x, y in sorted(places, key=lambda p: p[1]):
        fruit(canvas, pack.fruit, x, y, size * canvas.random.uniform(0.93, 1.03))
    lid = ellipse(262, 282, 236)
    ground_shadow(canvas, [lid], 1.9)
    area = body(canvas, lid, pack.paper, profile=(142, 132, 122, 114), edge=0.18)
    canvas.line([*ellipse(262, 282, 214), (476, 282)], 4, pack.ink, within=area)
    print_design(canvas, area, pack, 262, 262, 330, 350)
    ribbon = smooth([(484, 60), (560, 140), (640, 120), (760, 190), (900, 140)], closed=False)
    canvas.shadow(canvas.stroke(ribbon, width=30), 8, 0.35, 5, 8)
    mask = canvas.stroke(ribbon, width=28, round_ends=False)
    canvas.fill(mask, pack.second)
    canvas.light(
        mask,
        combined(
            canvas.relief(mask, 10, 0.8, edge=0.2),
            canvas.folds(mask, across=40, along=60, angle=0, strength=0.4),
        ),
    )


PACKS = {
    "crate": _crate,
    "carton": _carton,
    "basket": _basket,
    "tin": _tin,
    "net": _net,
    "giftbox": _giftbox,
    "tray": _tray,
    "drum": _drum,
}
FROM_ABOVE = {"giftbox", "tray", "drum"}
