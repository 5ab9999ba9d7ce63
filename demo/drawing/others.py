"""Trousers, skirts, dresses, bags and caps, laid flat."""

import math
from dataclasses import dataclass, field

from demo.drawing.canvas import Canvas, Mask, combined, dark, darker, light, lighter
from demo.drawing.fabric import Fabric, cut
from demo.drawing.paths import Points, box, ellipse, flipped, mirrored, moved, path, smooth, turned
from demo.drawing.tops import RIB, Top, button, draw_top, ground_shadow, zip_line


@dataclass(frozen=True)
class Trousers:
    """Trousers or shorts: half widths of waist, hip, knee and hem, and the leg's length."""

    fabric: Fabric = field(default_factory=lambda: Fabric("#40536b", "twill"))
    waist: float = 112
    hip: float = 158
    knee: float = 104
    hem: float = 96
    length: float = 700
    waistband: str = "button"  # button, drawstring, paperbag
    pockets: tuple[str, ...] = ("slant",)  # slant, cargo, patch
    crease: bool = False
    turn_up: bool = False
    knees: bool = False
    trim: str = "#e8e1d2"
    accent: str = ""


def draw_trousers(canvas: Canvas, t: Trousers) -> None:
    """Lay trousers flat, legs a little apart."""
    top, bottom = 150.0, 150.0 + t.length
    crotch = top + 268
    gap = 30
    leg = path(
        f"M {500 - t.waist} {top} C {500 - t.hip + 4} {top + 90} {500 - t.hip - 6} {top + 170} {500 - t.hip - 2} {crotch - 30} "
        f"Q {500 - gap - t.knee - 44} {(crotch + bottom) / 2} {500 - gap - t.hem - 66} {bottom} "
        f"L {500 - gap - 66 + t.hem} {bottom + 6} Q {500 - gap + 10} {(crotch + bottom) / 2} 503 {crotch} L 503 {top + 6} Q {500 - t.waist * 0.5} {top + 10} {500 - t.waist} {top}"
    )
    ground_shadow(canvas, [leg, flipped(leg)])
    back = path(
        f"M {500 - t.waist + 4} {top} Q 500 {top - 22} {500 + t.waist - 4} {top} Q 500 {top + 26} {500 - t.waist + 4} {top}"
    )
    cut(
        canvas,
        back,
        Fabric(dark(t.fabric.colour, 0.45), "plain"),
        lift=0,
        folds=0,
    )
    for flip in (True, False):
        shape = flipped(leg) if flip else leg
        mask = cut(canvas, shape, t.fabric, angle=-3 if flip else 3, folds=0.28)
        _leg_details(canvas, t, mask, flip, crotch, bottom, gap)
    fly = smooth([(500, top + 30), (500, crotch - 30), (503, crotch)], closed=False)
    canvas.line(fly, 1.8, darker(t.fabric.colour, 0.6), 0.8)
    canvas.stitches(
        path(f"M 526 {top + 46} L 526 {top + 150} Q 524 {top + 190} 504 {top + 206}"),
        t.fabric.thread,
    )
    WAISTBANDS[t.waistband](canvas, t, top)


