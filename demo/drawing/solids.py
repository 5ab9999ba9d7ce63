"""Hard things: enamel, steel, glass, wood; each a turned or boxed body in studio light."""

from collections.abc import Sequence

from demo.drawing.canvas import RGB, Canvas, Mask, combined, darker, lighter
from demo.drawing.paths import Point, Points, box, ellipse, moved, smooth, turned

ROUND = (92, 118, 150, 168, 150, 132, 122, 112, 100, 84, 104)
FLAT = (138, 132, 128, 126, 120, 112)
STEEL = (70, 150, 205, 120, 95, 150, 190, 225, 170, 110, 80, 60, 130)
SATIN = (84, 120, 160, 186, 150, 128, 118, 108, 92, 78, 100)


def body(
    canvas: Canvas,
    outline: Sequence[Point],
    colour: str | RGB,
    *,
    profile: Sequence[int] = ROUND,
    upright: bool = False,
    lift: float = 0,
    edge: float = 0.22,
    gloss: float = 0.0,
) -> Mask:
    """A solid part: `profile` is the light across it (or down it, `upright`)."""
    mask = canvas.area(outline)
    if lift:
        canvas.shadow(mask, lift * 1.4, 0.4, lift * 0.5, lift)
    canvas.fill(mask, colour)
    canvas.light(
        mask,
        combined(
            canvas.ramp(mask, profile, upright=upright),
            canvas.relief(mask, 6, 0.5, edge=edge),
            canvas.grain(mask, 1, 0.03),
        ),
    )
    if gloss:
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        w, h = max(xs) - min(xs), max(ys) - min(ys)
        strip = box(
            min(xs) + w * 0.2, min(ys) + h * 0.1, w * 0.055, h * 0.74, min(w * 0.027, h * 0.3)
        )
        canvas.fill(canvas.blurred(canvas.area(strip), 2.2).within(mask), "#ffffff", gloss)
        strip = box(
            min(xs) + w * 0.82, min(ys) + h * 0.14, w * 0.025, h * 0.6, min(w * 0.0125, h * 0.3)
        )
        canvas.fill(canvas.blurred(canvas.area(strip), 2.5).within(mask), "#ffffff", gloss * 0.5)
    return mask


def wood(
    canvas: Canvas, outline: Points, colour: str = "#a9713f", *, angle: float = 0, lift: float = 0
) -> Mask:
    """A wooden part, its grain along an angle."""
    mask = canvas.area(outline)
    if lift:
        canvas.shadow(mask, lift * 1.4, 0.42, lift * 0.5, lift)
    canvas.fill(mask, colour)
    canvas.light(
        mask,
        combined(
            canvas.folds(mask, across=4, along=160, angle=angle, strength=0.3),
            canvas.folds(mask, across=14, along=260, angle=angle, strength=0.28),
            canvas.relief(mask, 9, 1.1, edge=0.25),
        ),
    )
    return mask


def bar(
    canvas: Canvas,
    line: Points,
    width: float,
    colour: str | RGB,
    *,
    lift: float = 0,
    shine: float = 0.5,
) -> Mask:
    """A round bar or tube along a line."""
    mask = canvas.stroke(line, width=width)
    if lift:
        canvas.shadow(mask, lift * 1.4, 0.4, lift * 0.5, lift)
    canvas.fill(mask, colour)
    canvas.light(mask, canvas.relief(mask, width * 0.42, 1.5, edge=0.3))
    bright = canvas.blurred(
        canvas.stroke(moved(line, -width * 0.14, -width * 0.2), width=width * 0.16), width * 0.07
    )
    canvas.fill(bright.within(mask), "#ffffff", shine)
    return mask


def contact(canvas: Canvas, x: float, y: float, rx: float, *, depth: float = 0.16) -> None:
    """The shadow of a thing standing on a table."""
    canvas.fill(
        canvas.blurred(
            canvas.area(ellipse(x + rx * 0.3, y + rx * 0.05, rx * 1.35, rx * depth * 1.5)), 34
        ),
        "#171022",
        0.34,
        solid=False,
    )
    canvas.fill(
        canvas.blurred(canvas.area(ellipse(x + rx * 0.06, y, rx * 1.03, rx * depth * 0.6)), 9),
        "#0e0a16",
        0.62,
        solid=False,
    )


