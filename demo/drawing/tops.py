"""Jackets, shirts, knitwear and dresses, laid flat."""

import math
from dataclasses import dataclass, field
from typing import Any

from demo.drawing.canvas import RGB, Canvas, Mask, combined, dark, darker, light, lighter, mix
from demo.drawing.fabric import Fabric, cut, print_pattern, texture
from demo.drawing.paths import (
    Points,
    along,
    box,
    ellipse,
    flipped,
    inset,
    mirrored,
    moved,
    path,
    quadratic,
    smooth,
    turned,
)

RIB = "rib"


@dataclass(frozen=True)
class Torso:
    """Measures of a garment's upper part, in units; widths are half widths."""

    top: float = 185
    length: float = 600
    neck: float = 62
    shoulder: float = 176
    drop: float = 42
    chest: float = 186
    waist: float = 178
    hem: float = 188
    armhole: float = 185
    sleeve: float = 500
    spread: float = 15
    cuff: float = 42
    dip: float = 34

    @property
    def bottom(self) -> float:
        return self.top + self.length

    @property
    def tip(self) -> tuple[float, float]:
        """The left shoulder's end."""
        return 500 - self.shoulder, self.top + self.drop

    @property
    def underarm(self) -> tuple[float, float]:
        return 500 - self.chest, self.top + self.drop + self.armhole

    def half(self) -> Points:
        """The left outline from the neck down to the middle of the hem."""
        (sx, sy), (ux, uy) = self.tip, self.underarm
        mid = (uy + self.bottom) / 2
        text = (
            f"M {500 - self.neck} {self.top} Q {500 - self.neck - 30} {self.top + 8} {sx} {sy} "
            f"Q {sx + 22} {sy + self.armhole * 0.6} {ux} {uy} "
            f"Q {500 - self.waist - 2} {mid} {500 - self.hem} {self.bottom} "
            f"Q {500 - self.hem * 0.5} {self.bottom + 10} 500 {self.bottom + 10}"
        )
        return path(text)

    def body(self) -> Points:
        """The whole outline; the front neckline is cut out by `neckline`."""
        return [*mirrored(self.half()), *self.neckline()[::-1]]

    def neckline(self, dip: float | None = None) -> Points:
        """The front neckline from left to right."""
        depth = self.dip if dip is None else dip
        left, right = (500 - self.neck, self.top), (500 + self.neck, self.top)
        return [
            left,
            *path(
                f"M {left[0]} {left[1]} C {left[0] + 12} {self.top + depth * 1.25} {right[0] - 12} {self.top + depth * 1.25} {right[0]} {right[1]}"
            )[1:],
        ]

    def back_neck(self) -> Points:
        """The inside of the back that shows above the front neckline."""
        upper = path(
            f"M {500 - self.neck} {self.top} Q 500 {self.top - 16} {500 + self.neck} {self.top}"
        )
        return [*upper, *self.neckline()[::-1]]

    def sleeve_axis(self) -> tuple[tuple[float, float], float]:
        """Where the cuff is, and the sleeve's angle from upright in degrees."""
        sx, sy = self.tip
        a = math.radians(self.spread)
        return (sx - math.sin(a) * self.sleeve + 8, sy + math.cos(a) * self.sleeve), self.spread

    def left_sleeve(self) -> Points:
        (sx, sy), (ux, uy) = self.tip, self.underarm
        (cx, cy), spread = self.sleeve_axis()
        a = math.radians(spread)
        ox, oy = cx - math.cos(a) * self.cuff, cy - math.sin(a) * self.cuff
        ix, iy = cx + math.cos(a) * self.cuff, cy + math.sin(a) * self.cuff
        bow = min(26, self.sleeve * 0.06)
        outer = quadratic((sx, sy), ((sx + ox) / 2 - bow, (sy + oy) / 2 - bow * 1.4), (ox, oy))
        inner = quadratic(
            (ix, iy), ((ix + ux) / 2 - bow * 0.3, (iy + uy) / 2 - bow * 0.2), (ux, uy + 6)
        )
        return [(sx + 6, sy - 2), *outer, (ix, iy), *inner, (ux + 26, uy - 20), (sx + 30, sy + 60)]

    def cuff_band(self, depth: float) -> Points:
        """The left cuff, `depth` units deep."""
        (cx, cy), spread = self.sleeve_axis()
        half = self.cuff + 1.5
        band = box(cx - half, cy - depth, 2 * half, depth + 3, 4)
        return turned(band, spread, (cx, cy))


@dataclass(frozen=True)
class Top:
    """A garment for the upper body: measures, cloth, and its parts by name."""

    torso: Torso = field(default_factory=Torso)
    fabric: Fabric = field(default_factory=lambda: Fabric("#3c5a8a"))
    sleeve_fabric: Fabric | None = None
    yoke: Fabric | None = None
    lower: Fabric | None = None
    trim: str = "#d9d2c3"
    collar: str = "shirt"  # shirt, band, stand, notch, hood, crew, roll, vee, camp, none
    closure: str = "buttons"  # buttons, zip, half-zip, snaps, toggles, wrap, none
    pockets: tuple[str, ...] = ()  # chest, patch, flap, welt, cargo, kangaroo, zipped
    hem: str = "plain"  # plain, rib, drawcord, curved
    cuffs: str = "plain"  # plain, rib, buttoned, strap, rolled
    quilt: float = 0
    cable: int = 0
    belt: bool = False
    patch: str = ""
    button: str = "#2b2622"