def _leg_details(
    canvas: Canvas, t: Trousers, leg: Mask, flip: bool, crotch: float, bottom: float, gap: float
) -> None:
    def side(points: Points) -> Points:
        return flipped(points) if flip else points

    middle = 500 - gap - 66
    if t.crease:
        line = side([(middle + 8, crotch - 120), (middle, bottom)])
        canvas.fill(
            canvas.blurred(canvas.stroke(moved(line, 7), width=10), 6).within(leg),
            darker(t.fabric.colour, 0.7),
            0.35,
        )
        canvas.fill(
            canvas.blurred(canvas.stroke(moved(line, -5), width=6), 4).within(leg),
            lighter(t.fabric.colour, 0.7),
            0.4,
        )
    if "slant" in t.pockets:
        slant = side(
            path(f"M {500 - t.waist + 34} 186 Q {500 - t.waist + 10} 240 {500 - t.hip + 2} 316")
        )
        canvas.line(moved(slant, 0, 3), 5, darker(t.fabric.colour, 0.7), 0.45, blur=3, within=leg)
        canvas.line(slant, 1.6, darker(t.fabric.colour, 0.65), 0.8, within=leg)
        canvas.stitches(moved(slant, -8 if flip else 8), t.fabric.thread)
    if t.accent:
        strip = side([(500 - t.hip + 4, crotch - 40), (middle - t.hem + 12, bottom)])
        canvas.fill(canvas.stroke(strip, width=17, round_ends=False).within(leg), t.accent, 0.95)
    if "cargo" in t.pockets:
        x, y = 500 - t.hip - 14, crotch + 70
        for shape, stitch in ((box(x, y + 10, 112, 128, 8), 5), (box(x - 5, y - 8, 122, 46, 6), 5)):
            cut(canvas, side(turned(shape, 5, (x, y))), t.fabric, lift=4, folds=0.05, stitch=stitch)
        spot = side(turned([(x + 56, y + 24)], 5, (x, y)))[0]
        button(canvas, *spot, 8, t.trim)
    if t.knees:
        y = (crotch + bottom) / 2
        cut(
            canvas,
            side(
                turned(box(middle - t.knee + 18, y - 84, t.knee * 2 - 48, 190, 14), 3, (middle, y))
            ),
            t.fabric,
            lift=3,
            folds=0.1,
            stitch=6,
        )
    hem = side([(middle - t.hem + 6, bottom - 18), (middle + t.hem - 4, bottom - 13)])
    if t.turn_up:
        shape = side(
            [
                (middle - t.hem - 5, bottom - 56),
                (middle + t.hem + 5, bottom - 50),
                (middle + t.hem + 3, bottom + 9),
                (middle - t.hem - 3, bottom + 3),
            ]
        )
        cut(
            canvas,
            shape,
            Fabric(light(t.fabric.colour, 0.22), t.fabric.weave),
            lift=4,
            folds=0.06,
            stitch=6,
        )
    else:
        canvas.stitches(hem, t.fabric.thread)


def _band(t: Trousers, top: float, depth: float) -> Points:
    return path(
        f"M {500 - t.waist - 3} {top - 6} Q 500 {top + 16} {500 + t.waist + 3} {top - 6} L {500 + t.waist + 9} {top + depth - 6} "
        f"Q 500 {top + depth + 18} {500 - t.waist - 9} {top + depth - 6} Z"
    )


def _waist_button(canvas: Canvas, t: Trousers, top: float) -> None:
    cut(canvas, _band(t, top, 40), t.fabric, angle=90, lift=4, folds=0.05, stitch=5)
    for x in (500 - t.waist * 0.62, 500 + t.waist * 0.62):
        cut(canvas, box(x - 7, top - 2, 14, 56, 3), t.fabric, lift=3, folds=0, stitch=3)
    button(canvas, 512, top + 26, 10, t.trim)


def _waist_drawstring(canvas: Canvas, t: Trousers, top: float) -> None:
    band = cut(canvas, _band(t, top, 54), t.fabric, lift=4, folds=0)
    gathers = [
        [
            (500 - t.waist + n * t.waist / 9, top + 2),
            (500 - t.waist + n * t.waist / 9 + 2, top + 60),
        ]
        for n in range(19)
    ]
    canvas.fill(
        canvas.blurred(canvas.stroke(*gathers, width=4), 2.4).within(band),
        darker(t.fabric.colour, 0.7),
        0.55,
    )
    for side in (-1, 1):
        cord = smooth(
            [
                (500 + side * 12, top + 30),
                (500 + side * 26, top + 90),
                (500 + side * 17, top + 176),
            ],
            closed=False,
        )
        canvas.shadow(canvas.stroke(cord, width=7), 4, 0.5, 3, 4)
        canvas.line(cord, 6, t.trim)
        canvas.fill(canvas.stroke(cord[-9:], width=8), darker(t.trim, 0.3))