def display(
    canvas: Canvas,
    outline: Points,
    lines: Sequence[Points],
    *,
    ink: str = "#9be8ff",
    glass: str = "#0d141b",
) -> None:
    """A dark glass with lit signs."""
    mask = canvas.area(outline)
    canvas.fill(mask, glass)
    canvas.light(mask, canvas.ramp(mask, [150, 132, 128, 124]))
    if lines:
        glow = canvas.blurred(canvas.stroke(*lines, width=5), 4)
        canvas.fill(glow.within(mask), ink, 0.55)
        canvas.fill(canvas.stroke(*lines, width=3.4).within(mask), ink)
    canvas.line([*outline, outline[0]], 1.4, "#5a6570", 0.8)


def digits(text: str, x: float, y: float, h: float) -> list[Points]:
    """Seven-segment figures as lines; `x`, `y` is the upper left corner."""
    w = h * 0.52
    segments: dict[str, Points] = {
        "a": [(0, 0), (w, 0)], "b": [(w, 0), (w, h / 2)], "c": [(w, h / 2), (w, h)],
        "d": [(0, h), (w, h)], "e": [(0, h / 2), (0, h)], "f": [(0, 0), (0, h / 2)],
        "g": [(0, h / 2), (w, h / 2)],
    }  # fmt: skip
    shapes = {
        "0": "abcdef",
        "1": "bc",
        "2": "abged",
        "3": "abgcd",
        "4": "fgbc",
        "5": "afgcd",
        "6": "afgedc",
        "7": "abc",
        "8": "abcdefg",
        "9": "abcdfg",
    }
    out: list[Points] = []
    for sign in text:
        if sign == ":":
            out += [
                [(x, y + h * 0.3), (x + 0.5, y + h * 0.3)],
                [(x, y + h * 0.7), (x + 0.5, y + h * 0.7)],
            ]
            x += w * 0.7
            continue
        for name in shapes.get(sign, ""):
            (x0, y0), (x1, y1) = segments[name]
            k = h * 0.07
            dx, dy = (k, 0) if y0 == y1 else (0, k)
            out.append([(x + x0 + dx, y + y0 + dy), (x + x1 - dx, y + y1 - dy)])
        x += w * 1.55
    return out


def knob(
    canvas: Canvas,
    x: float,
    y: float,
    r: float,
    colour: str,
    *,
    turn: float = -40,
    metal: bool = False,
) -> None:
    """A round knob seen from the front, with its mark."""
    disc = canvas.area(ellipse(x, y, r))
    canvas.shadow(disc, r * 0.3, 0.55, r * 0.15, r * 0.28)
    canvas.fill(disc, colour)
    canvas.light(
        disc,
        combined(
            canvas.ramp(disc, STEEL if metal else SATIN),
            canvas.relief(disc, r * 0.3, 1.3, edge=0.3),
        ),
    )
    face = canvas.area(ellipse(x, y, r * 0.76))
    canvas.fill(face, lighter(colour, 0.1))
    canvas.light(face, canvas.ramp(face, [150, 134, 116], upright=True))
    mark = turned([(x, y - r * 0.7), (x, y - r * 0.34)], turn, (x, y))
    canvas.line(
        mark,
        r * 0.11,
        lighter(colour, 0.85) if sum(lighter(colour, 0)) < 420 else darker(colour, 0.75),
    )


def steam(canvas: Canvas, x: float, y: float, height: float = 200) -> None:
    """Faint steam rising."""
    chance = canvas.random
    for _ in range(3):
        sway = chance.uniform(-30, 30)
        line = smooth(
            [
                (x + chance.uniform(-12, 12), y),
                (x + sway, y - height * 0.35),
                (x - sway * 0.8, y - height * 0.7),
                (x + sway * 0.6, y - height),
            ],
            closed=False,
        )
        canvas.fill(canvas.blurred(canvas.stroke(line, width=20), 15), "#ffffff", 0.32, solid=False)