def draw_top(canvas: Canvas, top: Top) -> None:
    """Lay the garment on the backdrop."""
    t, cloth = top.torso, top.fabric
    ground_shadow(canvas, [t.body(), t.left_sleeve(), flipped(t.left_sleeve())])
    if top.collar == "hood":
        _hood_behind(canvas, t, cloth)
    inside = Fabric(dark(cloth.colour, 0.42), "plain", puff=0.3)
    cut(canvas, t.back_neck(), inside, lift=0, folds=0)
    _label(canvas, t, top)
    _sleeves(canvas, top)
    body = _body(canvas, top)
    _hem(canvas, top)
    for pocket in top.pockets:
        POCKETS[pocket](canvas, top, body)
    CLOSURES[top.closure](canvas, top, body)
    COLLARS[top.collar](canvas, top, body)
    if top.belt:
        _belt(canvas, top)
    if top.patch:
        _patch(canvas, top)


def ground_shadow(canvas: Canvas, outlines: list[Points], lift: float = 1) -> None:
    """The shadow a flat thing casts on the table: a close one and a wide one."""
    mask = canvas.area(*outlines)
    canvas.shadow(mask, 30 * lift, 0.34, 14 * lift, 24 * lift)
    canvas.shadow(mask, 7 * lift, 0.42, 4 * lift, 6 * lift)


# -- large parts ---------------------------------------------------------------------------------
def _sleeves(canvas: Canvas, top: Top) -> None:
    t, cloth = top.torso, top.sleeve_fabric or top.fabric
    if t.sleeve <= 0:
        return
    for turn, flip in ((t.spread, False), (-t.spread, True)):
        outline = t.left_sleeve()
        shape = flipped(outline) if flip else outline
        mask = cut(canvas, shape, cloth, angle=turn, folds=0.24)
        if top.quilt:
            _quilt(canvas, mask, shape, top, turn)
        if top.cuffs != "plain":
            _cuff(canvas, top, cloth, flip, turn)
        else:
            (cx, cy), spread = t.sleeve_axis()
            line = turned([(cx - t.cuff, cy - 15), (cx + t.cuff, cy - 15)], spread, (cx, cy))
            canvas.stitches(flipped(line) if flip else line, cloth.thread)


def _cuff(canvas: Canvas, top: Top, cloth: Fabric, flip: bool, turn: float) -> None:
    t = top.torso
    depth = {"rib": 46, "buttoned": 44, "strap": 30, "rolled": 56}[top.cuffs]
    band = t.cuff_band(depth)
    if flip:
        band = flipped(band)
    if top.cuffs == "rib":
        cut(canvas, band, Fabric(top.trim, RIB, puff=1.1), angle=turn, folds=0)
        return
    shade = Fabric(light(cloth.colour, 0.12), cloth.weave) if top.cuffs == "rolled" else cloth
    cut(canvas, band, shade, angle=turn, folds=0.05, stitch=5)
    (cx, cy), spread = t.sleeve_axis()
    spot = turned([(cx + t.cuff * 0.45, cy - depth / 2)], spread, (cx, cy))[0]
    if top.cuffs != "rolled":
        x, y = flipped([spot])[0] if flip else spot
        button(canvas, x, y, 8, top.button)


def _body(canvas: Canvas, top: Top) -> Mask:
    t, cloth = top.torso, top.fabric
    outline = t.body()
    body = cut(canvas, outline, cloth, lift=6, folds=0.2)
    if top.lower:
        line = t.top + t.length * 0.58
        _panel(canvas, body, box(100, line, 800, 600), top.lower, t)
        canvas.line(
            [(100, line), (900, line)], 1.6, darker(top.lower.colour, 0.6), 0.7, within=body
        )
        _within_stitches(canvas, body, [(110, line - 6), (890, line - 6)], cloth.thread)
    if top.yoke:
        line = t.top + t.drop + t.armhole * 0.78
        _panel(canvas, body, box(100, t.top - 60, 800, line - t.top + 60), top.yoke, t)
        canvas.line([(100, line), (900, line)], 1.6, darker(cloth.colour, 0.6), 0.7, within=body)
        _within_stitches(canvas, body, [(110, line + 6), (890, line + 6)], cloth.thread)
    if top.quilt:
        _quilt(canvas, body, outline, top, 0)
    for cable in range(top.cable):
        _cable(canvas, body, 500 + (cable - (top.cable - 1) / 2) * 74, t, cloth)
    for flip in (False, True):
        sx, sy = t.tip
        ux, uy = t.underarm
        seam = path(f"M {sx} {sy} Q {sx + 22} {sy + t.armhole * 0.6} {ux} {uy}")
        seam = flipped(seam) if flip else seam
        canvas.line(seam, 1.6, darker(cloth.colour, 0.6), 0.6)
        if top.closure not in ("none", "wrap") or cloth.weave in ("twill", "ripstop"):
            canvas.stitches(moved(seam, -7 if flip else 7, 2), cloth.thread, opacity=0.7)
    return body


