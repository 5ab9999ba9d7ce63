"""Kettles, coffee makers, lamps, rice cookers and toasters, standing on a table."""

from dataclasses import dataclass

from demo.drawing.canvas import Canvas, combined, dark, darker, light, lighter
from demo.drawing.paths import Points, box, ellipse, mirrored, path, smooth, turned
from demo.drawing.solids import (
    FLAT,
    ROUND,
    SATIN,
    STEEL,
    bar,
    body,
    contact,
    digits,
    display,
    knob,
    steam,
    wood,
)

GROUND = 800.0


@dataclass(frozen=True)
class Appliance:
    """A household thing: its kind, colours and parts."""

    kind: str
    colour: str = "#3c6e63"
    accent: str = "#c9a15d"
    grip: str = "wood"  # wood, black, metal
    shape: str = "a"
    finish: str = "satin"  # satin, gloss, steel
    base: bool = False
    reading: str = ""
    steams: bool = False
    band: str = ""

    @property
    def profile(self) -> tuple[int, ...]:
        return STEEL if self.finish == "steel" else SATIN if self.finish == "satin" else ROUND

    @property
    def gloss(self) -> float:
        return {"gloss": 0.75, "satin": 0.22, "steel": 0.3}[self.finish]


def draw_appliance(canvas: Canvas, thing: Appliance) -> None:
    """Draw it from the front, standing at the ground line."""
    KINDS[thing.kind](canvas, thing)


def _grip(canvas: Canvas, line: Points, width: float, thing: Appliance, lift: float = 0) -> None:
    if thing.grip == "metal":
        bar(canvas, line, width * 0.55, "#b9bdc2", lift=lift, shine=0.8)
    elif thing.grip == "black":
        bar(canvas, line, width, "#23262b", lift=lift, shine=0.35)
    else:
        mask = canvas.stroke(line, width=width)
        canvas.fill(mask, "#a46a38")
        canvas.light(
            mask,
            combined(
                canvas.relief(mask, width * 0.45, 1.5, edge=0.3),
                canvas.folds(mask, across=5, along=90, angle=10, strength=0.3),
            ),
        )


# -- kettles ---------------------------------------------------------------------------------------
def _base(canvas: Canvas, thing: Appliance, x: float, rx: float, ground: float) -> float:
    """The electric base under a kettle; returns where the kettle stands."""
    contact(canvas, x, ground, rx * 1.1)
    if not thing.base:
        return ground
    body(
        canvas,
        path(
            f"M {x - rx - 12} {ground - 30} Q {x} {ground - 46} {x + rx + 12} {ground - 30} L {x + rx + 18} {ground - 6} Q {x} {ground + 16} {x - rx - 18} {ground - 6} Z"
        ),
        "#24272c",
        profile=SATIN,
        gloss=0.2,
    )
    if thing.reading:
        display(
            canvas,
            box(x - 46, ground - 25, 92, 28, 6),
            digits(thing.reading, x - 26, ground - 20, 18),
        )
    return ground - 34