def _waist_paperbag(canvas: Canvas, t: Trousers, top: float) -> None:
    ruffle = smooth(
        [
            (500 - t.waist - 18, top + 34),
            *(
                (500 - t.waist - 14 + n * (t.waist + 14) / 6, top - 34 + (n % 2) * 13)
                for n in range(13)
            ),
            (500 + t.waist + 18, top + 34),
        ]
    )
    mask = cut(canvas, ruffle, t.fabric, lift=4, folds=0)
    gathers = [
        [
            (500 - t.waist + n * t.waist / 8, top - 26),
            (500 - t.waist * 0.94 + n * t.waist * 0.94 / 8, top + 40),
        ]
        for n in range(17)
    ]
    canvas.fill(
        canvas.blurred(canvas.stroke(*gathers, width=5), 3).within(mask),
        darker(t.fabric.colour, 0.7),
        0.5,
    )
    strap = path(
        f"M {500 - t.waist} {top + 24} Q 500 {top + 44} {500 + t.waist} {top + 24} L {500 + t.waist} {top + 52} Q 500 {top + 72} {500 - t.waist} {top + 52} Z"
    )
    cut(canvas, strap, t.fabric, angle=90, lift=5, folds=0.06, stitch=4)
    for dx, a in ((-14, 14), (16, -10)):
        cut(
            canvas,
            turned(box(488 + dx, top + 46, 24, 130, 3), a, (500, top + 46)),
            t.fabric,
            angle=a,
            lift=5,
            folds=0.12,
            stitch=4,
        )
    cut(canvas, box(478, top + 28, 44, 40, 12), t.fabric, lift=6, folds=0.2)


WAISTBANDS = {"button": _waist_button, "drawstring": _waist_drawstring, "paperbag": _waist_paperbag}


# -- dresses -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Dress:
    """A bodice and a skirt; `skirt` is plain, pleated or tiered."""

    top: Top = field(default_factory=Top)
    skirt: str = "plain"
    flare: float = 270
    length: float = 440
    sash: str = ""


def draw_dress(canvas: Canvas, dress: Dress) -> None:
    """Lay a dress flat: the skirt first, the bodice over its gathered edge."""
    t = dress.top.torso
    waist, y = t.hem - 2, t.bottom - 6
    bottom = y + dress.length
    half = path(
        f"M {500 - waist} {y - 10} C {500 - waist - 12} {y + 110} {500 - dress.flare + 20} {bottom - 140} {500 - dress.flare} {bottom} Q {500 - dress.flare * 0.5} {bottom + 26} 500 {bottom + 26}"
    )
    skirt = mirrored(half)
    ground_shadow(canvas, [skirt])
    cloth = dress.top.lower or dress.top.fabric
    mask = cut(canvas, skirt, cloth, folds=0.3)
    if dress.skirt == "pleated":
        for n in range(-6, 7):
            line = [(500 + n * waist / 6.6, y - 6), (500 + n * dress.flare / 6.6, bottom + 30)]
            canvas.fill(
                canvas.blurred(canvas.stroke(moved(line, 8), width=13), 7).within(mask),
                darker(cloth.colour, 0.7),
                0.45,
            )
            canvas.fill(
                canvas.blurred(canvas.stroke(moved(line, -6), width=8), 5).within(mask),
                lighter(cloth.colour, 0.7),
                0.4,
            )
            canvas.fill(canvas.stroke(line, width=1.6).within(mask), darker(cloth.colour, 0.7), 0.6)
    if dress.skirt == "tiered":
        _tiers(canvas, dress, mask, cloth, y, bottom)
    else:
        _gathers(canvas, mask, cloth, waist, y)
    hem = path(
        f"M {500 - dress.flare + 12} {bottom - 16} Q 500 {bottom + 20} {500 + dress.flare - 12} {bottom - 16}"
    )
    canvas.stitches(hem, cloth.thread)
    draw_top(canvas, dress.top)
    if dress.sash:
        sash = Fabric(dress.sash, "plain")
        band = path(
            f"M {500 - t.hem - 3} {y - 26} Q 500 {y - 12} {500 + t.hem + 3} {y - 26} L {500 + t.hem + 2} {y + 10} Q 500 {y + 26} {500 - t.hem - 2} {y + 10} Z"
        )
        cut(canvas, band, sash, lift=5, folds=0.16)
        for a in (16, -8):
            cut(
                canvas,
                turned(
                    path(f"M 548 {y - 4} L 580 {y - 4} L 588 {y + 150} L 548 {y + 140} Z"),
                    a,
                    (564, y),
                ),
                sash,
                lift=6,
                folds=0.3,
            )
        for shape in (
            smooth([(560, y - 6), (516, y - 40), (496, y - 8), (522, y + 18)]),
            smooth([(566, y - 6), (612, y - 40), (634, y - 6), (606, y + 18)]),
        ):
            cut(canvas, shape, sash, lift=6, folds=0.3)
        cut(canvas, box(548, y - 26, 32, 42, 10), sash, lift=6, folds=0.2)