def _panel(canvas: Canvas, body: Mask, outline: Points, cloth: Fabric, t: Torso) -> None:
    area = canvas.area(outline).within(body)
    canvas.fill(area, cloth.colour)
    print_pattern(canvas, area, t.body(), cloth, 0)
    canvas.light(
        area,
        combined(
            canvas.relief(body, 26, 0.5, edge=0.2),
            texture(canvas, body, cloth.weave),
            canvas.folds(body, across=60, along=260, angle=0, strength=0.18),
        ),
    )


def _quilt(canvas: Canvas, mask: Mask, outline: Points, top: Top, turn: float) -> None:
    """Channels of padding across a piece, each round in the light."""
    ys = [y for _, y in outline]
    xs = [x for x, _ in outline]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    y = min(ys) - 40
    while y < max(ys) + 60:
        wave = [
            (min(xs) - 90 + i * 30, y + 5 * math.sin(i * 1.3))
            for i in range(int((max(xs) - min(xs) + 180) / 30) + 1)
        ]
        wave = turned(wave, turn, middle)
        colour = top.fabric.colour
        canvas.fill(
            canvas.blurred(canvas.stroke(wave, width=15), 9).within(mask), darker(colour, 0.6), 0.6
        )
        lit = canvas.blurred(canvas.stroke(moved(wave, -2, 17), width=11), 7).within(mask)
        canvas.fill(lit, lighter(colour, 0.7), 0.5)
        canvas.fill(canvas.stroke(wave, width=2).within(mask), darker(colour, 0.75), 0.8)
        y += top.quilt


def _cable(canvas: Canvas, body: Mask, x: float, t: Torso, cloth: Fabric) -> None:
    """A cable of two strands crossing over each other, on reverse-knit ground."""
    for side in (-30, 30):
        canvas.line(
            [(x + side, t.top - 20), (x + side, t.bottom + 20)],
            5,
            darker(cloth.colour, 0.6),
            0.4,
            blur=3,
            within=body,
        )
    starts = range(int(t.top) - 30, int(t.bottom) + 40, 52)
    for direction in (1, -1):
        near, far = x - 15 * direction, x + 15 * direction
        strands = [
            smooth(
                [
                    (near, y),
                    (near + 2 * direction, y + 12),
                    (far - 2 * direction, y + 40),
                    (far, y + 52),
                ],
                closed=False,
            )
            for y in starts
        ]
        under = canvas.blurred(canvas.stroke(*strands, width=25), 4, 2, 3).within(body)
        canvas.fill(under, darker(cloth.colour, 0.65), 0.6)
        mask = canvas.stroke(*strands, width=19).within(body)
        canvas.fill(mask, cloth.colour)
        canvas.light(
            mask, combined(canvas.relief(mask, 6, 1.1, edge=0.3), canvas.grain(mask, 2, 0.12))
        )


def _within_stitches(canvas: Canvas, body: Mask, line: Points, thread: RGB) -> None:
    x0, x1 = (int(v) for v in (line[0][0], line[-1][0]))
    y = line[0][1]
    at: Any = body.image.load()
    inside: Points = []
    for x in range(x0, x1, 6):
        px, py = canvas.pixel((x, y))
        i, j = int(px) - body.x, int(py) - body.y
        if 0 <= i < body.size[0] and 0 <= j < body.size[1] and at[i, j] > 200:
            inside.append((x, y))
    if len(inside) > 2:
        canvas.stitches([inside[0], inside[-1]], thread)


def _hem(canvas: Canvas, top: Top) -> None:
    t, cloth = top.torso, top.fabric
    b = t.bottom
    if top.hem == "rib":
        band = path(
            f"M {500 - t.hem - 2} {b - 42} L {500 - t.hem + 14} {b + 12} Q 500 {b + 22} {500 + t.hem - 14} {b + 12} "
            f"L {500 + t.hem + 2} {b - 42} Q 500 {b - 32} {500 - t.hem - 2} {b - 42}"
        )
        cut(canvas, band, Fabric(top.trim, RIB, puff=1.1), folds=0)
        return
    line = path(f"M {500 - t.hem + 4} {b - 16} Q 500 {b - 4} {500 + t.hem - 4} {b - 16}")
    canvas.stitches(line, cloth.thread)
    if top.hem == "drawcord":
        for side in (-1, 1):
            x = 500 + side * t.hem * 0.78
            cord = smooth(
                [(x, b + 4), (x + side * 6, b + 34), (x - side * 4, b + 58)], closed=False
            )
            canvas.shadow(canvas.stroke(cord, width=5), 3, 0.4, 3, 4)
            canvas.line(cord, 4.5, top.trim)
            canvas.fill(canvas.area(box(x - 6, b + 52, 12, 18, 4)), "#2a2a2e")