def _gooseneck(canvas: Canvas, k: Appliance) -> None:
    foot = _base(canvas, k, 520, 180, GROUND)
    top = foot - 300
    spout = smooth(
        [
            (372, foot - 60),
            (300, foot - 84),
            (262, foot - 150),
            (268, foot - 250),
            (236, foot - 312),
            (196, foot - 322),
        ],
        closed=False,
    )
    bar(canvas, spout, 30, dark(k.colour, 0.1), shine=0.5)
    bar(canvas, spout[-24:], 22, k.colour, shine=0.6)
    if k.shape == "a":
        half = path(f"M 400 {top} L 366 {foot - 40} Q 346 {foot - 4} 388 {foot} L 520 {foot + 6}")
    elif k.shape == "b":
        half = path(
            f"M 414 {top + 20} C 346 {top + 90} 344 {foot - 110} 360 {foot - 34} Q 366 {foot} 400 {foot} L 520 {foot + 6}"
        )
    else:
        half = path(
            f"M 388 {top} L 372 {top + 120} Q 330 {foot - 110} 338 {foot - 30} Q 344 {foot} 388 {foot} L 520 {foot + 6}"
        )
    shell = mirrored(half, 520)
    # The handle passes behind the body, over the top.
    handle = smooth(
        [(650, top + 24), (716, top - 30), (772, top + 16), (770, top + 150), (744, top + 236)],
        closed=False,
    )
    _grip(canvas, handle, 36, k)
    bar(canvas, [(640, top + 30), (664, top + 14)], 22, "#a8abb0")
    mask = body(canvas, shell, k.colour, profile=k.profile, gloss=k.gloss)
    if k.band:
        canvas.fill(canvas.area(box(300, foot - 66, 460, 26)).within(mask), k.band)
        strip = canvas.area(box(300, foot - 66, 460, 26)).within(mask)
        canvas.light(strip, canvas.ramp(strip, k.profile))
    rim = 120 if k.shape != "b" else 106
    y = top if k.shape != "b" else top + 20
    body(
        canvas,
        path(
            f"M {520 - rim} {y} Q 520 {y + 26} {520 + rim} {y} Q {520 + rim - 10} {y - 36} 520 {y - 42} Q {520 - rim + 10} {y - 36} {520 - rim} {y}"
        ),
        light(k.colour, 0.06),
        profile=k.profile,
        gloss=k.gloss * 0.6,
    )
    canvas.line(
        path(f"M {520 - rim} {y} Q 520 {y + 26} {520 + rim} {y}"), 2, darker(k.colour, 0.6), 0.7
    )
    _lid_knob(canvas, k, 520, y - 42)
    if k.steams:
        steam(canvas, 190, foot - 334)


def _lid_knob(canvas: Canvas, k: Appliance, x: float, y: float) -> None:
    bar(canvas, [(x, y), (x, y - 12)], 16, "#9b9fa5")
    cap = smooth(
        [
            (x - 30, y - 14),
            (x - 24, y - 40),
            (x, y - 48),
            (x + 24, y - 40),
            (x + 30, y - 14),
            (x, y - 8),
        ]
    )
    if k.grip == "wood":
        wood(canvas, cap, "#a46a38", angle=90)
    else:
        body(canvas, cap, "#2a2d31" if k.grip == "black" else "#c3c6ca", profile=SATIN, gloss=0.3)