def _gathers(canvas: Canvas, mask: Mask, cloth: Fabric, waist: float, y: float) -> None:
    chance = canvas.random
    lines = []
    for n in range(-9, 10):
        x = 500 + n * waist / 9.5 + chance.uniform(-4, 4)
        lines.append(
            smooth(
                [(x, y - 4), (x + n * 2.4, y + 70), (x + n * 5, y + chance.uniform(120, 250))],
                closed=False,
            )
        )
    canvas.fill(
        canvas.blurred(canvas.stroke(*lines, width=6), 5).within(mask),
        darker(cloth.colour, 0.7),
        0.42,
    )
    canvas.fill(
        canvas.blurred(canvas.stroke(*(moved(line, -7) for line in lines), width=4), 4).within(
            mask
        ),
        lighter(cloth.colour, 0.7),
        0.3,
    )


def _tiers(
    canvas: Canvas, dress: Dress, mask: Mask, cloth: Fabric, y: float, bottom: float
) -> None:
    waist = dress.top.torso.hem
    for n in range(3):
        line_y = y + (bottom - y) * n / 3
        reach = waist + (dress.flare - waist) * (n / 3) + 30
        seam = path(f"M {500 - reach} {line_y - 8} Q 500 {line_y + 18} {500 + reach} {line_y - 8}")
        if n:
            canvas.fill(
                canvas.blurred(canvas.stroke(moved(seam, 0, 8), width=16), 8).within(mask),
                darker(cloth.colour, 0.7),
                0.5,
            )
            canvas.fill(canvas.stroke(seam, width=2).within(mask), darker(cloth.colour, 0.65), 0.8)
        lines = []
        for k in range(-12, 13):
            x = 500 + k * reach / 12.5 + canvas.random.uniform(-6, 6)
            lines.append([(x, line_y + 4), (x + k * 1.6, line_y + canvas.random.uniform(50, 110))])
        canvas.fill(
            canvas.blurred(canvas.stroke(*lines, width=5), 4).within(mask),
            darker(cloth.colour, 0.7),
            0.45,
        )


# -- bags and caps -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bag:
    """A tote, a backpack or a sling."""

    kind: str = "tote"
    fabric: Fabric = field(default_factory=lambda: Fabric("#d8cdb6", "twill"))
    trim: str = "#7a4a2b"
    accent: Fabric | None = None


def draw_bag(canvas: Canvas, bag: Bag) -> None:
    """Draw a bag as seen from the front."""
    {"tote": _tote, "backpack": _backpack}[bag.kind](canvas, bag)


def _tote(canvas: Canvas, bag: Bag) -> None:
    body = path(
        "M 226 368 Q 238 620 258 826 Q 262 850 290 851 Q 500 862 710 851 Q 738 850 742 826 Q 762 620 774 368 Q 500 384 226 368"
    )
    leather = Fabric(bag.trim, "plain", puff=0.8)
    ground_shadow(canvas, [body], 1.2)
    back = path("M 340 380 C 346 90 654 90 660 380 L 632 380 C 626 140 374 140 368 380 Z")
    cut(canvas, back, Fabric(dark(bag.trim, 0.25)), lift=4, folds=0.05)
    inside = path("M 230 368 Q 500 340 770 368 Q 500 392 230 368")
    cut(canvas, inside, Fabric(dark(bag.fabric.colour, 0.5)), lift=0, folds=0)
    mask = cut(canvas, body, bag.fabric, lift=8, folds=0.26)
    if bag.accent:
        area = canvas.area(box(200, 640, 600, 260)).within(mask)
        canvas.fill(area, bag.accent.colour)
        canvas.light(
            area,
            combined(
                canvas.relief(mask, 26, 0.6, edge=0.15),
                canvas.folds(mask, across=60, along=200, angle=0, strength=0.2),
            ),
        )
        canvas.line([(200, 640), (800, 640)], 2, darker(bag.accent.colour, 0.5), 0.8, within=mask)
        canvas.stitches([(252, 632), (748, 632)], bag.fabric.thread)
    cut(canvas, box(404, 492, 192, 178, 10), bag.accent or bag.fabric, lift=4, folds=0.08, stitch=6)
    handle = path("M 338 470 C 344 30 656 30 662 470 L 628 470 C 622 88 378 88 372 470 Z")
    cut(canvas, handle, leather, lift=9, folds=0.05, stitch=5)
    for x in (338, 628):
        cut(canvas, box(x - 5, 392, 44, 104, 6), leather, lift=5, folds=0.02, stitch=5)
        for y in (410, 476):
            button(canvas, x + 17, y, 6, "#b98f4e", holes=2)
    canvas.stitches(path("M 240 400 Q 500 416 760 400"), bag.fabric.thread)