# -- closures --------------------------------------------------------------------------------------
def button(canvas: Canvas, x: float, y: float, r: float, colour: str, holes: int = 4) -> None:
    """A sewn-on button."""
    disc = canvas.area(ellipse(x, y, r, steps=36))
    canvas.shadow(disc, r * 0.3, 0.55, r * 0.2, r * 0.32)
    canvas.fill(disc, colour)
    canvas.light(disc, canvas.relief(disc, r * 0.4, 1.2, edge=0.35))
    ring = canvas.area(ellipse(x, y, r * 0.68, steps=30), holes=[ellipse(x, y, r * 0.58, steps=30)])
    canvas.fill(ring, darker(colour, 0.5), 0.5)
    offset = r * 0.22
    spots = [(-1, -1), (1, -1), (-1, 1), (1, 1)] if holes == 4 else [(-1, 0), (1, 0)]
    canvas.fill(
        canvas.area(
            *(ellipse(x + dx * offset, y + dy * offset, r * 0.11, steps=12) for dx, dy in spots)
        ),
        darker(colour, 0.8),
    )
    canvas.line(
        [(x - offset, y - offset), (x + offset, y + offset)], r * 0.12, lighter(colour, 0.35), 0.8
    )
    if holes == 4:
        canvas.line(
            [(x + offset, y - offset), (x - offset, y + offset)],
            r * 0.12,
            lighter(colour, 0.35),
            0.8,
        )


def _front_edge(canvas: Canvas, top: Top, body: Mask, width: float = 24) -> None:
    t, cloth = top.torso, top.fabric
    start = t.top + t.dip * 0.9
    strip = box(500 - width / 2, start, width, t.bottom - start + 9)
    mask = canvas.area(strip).within(body)
    shadow = canvas.blurred(canvas.area(moved(strip, 5, 2)), 5).within(body).without(mask)
    canvas.fill(shadow, darker(cloth.colour, 0.7), 0.5)
    canvas.light(mask, canvas.ramp(mask, [146, 134, 128, 116]))
    for x in (500 - width / 2, 500 + width / 2):
        canvas.line(
            [(x, start), (x, t.bottom + 9)], 1.3, darker(cloth.colour, 0.6), 0.6, within=body
        )
    for x in (500 - width / 2 + 4, 500 + width / 2 - 4):
        canvas.stitches([(x, start + 8), (x, t.bottom + 2)], cloth.thread, opacity=0.75)