def _stovetop(canvas: Canvas, k: Appliance) -> None:
    contact(canvas, 500, GROUND, 250)
    foot = GROUND
    spout = path(
        f"M 300 {foot - 150} C 220 {foot - 200} 210 {foot - 260} 168 {foot - 300} L 206 {foot - 318} C 250 {foot - 290} 270 {foot - 260} 340 {foot - 240} Z"
    )
    body(canvas, spout, dark(k.colour, 0.08), profile=k.profile, gloss=0)
    body(
        canvas,
        turned(box(160, foot - 330, 56, 26, 8), -27, (188, foot - 316)),
        "#26292d",
        profile=FLAT,
    )
    half = path(
        f"M 434 {foot - 310} C 330 {foot - 296} 268 {foot - 190} 252 {foot - 70} Q 246 {foot - 6} 300 {foot} L 500 {foot + 8}"
    )
    ring = smooth(
        [
            (350, foot - 268),
            (340, foot - 420),
            (420, foot - 486),
            (500, foot - 496),
            (580, foot - 486),
            (660, foot - 420),
            (650, foot - 268),
        ],
        closed=False,
    )
    bar(canvas, ring, 14, "#b8bcc1", shine=0.8)
    mask = body(canvas, mirrored(half), k.colour, profile=k.profile, gloss=k.gloss)
    if k.band:
        strip = canvas.area(
            path(
                f"M 200 {foot - 104} Q 500 {foot - 76} 800 {foot - 104} L 800 {foot - 70} Q 500 {foot - 42} 200 {foot - 70} Z"
            )
        ).within(mask)
        canvas.fill(strip, k.band)
        canvas.light(strip, canvas.ramp(strip, k.profile))
    lid = path(
        f"M 430 {foot - 310} Q 500 {foot - 290} 570 {foot - 310} Q 556 {foot - 346} 500 {foot - 348} Q 444 {foot - 346} 430 {foot - 310}"
    )
    body(canvas, lid, light(k.colour, 0.05), profile=k.profile, gloss=k.gloss * 0.5)
    _lid_knob(canvas, k, 500, foot - 348)
    grip = ring[len(ring) // 2 - 30 : len(ring) // 2 + 30]
    _grip(canvas, grip, 40, k, lift=4)
    if k.steams:
        steam(canvas, 172, foot - 350, 220)


def _tall_kettle(canvas: Canvas, k: Appliance) -> None:
    foot = _base(canvas, k, 490, 170, GROUND)
    top = foot - 400
    handle = smooth(
        [
            (630, top + 40),
            (720, top + 30),
            (752, top + 90),
            (744, top + 280),
            (690, top + 340),
            (640, top + 330),
        ],
        closed=False,
    )
    _grip(canvas, handle, 42, k)
    spout = path(f"M 356 {top + 30} L 296 {top + 8} L 350 {top + 110} Z")
    body(canvas, spout, dark(k.colour, 0.05), profile=k.profile)
    half = path(f"M 362 {top + 8} L 326 {foot - 14} Q 326 {foot} 344 {foot + 2} L 490 {foot + 8}")
    mask = body(canvas, mirrored(half, 490), k.colour, profile=k.profile, gloss=k.gloss)
    window = canvas.area(box(556, top + 130, 22, 210, 11)).within(mask)
    canvas.fill(window, "#16232c")
    water = canvas.area(box(560, top + 210, 14, 126, 7))
    canvas.fill(water, "#5aa5c9", 0.85)
    for n in range(5):
        canvas.line(
            [(584, top + 150 + n * 42), (596, top + 150 + n * 42)], 2.4, lighter(k.colour, 0.7), 0.8
        )
    lid = path(
        f"M 360 {top + 10} Q 490 {top + 34} 620 {top + 10} Q 610 {top - 30} 490 {top - 38} Q 370 {top - 30} 360 {top + 10}"
    )
    body(
        canvas,
        lid,
        "#24272c" if k.grip == "black" else light(k.colour, 0.08),
        profile=k.profile,
        gloss=0.2,
    )
    _lid_knob(canvas, k, 490, top - 36)
    if k.band:
        strip = canvas.area(box(300, foot - 60, 400, 64)).within(mask)
        canvas.fill(strip, k.band)
        canvas.light(strip, canvas.ramp(strip, k.profile))
    if k.steams:
        steam(canvas, 310, top - 10)


# -- coffee ------------------------------------------------------------------------------------------
def _drip(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 510, foot, 270)
    body(
        canvas,
        path(
            f"M 580 {foot - 560} L 740 {foot - 560} Q 760 {foot - 560} 760 {foot - 540} L 766 {foot} L 576 {foot} Z"
        ),
        k.colour,
        profile=k.profile,
        gloss=k.gloss,
    )
    body(canvas, box(250, foot - 44, 520, 48, 14), dark(k.colour, 0.12), profile=k.profile)
    plate = canvas.area(ellipse(420, foot - 46, 128, 14))
    canvas.fill(plate, "#1d1f23")
    canvas.light(plate, canvas.ramp(plate, STEEL))
    head = body(
        canvas,
        path(
            f"M 262 {foot - 570} Q 260 {foot - 590} 282 {foot - 590} L 744 {foot - 590} Q 762 {foot - 590} 762 {foot - 570} L 760 {foot - 430} L 300 {foot - 430} Q 268 {foot - 430} 266 {foot - 470} Z"
        ),
        k.colour,
        profile=k.profile,
        gloss=0,
    )
    canvas.light(head, canvas.ramp(head, [150, 134, 124, 112], upright=True))
    if k.band:
        strip = canvas.area(box(240, foot - 456, 560, 26)).within(head)
        canvas.fill(strip, k.band)
        canvas.light(strip, canvas.ramp(strip, STEEL))
    display(
        canvas, box(306, foot - 560, 150, 62, 8), digits(k.reading or "7:15", 334, foot - 546, 34)
    )
    for n, x in enumerate((520, 590)):
        knob(canvas, x, foot - 528, 26, k.accent, turn=-50 + 70 * n, metal=True)
    body(
        canvas,
        path(f"M 356 {foot - 430} L 484 {foot - 430} L 466 {foot - 372} L 374 {foot - 372} Z"),
        "#25282c",
        profile=SATIN,
    )
    _carafe(canvas, 420, foot - 48, k)
    if k.steams:
        steam(canvas, 420, foot - 330, 90)


def _carafe(canvas: Canvas, x: float, foot: float, k: Appliance) -> None:
    handle = smooth(
        [(x + 92, foot - 236), (x + 164, foot - 240), (x + 172, foot - 140), (x + 112, foot - 66)],
        closed=False,
    )
    _grip(canvas, handle, 28, k)
    half = path(
        f"M {x - 76} {foot - 264} L {x - 70} {foot - 232} C {x - 140} {foot - 160} {x - 130} {foot - 30} {x - 96} {foot} L {x} {foot + 5}"
    )
    shell = mirrored(half, x)
    glass = canvas.area(shell)
    canvas.fill(glass, "#dfe7ea", 0.55)
    coffee = canvas.area(box(x - 200, foot - 140, 400, 160)).within(glass)
    canvas.fill(coffee, "#2c1509", 0.96)
    canvas.light(coffee, canvas.ramp(coffee, [150, 120, 128, 138, 120, 160]))
    surface = canvas.area(ellipse(x, foot - 140, 121, 12)).within(glass)
    canvas.fill(surface, "#6b3a1c", 0.9)
    canvas.light(
        glass,
        combined(
            canvas.ramp(glass, [190, 120, 132, 128, 124, 128, 170]),
            canvas.relief(glass, 6, 0.8, edge=0.15),
        ),
    )
    for dx, w, o in ((-86, 9, 0.75), (-66, 4, 0.45), (92, 6, 0.45)):
        shine = smooth(
            [(x + dx + 18, foot - 218), (x + dx - 8, foot - 120), (x + dx + 8, foot - 30)],
            closed=False,
        )
        canvas.fill(canvas.blurred(canvas.stroke(shine, width=w), 1.6).within(glass), "#ffffff", o)
    canvas.line([*shell, shell[0]], 2, "#8fa0a8", 0.6)
    body(canvas, box(x - 84, foot - 286, 168, 30, 8), "#24272b", profile=SATIN, gloss=0)


def _moka(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 500, foot, 190)
    handle = smooth(
        [
            (620, foot - 470),
            (716, foot - 480),
            (742, foot - 420),
            (720, foot - 300),
            (704, foot - 250),
        ],
        closed=False,
    )
    _grip(canvas, handle, 38, k)
    lower = [
        (372, foot - 216),
        (330, foot - 6),
        (356, foot),
        (644, foot),
        (670, foot - 6),
        (628, foot - 216),
    ]
    upper = [(376, foot - 244), (352, foot - 500), (648, foot - 500), (624, foot - 244)]
    spout = [(352, foot - 500), (296, foot - 508), (362, foot - 410)]
    body(canvas, spout, dark(k.colour, 0.1), profile=k.profile)
    for shape in (lower, upper):
        mask = body(canvas, shape, k.colour, profile=k.profile)
        y0, y1 = min(y for _, y in shape), max(y for _, y in shape)
        for n, tone in enumerate((96, 140, 176, 150, 116, 92, 108)):
            x0 = 330 + n * 49
            facet = canvas.area(
                [
                    (500 + (x0 - 500) * 0.82, y0),
                    (500 + (x0 + 49 - 500) * 0.82, y0),
                    (x0 + 49, y1),
                    (x0, y1),
                ]
                if shape is lower
                else [
                    (x0, y0),
                    (x0 + 49, y0),
                    (500 + (x0 + 49 - 500) * 0.84, y1),
                    (500 + (x0 - 500) * 0.84, y1),
                ]
            ).within(mask)
            canvas.light(facet, canvas.ramp(facet, [tone, tone + 12]))
    body(
        canvas,
        box(364, foot - 250, 272, 38, 10),
        "#b9bdc3" if k.finish != "steel" else k.accent,
        profile=STEEL,
    )
    lid = [(352, foot - 500), (420, foot - 552), (580, foot - 552), (648, foot - 500)]
    body(canvas, lid, light(k.colour, 0.05), profile=k.profile)
    canvas.line([(352, foot - 500), (648, foot - 500)], 2.5, darker(k.colour, 0.7), 0.7)
    _lid_knob(canvas, k, 500, foot - 552)
    valve = canvas.area(ellipse(440, foot - 120, 12))
    canvas.fill(valve, k.accent)
    canvas.light(valve, canvas.relief(valve, 5, 1.6, edge=0.3))
    if k.steams:
        steam(canvas, 300, foot - 526)


def _pourover(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 500, foot, 240)
    wood(canvas, box(290, foot - 34, 420, 36, 12), "#9c6636", angle=90)
    for x in (316, 684):
        bar(canvas, [(x, foot - 30), (x, foot - 480)], 20, k.accent, shine=0.8)
    wood(canvas, box(286, foot - 500, 428, 34, 12), "#9c6636", angle=90)
    _carafe(canvas, 500, foot - 34, k)
    cone = mirrored(path(f"M 366 {foot - 640} L 448 {foot - 492} L 500 {foot - 488}"))
    body(canvas, cone, k.colour, profile=k.profile, gloss=k.gloss)
    rim = canvas.area(ellipse(500, foot - 640, 134, 22))
    canvas.fill(rim, dark(k.colour, 0.25))
    canvas.fill(canvas.area(ellipse(500, foot - 636, 118, 16)), "#3a1d0c")
    paper = canvas.area(
        path(
            f"M 374 {foot - 648} Q 500 {foot - 676} 626 {foot - 648} Q 500 {foot - 632} 374 {foot - 648}"
        )
    )
    canvas.fill(paper, "#efe6d4")
    if k.steams:
        steam(canvas, 500, foot - 660, 150)


# -- lamps ---------------------------------------------------------------------------------------------
def _glow(canvas: Canvas, x: float, y: float, rx: float, ry: float, strength: float = 0.6) -> None:
    canvas.fill(
        canvas.blurred(canvas.area(ellipse(x, y, rx, ry)), rx * 0.45),
        "#ffd98a",
        strength,
        solid=False,
    )


def _arm_lamp(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 640, foot, 170)
    _glow(canvas, 340, foot - 90, 250, 120, 0.55)
    body(
        canvas,
        path(
            f"M 480 {foot - 30} Q 640 {foot - 56} 800 {foot - 30} L 806 {foot - 4} Q 640 {foot + 18} 474 {foot - 4} Z"
        ),
        k.colour,
        profile=k.profile,
        gloss=k.gloss,
    )
    knee = (700, foot - 330) if k.shape == "a" else (770, foot - 300)
    head = (402, foot - 520) if k.shape == "a" else (430, foot - 560)
    for dx in (-9, 9):
        bar(canvas, [(640 + dx, foot - 40), (knee[0] + dx, knee[1])], 10, k.accent, shine=0.8)
        bar(canvas, [(knee[0], knee[1] + dx), (head[0], head[1] + dx)], 10, k.accent, shine=0.8)
    for x, y in (knee, (640, foot - 44)):
        knob(canvas, x, y, 22, "#2a2d32" if k.grip == "black" else k.colour)
    shade = path(
        f"M {head[0] + 10} {head[1] - 62} Q {head[0] + 60} {head[1] - 30} {head[0] + 62} {head[1] + 26} L {head[0] + 20} {head[1] + 128} "
        f"L {head[0] - 190} {head[1] + 52} L {head[0] - 50} {head[1] - 60} Q {head[0] - 20} {head[1] - 76} {head[0] + 10} {head[1] - 62}"
    )
    light_cone = [
        (head[0] + 10, head[1] + 120),
        (head[0] - 180, head[1] + 56),
        (60, foot + 60),
        (560, foot + 60),
    ]
    cone = canvas.blurred(canvas.area(light_cone), 34)
    canvas.fill(cone, "#ffe3a4", 0.3, solid=False)
    bulb = canvas.area(
        turned(ellipse(head[0] - 84, head[1] + 98, 104, 30), 20, (head[0] - 84, head[1] + 98))
    )
    canvas.fill(bulb, "#fff3cf")
    body(canvas, shade, k.colour, profile=k.profile, gloss=0)
    mouth = turned(ellipse(head[0] - 85, head[1] + 90, 112, 20), 20, (head[0] - 85, head[1] + 90))
    canvas.fill(canvas.area(mouth), "#fff6dc")
    canvas.line([*mouth, mouth[0]], 4, darker(k.colour, 0.3))
    canvas.fill(canvas.blurred(canvas.area(mouth), 22), "#ffdf96", 0.55, solid=False)
    if k.band:
        bar(canvas, [(head[0] + 46, head[1] - 34), (head[0] + 66, head[1] - 62)], 26, k.band)


def _mushroom(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 500, foot, 180)
    _glow(canvas, 500, foot - 240, 330, 230, 0.55)
    stem = mirrored(
        path(
            f"M 452 {foot - 330} C 448 {foot - 160} 420 {foot - 90} 372 {foot - 26} Q 356 {foot} 392 {foot} L 500 {foot + 8}"
        )
    )
    mask = body(canvas, stem, k.accent, profile=k.profile, gloss=k.gloss)
    canvas.fill(
        canvas.blurred(canvas.area(ellipse(500, foot - 330, 150, 120)), 46).within(mask),
        "#ffdf98",
        0.7,
    )
    under = canvas.area(ellipse(500, foot - 340, 236, 36))
    canvas.fill(under, "#fff0c6")
    if k.shape == "a":
        cap = path(
            f"M 258 {foot - 340} C 262 {foot - 520} 380 {foot - 590} 500 {foot - 590} C 620 {foot - 590} 738 {foot - 520} 742 {foot - 340} Q 500 {foot - 376} 258 {foot - 340}"
        )
    else:
        cap = path(
            f"M 250 {foot - 336} L 400 {foot - 560} Q 500 {foot - 584} 600 {foot - 560} L 750 {foot - 336} Q 500 {foot - 372} 250 {foot - 336}"
        )
    mask = body(canvas, cap, k.colour, profile=k.profile, gloss=k.gloss)
    edge = canvas.blurred(
        canvas.area(
            path(
                f"M 240 {foot - 330} Q 500 {foot - 376} 760 {foot - 330} L 760 {foot - 300} L 240 {foot - 300} Z"
            )
        ),
        22,
    ).within(mask)
    canvas.fill(edge, "#ffd689", 0.75)
    if k.band:
        for n in range(1, 4):
            y = foot - 340 - n * 58
            canvas.line(path(f"M 230 {y} Q 500 {y - 42} 770 {y}"), 9, k.band, 0.9, within=mask)
    canvas.line(path(f"M 258 {foot - 340} Q 500 {foot - 376} 742 {foot - 340}"), 3, "#fff2cc", 0.9)
    cord = smooth(
        [(390, foot - 6), (300, foot + 16), (200, foot - 4), (60, foot + 30), (-60, foot + 8)],
        closed=False,
    )
    bar(canvas, cord, 8, "#2b2d30", lift=3, shine=0.2)


# -- the kitchen -------------------------------------------------------------------------------------
def _rice(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 500, foot, 280)
    if k.shape == "a":
        half = path(
            f"M 268 {foot - 300} C 232 {foot - 220} 234 {foot - 60} 290 {foot - 10} Q 300 {foot} 330 {foot} L 500 {foot + 8}"
        )
    else:
        half = path(
            f"M 262 {foot - 300} L 256 {foot - 50} Q 258 {foot} 310 {foot} L 500 {foot + 5}"
        )
    shell = body(canvas, mirrored(half), k.colour, profile=k.profile, gloss=k.gloss)
    lid = path(
        f"M 262 {foot - 304} C 278 {foot - 424} 380 {foot - 456} 500 {foot - 458} C 620 {foot - 456} 722 {foot - 424} 738 {foot - 304} Q 500 {foot - 276} 262 {foot - 304}"
    )
    mask = body(canvas, lid, light(k.colour, 0.06), profile=k.profile, gloss=0)
    canvas.light(mask, canvas.ramp(mask, [158, 136, 124, 108], upright=True))
    canvas.line(
        path(f"M 260 {foot - 302} Q 500 {foot - 274} 740 {foot - 302}"),
        5,
        darker(k.colour, 0.75),
        0.85,
    )
    canvas.line(path(f"M 258 {foot - 290} Q 500 {foot - 262} 742 {foot - 290}"), 4, k.accent)
    vent = canvas.area(ellipse(590, foot - 430, 34, 10))
    canvas.fill(vent, dark(k.colour, 0.5))
    if k.grip == "wood":
        _grip(
            canvas,
            smooth(
                [(420, foot - 452), (436, foot - 494), (564, foot - 494), (580, foot - 452)],
                closed=False,
            ),
            30,
            k,
        )
    else:
        body(
            canvas,
            box(440, foot - 486, 120, 36, 16),
            "#24272c" if k.grip == "black" else "#c0c3c7",
            profile=SATIN,
            gloss=0.2,
        )
    panel = box(400, foot - 216, 200, 136, 26)
    body(
        canvas,
        panel,
        dark(k.colour, 0.06) if k.finish == "steel" else light(k.colour, 0.5),
        profile=FLAT,
        lift=2,
    )
    display(
        canvas,
        box(424, foot - 202, 152, 56, 8),
        digits(k.reading or "0:32", 452, foot - 190, 32),
        ink="#ffb766",
    )
    for n in range(3):
        body(
            canvas,
            box(428 + n * 52, foot - 130, 40, 28, 10),
            k.accent if n == 1 else light(k.colour, 0.2),
            profile=FLAT,
            lift=2,
        )
    if k.band:
        for n in range(9):
            canvas.fill(canvas.area(ellipse(300 + n * 50, foot - 44, 7)).within(shell), k.band)
    if k.steams:
        steam(canvas, 592, foot - 440, 180)


def _toaster(canvas: Canvas, k: Appliance) -> None:
    foot = GROUND
    contact(canvas, 500, foot, 300)
    for x, tone in ((300, "#c98f4c"), (520, "#b97c3b")):
        slice_ = path(
            f"M {x} {foot - 300} L {x} {foot - 440} Q {x - 22} {foot - 500} {x + 40} {foot - 506} L {x + 140} {foot - 506} Q {x + 202} {foot - 500} {x + 180} {foot - 440} L {x + 180} {foot - 300} Z"
        )
        crust = canvas.area(slice_)
        canvas.fill(crust, "#8a5223")
        crumb = canvas.area([(px + (x + 90 - px) * 0.09, py + 9) for px, py in slice_])
        canvas.fill(crumb, tone)
        canvas.light(
            crumb,
            combined(
                canvas.grain(crumb, 5, 0.3),
                canvas.folds(crumb, across=40, along=60, angle=0, strength=0.3),
            ),
        )
    shell = path(
        f"M 208 {foot - 30} L 204 {foot - 300} Q 204 {foot - 360} 270 {foot - 362} L 730 {foot - 362} Q 796 {foot - 360} 796 {foot - 300} L 792 {foot - 30} Q 790 {foot - 18} 770 {foot - 18} L 230 {foot - 18} Q 210 {foot - 18} 208 {foot - 30}"
    )
    mask = body(canvas, shell, k.colour, profile=k.profile, gloss=0)
    canvas.light(mask, canvas.ramp(mask, [178, 142, 126, 124, 118, 96], upright=True))
    canvas.fill(
        canvas.blurred(canvas.stroke([(270, foot - 330), (720, foot - 330)], width=10), 4),
        "#ffffff",
        k.gloss,
    )
    for x in (290, 510):
        canvas.line([(x, foot - 355), (x + 200, foot - 355)], 12, "#141518", 0.95)
    if k.band:
        strip = canvas.area(box(190, foot - 96, 620, 40)).within(mask)
        canvas.fill(strip, k.band)
        canvas.light(strip, canvas.ramp(strip, STEEL))
    for x in (260, 700):
        body(canvas, box(x, foot - 20, 50, 22, 6), "#1f2225", profile=FLAT)
    canvas.line([(742, foot - 290), (742, foot - 120)], 10, "#17191c")
    body(canvas, box(716, foot - 250, 54, 32, 8), k.accent, profile=SATIN, lift=5)
    knob(canvas, 300, foot - 150, 40, k.accent, metal=True, turn=30)
    for n in range(7):
        px, py = turned([(300, foot - 206)], -90 + n * 30, (300, foot - 150))[0]
        canvas.fill(canvas.area(ellipse(px, py, 3.4)), lighter(k.colour, 0.8))
    if k.steams:
        steam(canvas, 500, foot - 510, 120)


KINDS = {
    "gooseneck": _gooseneck, "stovetop": _stovetop, "tall-kettle": _tall_kettle, "drip": _drip,
    "moka": _moka, "pour-over": _pourover, "arm-lamp": _arm_lamp, "mushroom": _mushroom,
    "rice": _rice, "toaster": _toaster,
}  # fmt: skip