def _backpack(canvas: Canvas, bag: Bag) -> None:
    body = path(
        "M 286 330 Q 286 190 420 176 L 580 176 Q 714 190 714 330 L 730 790 Q 730 858 664 860 L 336 860 Q 270 858 270 790 Z"
    )
    ground_shadow(canvas, [body], 1.3)
    webbing = Fabric(bag.trim, "twill")
    cut(
        canvas,
        path(
            "M 446 182 Q 448 112 500 110 Q 552 112 554 182 L 534 182 Q 532 134 500 132 Q 468 134 466 182 Z"
        ),
        webbing,
        lift=5,
        folds=0,
    )
    for flip in (False, True):
        strap = path("M 290 420 Q 226 560 262 812 L 236 822 Q 190 560 268 400 Z")
        cut(canvas, flipped(strap) if flip else strap, webbing, lift=4, folds=0.1)
        pocket = path("M 272 610 Q 238 630 236 700 L 240 800 Q 246 842 282 848 Z")
        cut(canvas, flipped(pocket) if flip else pocket, bag.fabric, lift=4, folds=0.2, stitch=6)
    cut(canvas, body, bag.fabric, lift=8, folds=0.24)
    zip_line(
        canvas,
        path("M 296 470 L 300 330 Q 300 204 424 192 L 576 192 Q 700 204 700 330 L 704 470"),
        bag.trim,
        pull=False,
    )
    roll = path(
        "M 276 322 Q 280 168 420 158 L 580 158 Q 720 168 724 322 L 724 420 Q 500 446 276 420 Z"
    )
    cut(canvas, roll, bag.accent or bag.fabric, lift=9, folds=0.22, stitch=8)
    for x in (372, 596):
        cut(canvas, box(x, 380, 34, 180, 4), webbing, lift=5, folds=0, stitch=4)
        buckle = canvas.area(box(x - 7, 470, 48, 40, 6), holes=[box(x + 3, 480, 28, 20, 3)])
        canvas.shadow(buckle, 4, 0.5, 2, 4)
        canvas.fill(buckle, "#c9a561")
        canvas.light(buckle, canvas.relief(buckle, 4, 1.5, edge=0.3))
    cut(canvas, box(330, 590, 340, 226, 20), bag.fabric, lift=6, folds=0.14, stitch=7)
    zip_line(canvas, [(352, 632), (648, 632)], bag.trim)
    patch = Fabric("#efe7d6", "plain", puff=0.4)
    cut(canvas, box(450, 690, 100, 62, 5), patch, lift=3, folds=0, stitch=5)
    canvas.line([(468, 728), (486, 712), (500, 726), (516, 706), (534, 724)], 4, bag.trim)


@dataclass(frozen=True)
class Cap:
    """A cap of panels, or a knitted beanie."""

    kind: str = "cap"
    fabric: Fabric = field(default_factory=lambda: Fabric("#2f5d8a", "twill"))
    brim: Fabric | None = None
    trim: str = "#f0e9da"


def draw_cap(canvas: Canvas, cap: Cap) -> None:
    """Draw a cap from the front, a little from above."""
    {"cap": _cap, "beanie": _beanie}[cap.kind](canvas, cap)