def _buttons(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    _front_edge(canvas, top, body, 30)
    first = t.top + t.dip + 28
    count = max(4, round((t.bottom - 70 - first) / 88) + 1)
    for n in range(count):
        button(canvas, 500, first + n * (t.bottom - 62 - first) / (count - 1), 9.5, top.button)


def _snaps(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    _front_edge(canvas, top, body, 40)
    first = t.top + t.dip + 24
    for n in range(6):
        y = first + n * (t.bottom - 50 - first) / 5
        for r, colour in ((11, top.button), (6, light(top.button, 0.35))):
            disc = canvas.area(ellipse(500, y, r, steps=32))
            canvas.shadow(disc, 3, 0.5, 1.5, 2.5)
            canvas.fill(disc, colour)
            canvas.light(disc, canvas.relief(disc, r * 0.6, 1.6, edge=0.3))


def zip_line(
    canvas: Canvas, line: Points, tape: str, metal: str = "#b9bcc2", pull: bool = True
) -> None:
    """A zip along a line: tape, teeth, and the pull at its start."""
    canvas.fill(canvas.stroke(line, width=20, round_ends=False), darker(tape, 0.25))
    inner = canvas.stroke(line, width=9, round_ends=False)
    canvas.fill(inner, darker(tape, 0.75))
    teeth = []
    for n, ((x, y), a) in enumerate(along(line, 4.6)):
        side = 1 if n % 2 else -1
        nx, ny = -math.sin(a), math.cos(a)
        teeth.append(
            [(x - nx * 1.2 * side, y - ny * 1.2 * side), (x + nx * 4.2 * side, y + ny * 4.2 * side)]
        )
    mask = canvas.stroke(*teeth, width=2.7, round_ends=False)
    canvas.fill(mask, metal)
    canvas.light(mask, canvas.relief(mask, 1.6, 1.6, edge=0.25))
    if pull:
        (x, y), (x2, y2) = line[0], line[1]
        a = math.degrees(math.atan2(y2 - y, x2 - x)) - 90
        slider = turned(box(x - 8, y - 3, 16, 22, 4), a, (x, y))
        tab = turned(box(x - 5, y + 12, 10, 40, 4), a, (x, y))
        for shape, r in ((slider, 5), (tab, 3.5)):
            part = canvas.area(shape)
            canvas.shadow(part, 3, 0.55, 2, 4)
            canvas.fill(part, metal)
            canvas.light(part, canvas.relief(part, r, 1.8, edge=0.3))


def _zip(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    start = t.top + (-26 if top.collar == "stand" else t.dip + 4)
    for x in (484, 516):
        canvas.line([(x, start), (x, t.bottom + 8)], 1.3, darker(top.fabric.colour, 0.6), 0.6)
        canvas.stitches(
            [(x + (-5 if x < 500 else 5), start + 10), (x + (-5 if x < 500 else 5), t.bottom)],
            top.fabric.thread,
            opacity=0.7,
        )
    zip_line(canvas, [(500, start), (500, t.bottom + 8)], top.trim)


def _half_zip(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    start = t.top + (-26 if top.collar == "stand" else t.dip)
    end = t.top + 205
    flap = canvas.area(box(478, start, 44, end - start + 16, 4))
    canvas.light(flap.within(body), canvas.ramp(body, [128, 128]))
    zip_line(canvas, [(500, start), (500, end)], top.trim)
    canvas.stitches(
        [(480, start + 10), (480, end + 12), (520, end + 12), (520, start + 10)], top.fabric.thread
    )


def _toggles(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    _front_edge(canvas, top, body, 44)
    first = t.top + t.dip + 60
    for n in range(4):
        y = first + n * (t.bottom - 130 - first) / 3
        for shape in (box(430, y - 17, 42, 34, 5), box(528, y - 17, 42, 34, 5)):
            leather = Fabric("#6d4527", "plain", puff=0.6)
            cut(canvas, shape, leather, lift=2, folds=0, stitch=4)
        cord = smooth([(455, y), (500, y - 7), (545, y)], closed=False)
        canvas.shadow(canvas.stroke(cord, width=5), 3, 0.5, 2, 4)
        canvas.line(cord, 5, top.trim)
        horn = canvas.area(
            smooth([(470, y), (482, y - 9), (512, y - 9), (524, y), (512, y + 9), (482, y + 9)])
        )
        canvas.shadow(horn, 4, 0.55, 2, 4)
        canvas.fill(horn, top.button)
        canvas.light(
            horn,
            combined(
                canvas.relief(horn, 6, 1.6, edge=0.3),
                canvas.folds(horn, across=5, along=30, angle=90, strength=0.35),
            ),
        )


def _wrap(canvas: Canvas, top: Top, body: Mask) -> None:
    t, cloth = top.torso, top.fabric
    edge = path(
        f"M {500 + t.neck} {t.top} Q 520 {t.top + 130} 440 {t.top + t.length * 0.5} L 424 {t.bottom + 20}"
    )
    canvas.fill(
        canvas.blurred(canvas.stroke(moved(edge, -6, 4), width=12), 7).within(body),
        darker(cloth.colour, 0.7),
        0.5,
    )
    canvas.line(edge, 1.6, darker(cloth.colour, 0.6), 0.75, within=body)
    canvas.stitches(moved(edge, 7, 0), cloth.thread, opacity=0.6)


# -- collars ---------------------------------------------------------------------------------------
def _flap(
    canvas: Canvas, shape: Points, cloth: Fabric, angle: float = 0, stitch: float = 5
) -> None:
    for flip in (False, True):
        cut(
            canvas,
            flipped(shape) if flip else shape,
            cloth,
            angle=-angle if flip else angle,
            folds=0.06,
            lift=5,
            stitch=stitch,
        )


def _collar_shirt(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    band = path(
        f"M {500 - t.neck - 2} {t.top + 2} Q 500 {t.top - 42} {500 + t.neck + 2} {t.top + 2} Q 500 {t.top - 12} {500 - t.neck - 2} {t.top + 2}"
    )
    cut(canvas, band, top.fabric, lift=1, folds=0)
    n = t.neck
    wing = path(
        f"M {500 - n - 6} {t.top - 4} Q {500 - n * 0.55} {t.top - 30} {500 - n * 0.4} {t.top - 24} "
        f"L {498} {t.top + t.dip + 6} L {500 - n * 0.62} {t.top + t.dip + 60} L {500 - n - 12} {t.top + 12} Z"
    )
    _flap(canvas, wing, top.fabric, angle=32)
    button(canvas, 500, t.top + t.dip + 4, 8, top.button)


def _collar_camp(canvas: Canvas, top: Top, body: Mask) -> None:
    t, n = top.torso, top.torso.neck
    vee = [(500 - n * 0.86, t.top + 4), (500 + n * 0.86, t.top + 4), (500, t.top + 96)]
    opening = canvas.area(vee)
    canvas.fill(opening, darker(top.fabric.colour, 0.5))
    canvas.light(opening, canvas.ramp(opening, [96, 120, 132], upright=True))
    wing = path(
        f"M {500 - n - 4} {t.top - 6} Q {500 - n * 0.6} {t.top - 22} {500 - n * 0.66} {t.top - 2} "
        f"L 499 {t.top + 98} L {500 - n * 0.9} {t.top + 78} L {500 - n * 0.86} {t.top + 50} L {500 - n - 44} {t.top + 42} Z"
    )
    _flap(canvas, wing, top.fabric, angle=24)


def _collar_band(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    n = t.neck + 2
    for flip in (False, True):
        shape = path(
            f"M {500 - n} {t.top - 4} Q {500 - n} {t.top + t.dip * 1.05} 502 {t.top + t.dip * 1.02} L 502 {t.top + t.dip * 1.02 - 20} "
            f"Q {500 - n + 18} {t.top + t.dip * 0.6} {500 - n + 12} {t.top - 12} Z"
        )
        cut(canvas, flipped(shape) if flip else shape, top.fabric, lift=3, folds=0, stitch=4)


def _collar_stand(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    n = t.neck + 8
    cloth = top.yoke or top.fabric
    for flip in (False, True):
        shape = path(
            f"M {500 - n} {t.top + 8} Q {500 - n - 2} {t.top - 40} {500 - n + 16} {t.top - 50} L 498 {t.top - 30} L 498 {t.top + t.dip + 8} "
            f"Q {500 - n * 0.7} {t.top + t.dip} {500 - n} {t.top + 8}"
        )
        cut(canvas, flipped(shape) if flip else shape, cloth, lift=4, folds=0.1, stitch=6)
    if top.closure in ("zip", "half-zip"):
        zip_line(canvas, [(500, t.top - 28), (500, t.top + t.dip + 20)], top.trim)


def _collar_notch(canvas: Canvas, top: Top, body: Mask) -> None:
    t, n = top.torso, top.torso.neck
    low = t.top + t.length * 0.36
    vee = [(500 - n * 0.8, t.top), (500 + n * 0.8, t.top), (502, low)]
    opening = canvas.area(vee)
    canvas.fill(opening, darker(top.fabric.colour, 0.55))
    canvas.light(opening, canvas.ramp(opening, [90, 118, 130], upright=True))
    lapel = path(
        f"M {500 - n * 0.95} {t.top + 12} L 503 {low} Q {500 - n * 0.7} {low - 60} {500 - n - 62} {t.top + 104} L {500 - n - 20} {t.top + 82} Z"
    )
    _flap(canvas, lapel, top.fabric, angle=-20)
    collar = path(
        f"M {500 - n - 4} {t.top - 14} Q {500 - n * 0.5} {t.top - 34} {500 - n * 0.5} {t.top - 18} L {500 - n * 0.8} {t.top + 40} "
        f"L {500 - n - 16} {t.top + 88} L {500 - n - 58} {t.top + 62} Z"
    )
    _flap(canvas, collar, top.yoke or top.fabric, angle=20)
    back = path(
        f"M {500 - n * 0.8} {t.top - 16} Q 500 {t.top - 46} {500 + n * 0.8} {t.top - 16} Q 500 {t.top - 22} {500 - n * 0.8} {t.top - 16}"
    )
    cut(canvas, back, top.yoke or top.fabric, lift=1, folds=0)


def _hood_behind(canvas: Canvas, t: Torso, cloth: Fabric) -> None:
    n = t.neck
    hood = smooth(
        [
            (500 - n - 34, t.top + 30),
            (500 - n - 40, t.top - 40),
            (500 - n * 0.7, t.top - 112),
            (500, t.top - 132),
            (500 + n * 0.7, t.top - 112),
            (500 + n + 40, t.top - 40),
            (500 + n + 34, t.top + 30),
            (500, t.top + 62),
        ]
    )
    canvas.shadow(canvas.area(hood), 22, 0.36, 10, 16)
    cut(canvas, hood, cloth, lift=4, folds=0.3)
    inner = smooth(
        [
            (500 - n * 0.82, t.top + 20),
            (500 - n * 0.8, t.top - 50),
            (500, t.top - 96),
            (500 + n * 0.8, t.top - 50),
            (500 + n * 0.82, t.top + 20),
            (500, t.top + 60),
        ]
    )
    lining = canvas.area(inner)
    canvas.fill(lining, darker(cloth.colour, 0.5))
    canvas.light(
        lining,
        combined(
            canvas.relief(lining, 22, -0.8, edge=0.2),
            canvas.ramp(lining, [92, 120, 140], upright=True),
        ),
    )
    canvas.stitches([*inset(inner, -9), inset(inner, -9)[0]], cloth.thread)


def _collar_hood(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    n = t.neck
    for flip in (False, True):
        roll = smooth(
            [
                (500 - n - 36, t.top + 22),
                (500 - n - 10, t.top - 22),
                (500 - n * 0.72, t.top - 4),
                (500 - n * 0.4, t.top + 42),
                (496, t.top + t.dip + 28),
                (500 - n * 0.6, t.top + t.dip + 26),
            ]
        )
        cut(canvas, flipped(roll) if flip else roll, top.fabric, folds=0.12, lift=5)
    for side in (-1, 1):
        cord = smooth(
            [
                (500 + side * 22, t.top + t.dip + 22),
                (500 + side * 30, t.top + 130),
                (500 + side * 24, t.top + 196),
            ],
            closed=False,
        )
        canvas.shadow(canvas.stroke(cord, width=6), 3, 0.45, 3, 4)
        canvas.line(cord, 5.5, top.trim)
        canvas.line(cord[-8:], 7, "#8d8f94")


def _ring(t: Torso, width: float) -> tuple[Points, Points]:
    outer = [*t.neckline(t.dip + width * 0.9)]
    outer[0], outer[-1] = (
        (500 - t.neck - width * 0.72, t.top - 2),
        (500 + t.neck + width * 0.72, t.top - 2),
    )
    return outer, t.neckline()


def _collar_crew(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    w = 26
    n = t.neck
    front = path(
        f"M {500 - n - 12} {t.top - 4} C {500 - n} {t.top + (t.dip + w) * 1.3} {500 + n} {t.top + (t.dip + w) * 1.3} {500 + n + 12} {t.top - 4} "
        f"L {500 + n - 10} {t.top - 8} C {500 + n - 22} {t.top + t.dip * 1.22} {500 - n + 22} {t.top + t.dip * 1.22} {500 - n + 10} {t.top - 8} Z"
    )
    back = path(
        f"M {500 - n - 8} {t.top - 2} Q 500 {t.top - 34} {500 + n + 8} {t.top - 2} Q 500 {t.top - 10} {500 - n - 8} {t.top - 2}"
    )
    rib = Fabric(top.trim, RIB, puff=1.0)
    cut(canvas, back, rib, lift=1, folds=0)
    cut(canvas, front, rib, lift=3, folds=0)


def _collar_roll(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    n = t.neck
    tube = path(
        f"M {500 - n - 8} {t.top + 22} Q {500 - n - 2} {t.top - 50} {500 - n + 4} {t.top - 92} Q 500 {t.top - 112} {500 + n - 4} {t.top - 92} "
        f"Q {500 + n + 2} {t.top - 50} {500 + n + 8} {t.top + 22} Q 500 {t.top + t.dip * 1.7} {500 - n - 8} {t.top + 22}"
    )
    cut(canvas, tube, Fabric(top.trim, RIB, puff=1.1), lift=6, folds=0.1)
    fold = path(
        f"M {500 - n - 14} {t.top - 14} Q {500 - n - 10} {t.top - 60} {500 - n - 2} {t.top - 96} Q 500 {t.top - 118} {500 + n + 2} {t.top - 96} Q {500 + n + 10} {t.top - 60} {500 + n + 14} {t.top - 14} Q 500 {t.top + 34} {500 - n - 14} {t.top - 14}"
    )
    cut(canvas, fold, Fabric(top.trim, RIB, puff=1.3), lift=7, folds=0.08)


def _collar_vee(canvas: Canvas, top: Top, body: Mask) -> None:
    t, n = top.torso, top.torso.neck
    deep = t.top + (t.dip + 130)
    opening = canvas.area([(500 - n, t.top - 4), (500 + n, t.top - 4), (500, deep - 8)])
    canvas.fill(opening, darker(top.fabric.colour, 0.5))
    canvas.light(opening, canvas.ramp(opening, [92, 116, 130], upright=True))
    rib = Fabric(top.trim, RIB, puff=1.0)
    back = path(
        f"M {500 - n - 8} {t.top - 2} Q 500 {t.top - 32} {500 + n + 8} {t.top - 2} Q 500 {t.top - 8} {500 - n - 8} {t.top - 2}"
    )
    cut(canvas, back, rib, lift=1, folds=0)
    for flip in (False, True):
        strip = path(
            f"M {500 - n - 14} {t.top - 4} L {500 - n + 10} {t.top - 10} L 501 {deep - 18} L 501 {deep + 14} L 494 {deep + 10} Z"
        )
        cut(
            canvas,
            flipped(strip) if flip else strip,
            rib,
            angle=-22 if not flip else 22,
            lift=3,
            folds=0,
        )
    if top.closure == "buttons":
        _cardigan(canvas, top, deep)


def _cardigan(canvas: Canvas, top: Top, deep: float) -> None:
    t = top.torso
    cut(
        canvas,
        box(482, deep, 36, t.bottom - deep + 14, 3),
        Fabric(top.trim, RIB, puff=0.9),
        lift=4,
        folds=0,
    )
    for n in range(5):
        button(canvas, 500, deep + 30 + n * (t.bottom - deep - 64) / 4, 12, top.button)


def _collar_none(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    canvas.line(t.neckline(), 2, darker(top.fabric.colour, 0.6), 0.6)
    canvas.stitches(moved(t.neckline(t.dip + 9), 0, 2), top.fabric.thread)


# -- pockets ---------------------------------------------------------------------------------------
def _chest(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    y = t.top + t.drop + t.armhole * 0.66
    shape = [*box(540, y, 86, 78), (583, y + 96)][:3] + [(583, y + 94), (540, y + 78)]
    cut(canvas, shape, top.fabric, lift=2, folds=0.04, stitch=5)
    canvas.stitches([(540, y + 16), (626, y + 16)], top.fabric.thread)


def _patch_pockets(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    w, h = t.hem * 0.58, 118
    y = t.bottom - h - 46
    for x in (500 - t.hem * 0.86, 500 + t.hem * 0.86 - w):
        cloth = top.lower or top.fabric
        cut(canvas, box(x, y, w, h, 12), cloth, lift=3, folds=0.06, stitch=5)
        canvas.stitches([(x + 3, y + 20), (x + w - 3, y + 20)], cloth.thread)
        canvas.light(
            canvas.area(box(x, y, w, 5)),
            canvas.ramp(canvas.area(box(x, y, w, 5)), [170, 150], upright=True),
        )


def _flap_pockets(canvas: Canvas, top: Top, body: Mask) -> None:
    _patch_pockets(canvas, top, body)
    t = top.torso
    w = t.hem * 0.58 + 8
    y = t.bottom - 170
    for x in (500 - t.hem * 0.86 - 4, 500 + t.hem * 0.86 - w + 4):
        shape = [(x, y), (x + w, y), (x + w, y + 36), (x + w / 2, y + 50), (x, y + 36)]
        cut(canvas, shape, top.yoke or top.fabric, lift=4, folds=0.04, stitch=5)
        button(canvas, x + w / 2, y + 34, 8, top.button)


def _chest_flaps(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    y = t.top + t.drop + t.armhole * 0.84
    for x in (366, 534):
        cut(canvas, box(x, y, 98, 92, 10), top.fabric, lift=3, folds=0.04, stitch=5)
        flap = [
            (x - 3, y - 2),
            (x + 101, y - 2),
            (x + 101, y + 24),
            (x + 49, y + 42),
            (x - 3, y + 24),
        ]
        cut(canvas, flap, top.fabric, lift=4, folds=0.03, stitch=5)
        button(canvas, x + 49, y + 26, 7.5, top.button)


def _welt(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    y = t.bottom - 150
    for flip in (False, True):
        shape = turned(box(340, y - 58, 24, 116, 3), 14, (352, y))
        cut(canvas, flipped(shape) if flip else shape, top.fabric, lift=3, folds=0, stitch=4)


def _zipped(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    y = t.bottom - 170
    for flip in (False, True):
        line: Points = [(368, y - 50), (340, y + 62)]
        line = flipped(line) if flip else line
        zip_line(canvas, line, top.trim)


def _cargo(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    w, h, y = 118, 128, t.bottom - 184
    for x in (500 - t.hem + 22, 500 + t.hem - 22 - w):
        cut(canvas, box(x - 4, y + 6, w + 8, h, 8), top.fabric, lift=4, folds=0.05)
        cut(canvas, box(x, y, w, h, 8), top.fabric, lift=3, folds=0.06, stitch=5)
        canvas.line(
            [(x + w / 2, y + 40), (x + w / 2, y + h - 2)], 3, darker(top.fabric.colour, 0.6), 0.6
        )
        cut(
            canvas,
            box(x - 5, y - 8, w + 10, 46, 6),
            top.yoke or top.fabric,
            lift=4,
            folds=0.03,
            stitch=5,
        )
        button(canvas, x + w / 2, y + 22, 8, top.button)


def _kangaroo(canvas: Canvas, top: Top, body: Mask) -> None:
    t = top.torso
    b = t.bottom - 44
    shape = path(
        f"M 400 {b - 150} L 600 {b - 150} Q 612 {b - 90} 655 {b - 40} L 655 {b} L 345 {b} L 345 {b - 40} Q 388 {b - 90} 400 {b - 150}"
    )
    cut(canvas, shape, top.lower or top.fabric, lift=4, folds=0.1, stitch=6)


# -- small things ----------------------------------------------------------------------------------
def _label(canvas: Canvas, t: Torso, top: Top) -> None:
    if top.collar in ("roll", "hood"):
        return
    tag = box(478, t.top + 2, 44, 22, 2)
    mask = canvas.area(tag).within(canvas.area(t.back_neck()))
    canvas.fill(mask, "#f2ede2")
    canvas.line([(487, t.top + 13), (513, t.top + 13)], 3, "#2a3350", 0.9)


def _belt(canvas: Canvas, top: Top) -> None:
    t = top.torso
    y = t.top + t.length * 0.5
    strap = path(
        f"M {500 - t.waist - 6} {y} Q 500 {y + 14} {500 + t.waist + 6} {y} L {500 + t.waist + 6} {y + 34} Q 500 {y + 50} {500 - t.waist - 6} {y + 34} Z"
    )
    cut(canvas, strap, top.fabric, lift=6, folds=0.1, stitch=5)
    for dx, dy, a in ((-10, 20, 12), (14, 20, -14)):
        tail = turned(box(488 + dx, y + dy, 26, 150, 3), a, (500 + dx, y + dy))
        cut(canvas, tail, top.fabric, angle=a, lift=6, folds=0.1, stitch=4)
    cut(canvas, box(474, y + 2, 50, 46, 12), top.fabric, lift=7, folds=0.2)


def _patch(canvas: Canvas, top: Top) -> None:
    t = top.torso
    y = t.top + t.drop + t.armhole * 0.62
    shape = box(392, y, 58, 44, 4)
    cut(canvas, shape, Fabric(top.patch, "twill", puff=0.4), lift=3, folds=0, stitch=4)
    canvas.line(
        [(404, y + 26), (418, y + 14), (428, y + 24), (438, y + 12)],
        3,
        mix(top.patch, "#ffffff", 0.7),
    )


def _nothing(canvas: Canvas, top: Top, body: Mask) -> None:
    """This garment has no such part."""


COLLARS = {
    "shirt": _collar_shirt, "camp": _collar_camp, "band": _collar_band, "stand": _collar_stand,
    "notch": _collar_notch, "hood": _collar_hood, "crew": _collar_crew, "roll": _collar_roll,
    "vee": _collar_vee, "none": _collar_none,
}  # fmt: skip
CLOSURES = {
    "buttons": lambda c, t, b: _nothing(c, t, b) if t.collar == "vee" else _buttons(c, t, b),
    "zip": _zip, "half-zip": _half_zip, "snaps": _snaps,
    "toggles": _toggles, "wrap": _wrap, "none": _nothing,
}  # fmt: skip
POCKETS = {
    "chest": _chest, "patch": _patch_pockets, "flap": _flap_pockets, "chest-flaps": _chest_flaps,
    "welt": _welt, "zipped": _zipped, "cargo": _cargo, "kangaroo": _kangaroo,
}  # fmt: skip