def _cap(canvas: Canvas, cap: Cap) -> None:
    crown = path("M 218 600 C 214 330 360 196 500 196 C 640 196 786 330 782 600 Q 500 560 218 600")
    brim = path("M 232 596 Q 500 520 768 596 C 880 690 800 778 500 790 C 200 778 120 690 232 596")
    ground_shadow(canvas, [crown, brim], 1.3)
    mask = cut(canvas, crown, cap.fabric, lift=6, folds=0.14)
    canvas.light(mask, canvas.ramp(mask, [104, 132, 152, 136, 100]))
    for line in (
        path("M 500 200 L 500 580"),
        path("M 496 202 C 400 240 340 400 334 590"),
        path("M 504 202 C 600 240 660 400 666 590"),
    ):
        canvas.line(line, 2, darker(cap.fabric.colour, 0.65), 0.8)
        canvas.stitches(moved(line, -7), cap.fabric.thread, opacity=0.7)
        canvas.stitches(moved(line, 7), cap.fabric.thread, opacity=0.7)
    for x in (416, 584):
        canvas.fill(canvas.area(ellipse(x, 366, 8)), darker(cap.fabric.colour, 0.85))
        canvas.stitches([*ellipse(x, 366, 12), (x + 12, 366)], cap.fabric.thread, length=4, gap=2)
    button(canvas, 500, 200, 15, cap.fabric.colour, holes=2)
    cut(
        canvas,
        path(
            "M 412 430 Q 412 414 430 412 L 570 412 Q 588 414 588 430 L 584 524 Q 500 540 416 524 Z"
        ),
        Fabric(cap.trim, "fleece", puff=0.6),
        lift=4,
        folds=0,
        stitch=6,
    )
    canvas.line(
        smooth([(444, 496), (470, 450), (500, 490), (530, 446), (556, 494)], closed=False),
        9,
        cap.fabric.colour,
    )
    area = cut(canvas, brim, cap.brim or cap.fabric, lift=12, folds=0.06, stitch=9)
    canvas.light(area, canvas.ramp(area, [150, 132, 110], upright=True))
    for step in (30, 52, 74, 96):
        arc = path(
            f"M {232 + step * 0.5} {606 + step * 1.1} Q 500 {540 + step * 1.9} {768 - step * 0.5} {606 + step * 1.1}"
        )
        canvas.stitches(arc, (cap.brim or cap.fabric).thread, opacity=0.6)


def _beanie(canvas: Canvas, cap: Cap) -> None:
    crown = path("M 246 620 C 236 360 350 230 500 226 C 650 230 764 360 754 620 Z")
    band = path("M 226 596 Q 500 566 774 596 Q 786 690 768 770 Q 500 800 232 770 Q 214 690 226 596")
    ground_shadow(canvas, [crown, band], 1.3)
    mask = cut(canvas, crown, cap.fabric, lift=6, folds=0.1)
    canvas.light(mask, canvas.ramp(mask, [96, 132, 156, 134, 92]))
    pompom = ellipse(500, 210, 82)
    canvas.shadow(canvas.area(pompom), 14, 0.4, 5, 10)
    for _ in range(420):
        a, r = canvas.random.uniform(0, 6.283), canvas.random.uniform(30, 92)
        x, y = 500 + math.cos(a) * r, 206 + math.sin(a) * r
        tone = canvas.random.uniform(-0.35, 0.4) - (y - 206) / 400
        colour = lighter(cap.trim, tone) if tone > 0 else darker(cap.trim, -tone)
        canvas.line([(500 + math.cos(a) * r * 0.4, 206 + math.sin(a) * r * 0.4), (x, y)], 4, colour)
    area = cut(
        canvas, band, Fabric((cap.brim or cap.fabric).colour, RIB, puff=1.2), lift=9, folds=0.08
    )
    canvas.light(area, canvas.ramp(area, [100, 134, 148, 134, 98]))
    cut(
        canvas,
        box(640, 660, 66, 62, 4),
        Fabric("#efe7d6", "plain", puff=0.3),
        lift=3,
        folds=0,
        stitch=5,
    )
    canvas.line([(654, 700), (664, 684), (674, 698), (690, 680)], 3.4, "#26314d")
