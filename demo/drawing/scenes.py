"""What production updates show: cutting table, rolls, spools, the line, pallets, packing."""

import math
from collections.abc import Callable
from dataclasses import replace

from demo.drawing.appliances import Appliance, draw_appliance
from demo.drawing.backdrop import planks, studio
from demo.drawing.canvas import Canvas, combined, darker, lighter
from demo.drawing.fabric import Fabric, cut
from demo.drawing.fruit import Pack, draw_pack, heap, lettering
from demo.drawing.paths import along, box, ellipse, flipped, moved, path, smooth, turned
from demo.drawing.solids import bar, body, contact, knob, wood
from demo.drawing.tops import ground_shadow


def cutting_table(canvas: Canvas, cloth: str = "#33507d") -> None:
    """Layers of cloth under paper patterns, with shears, chalk and a tape."""
    planks(canvas, "#cdb592", width=330)
    for n in range(4):
        sheet = box(90 - n * 4, 120 - n * 5, 800, 560, 4)
        cut(canvas, moved(sheet, n * 3, n * 2), Fabric(cloth, "ripstop"), lift=6, folds=0.14)
    pieces = (
        path("M 180 190 Q 240 170 300 184 L 330 420 Q 250 440 190 424 Z"),
        path("M 400 180 C 450 170 500 190 520 240 L 530 440 L 392 440 Z"),
        path("M 610 190 L 820 210 L 806 300 Q 700 320 600 290 Z"),
        path("M 210 490 L 470 480 L 480 600 L 200 610 Z"),
        path("M 590 380 Q 700 350 830 392 L 816 590 L 600 600 Z"),
    )
    for piece in pieces:
        mask = cut(canvas, piece, Fabric("#efe3c8", "plain", puff=0.2), lift=3, folds=0.12)
        canvas.stitches([*piece, piece[0]], "#8a7a58", length=8, gap=5, opacity=0.5)
        xs, ys = [x for x, _ in piece], [y for _, y in piece]
        x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        canvas.line([(x, y - 60), (x, y + 60)], 2, "#6d5d3c", within=mask)
        canvas.line([(x - 8, y - 48), (x, y - 60), (x + 8, y - 48)], 2, "#6d5d3c", within=mask)
        edge = canvas.stroke([*moved(piece, 2, 2), moved(piece, 2, 2)[0]], width=3)
        canvas.fill(edge, "#f4f7fb", 0.35)
    _shears(canvas, 620, 790)
    tape = smooth(
        [(70, 800), (180, 740), (290, 830), (400, 770), (500, 880), (430, 960)], closed=False
    )
    canvas.shadow(canvas.stroke(tape, width=28), 8, 0.4, 5, 7)
    mask = canvas.stroke(tape, width=28, round_ends=False)
    canvas.fill(mask, "#e9b93d")
    canvas.light(mask, canvas.relief(mask, 6, 0.5, edge=0.15))
    ticks = [
        [(x - math.sin(a) * 13, y + math.cos(a) * 13), (x - math.sin(a) * 3, y + math.cos(a) * 3)]
        for (x, y), a in along(tape, 9)
    ]
    canvas.fill(canvas.stroke(*ticks, width=1.8).within(mask), "#3a2c10")
    body(
        canvas,
        turned(box(840, 740, 90, 34, 10), -24, (880, 757)),
        "#f2f4f8",
        profile=(140, 128, 116),
        lift=5,
    )


def _shears(canvas: Canvas, x: float, y: float) -> None:
    for turn in (-11, 9):
        blade = turned(
            [(x, y - 7), (x + 300, y - 2), (x + 300, y + 1), (x, y + 17)], turn - 8, (x, y)
        )
        body(canvas, blade, "#c2c7cc", profile=(190, 120, 150), upright=True, lift=7)
    for dx, dy, turn in ((-110, -34, 14), (-112, 46, -16)):
        ring = turned(ellipse(x + dx, y + dy, 74, 40), turn, (x + dx, y + dy))
        hole = turned(ellipse(x + dx, y + dy, 50, 22), turn, (x + dx, y + dy))
        mask = canvas.area(ring, holes=[hole])
        canvas.shadow(mask, 9, 0.45, 5, 8)
        canvas.fill(mask, "#20242a")
        canvas.light(mask, canvas.relief(mask, 9, 1.3, edge=0.3))
        bar(canvas, [(x + dx + 56, y + dy * 0.7), (x + 6, y + 4)], 22, "#20242a", shine=0.2)
    knob(canvas, x + 8, y + 4, 13, "#d7dadd", metal=True)


def rolls(canvas: Canvas) -> None:
    """Rolls of cloth on a rack, seen from their ends."""
    studio(canvas, "#dfe0da", "#8d7358", horizon=900)
    chance = canvas.random
    colours = [
        "#33507d",
        "#d7a13a",
        "#2f6b57",
        "#b7563a",
        "#8a97a0",
        "#e4dac4",
        "#46506a",
        "#93a06c",
        "#703f55",
        "#c9805a",
    ]
    for row, y in enumerate((250, 500, 750)):
        wood(canvas, box(-40, y + 92, 1080, 34, 3), "#a87747", angle=90, lift=8)
        for n in range(7):
            x = 60 + n * 146 + (row % 2) * 30
            r = chance.uniform(56, 70)
            middle = y + 90 - r
            colour = colours[(n * 3 + row * 4) % len(colours)]
            mask = body(
                canvas, ellipse(x, middle, r), colour, profile=(150, 134, 112), lift=5, edge=0.2
            )
            for ring in range(3, 10):
                canvas.line(
                    [*ellipse(x, middle, r * ring / 10), (x + r * ring / 10, middle)],
                    1.4,
                    darker(colour, 0.45),
                    0.5,
                    within=mask,
                )
            body(canvas, ellipse(x, middle, r * 0.25), "#b08a5c", profile=(140, 110))
            canvas.fill(canvas.area(ellipse(x, middle, r * 0.17)), "#2a1e14")
    for x in (-6, 494, 970):
        wood(canvas, box(x, -40, 36, 1100, 3), "#96693d", lift=10)


def spools(canvas: Canvas) -> None:
    """Spools of thread in the shades of the season."""
    planks(canvas, "#d9cdb8", width=420)
    colours = [
        "#33507d",
        "#d7a13a",
        "#2f6b57",
        "#b7563a",
        "#e4dac4",
        "#46506a",
        "#93a06c",
        "#703f55",
        "#c9805a",
    ]
    for n, colour in enumerate(colours):
        x, y = 210 + (n % 3) * 290, 210 + (n // 3) * 290
        ground_shadow(canvas, [ellipse(x, y, 112)], 1.6)
        body(canvas, ellipse(x, y, 116), "#e9dfcb", profile=(142, 118), edge=0.15)
        mask = body(canvas, ellipse(x, y, 104), colour, profile=(140, 128, 116), edge=0.3)
        rings = [[*ellipse(x, y, 34 + k * 3.2), (x + 34 + k * 3.2, y)] for k in range(22)]
        canvas.fill(canvas.stroke(*rings, width=1.1).within(mask), lighter(colour, 0.5), 0.5)
        body(canvas, ellipse(x, y, 34), "#d8c6a4", profile=(112, 140))
        canvas.fill(canvas.area(ellipse(x, y, 16)), "#1f1710")
        thread = smooth(
            [(x + 70, y + 76), (x + 120, y + 110), (x + 96, y + 150), (x + 160, y + 140)],
            closed=False,
        )
        canvas.shadow(canvas.stroke(thread, width=3), 3, 0.4, 2, 3)
        canvas.line(thread, 2.6, colour)


def line_of(canvas: Canvas, thing: Appliance, colours: tuple[str, ...]) -> None:
    """Fresh enamel on the line: the same thing in its colours, in two rows."""
    studio(canvas, "#d5d9da", "#9aa0a3", horizon=520)
    for row, (y, size) in enumerate(((130, 0.44), (330, 0.62))):
        for n in range(3):
            colour = colours[(n + row * 2) % len(colours)]
            with canvas.placed(20 + n * 330 - size * 190 + 130, y, size):
                draw_appliance(canvas, replace(thing, colour=colour, steams=False, base=False))


def pallet(canvas: Canvas, name: str = "WEFT", ink: str = "#2a3350") -> None:
    """Cartons on a pallet, ready for the lorry."""
    studio(canvas, "#cfd4d6", "#8f9294", horizon=730)
    contact(canvas, 500, 880, 420, depth=0.1)
    for x in (110, 440, 770):
        wood(canvas, box(x, 838, 120, 46, 3), "#a97c4b", angle=90)
    wood(canvas, box(90, 806, 820, 36, 3), "#bd9059", angle=90, lift=4)
    for row in range(3):
        y = 806 - (row + 1) * 196
        for n in range(3):
            x = 112 + n * 260
            if row == 2 and n == 2:
                continue
            front = box(x, y, 254, 194, 3)
            tone = "#c49a66" if (row + n) % 2 else "#bd925d"
            mask = body(canvas, front, tone, profile=(134, 128, 120), edge=0.12, lift=3)
            canvas.light(
                mask,
                combined(
                    canvas.grain(mask, 1, 0.06),
                    canvas.folds(mask, across=6, along=200, angle=90, strength=0.06),
                ),
            )
            tape = canvas.area(box(x + 104, y, 46, 194))
            canvas.fill(tape.within(mask), "#d8b981", 0.8)
            lettering(canvas, name, x + 60, y + 54, 30, ink, within=mask, most=92)
            label = body(canvas, box(x + 164, y + 104, 76, 66, 2), "#f4f1ea", profile=(134, 126))
            bars = [
                [(x + 172 + k * 5, y + 112), (x + 172 + k * 5, y + 136)]
                for k in range(13)
                if k % 3 != 1
            ]
            canvas.fill(canvas.stroke(*bars, width=2.4, round_ends=False).within(label), "#15181c")
            for k in range(2):
                canvas.line(
                    [(x + 172, y + 148 + k * 9), (x + 222 - k * 16, y + 148 + k * 9)], 3, "#666d74"
                )


def orchard_crates(canvas: Canvas, pack: Pack) -> None:
    """Crates of the morning's picking, stacked at the barn door."""
    studio(canvas, "#dfe6dd", "#a08a6c", horizon=640)
    for x, y, size in ((-40, 40, 0.56), (440, 40, 0.56), (-60, 330, 0.62), (210, 372, 0.68)):
        with canvas.placed(x, y, size):
            draw_pack(canvas, pack)


def sorting(canvas: Canvas, kind: str = "cherry") -> None:
    """Fruit on the sorting belt."""
    area = canvas.everything()
    canvas.fill(area, "#3c4a4f", solid=False)
    canvas.light(area, canvas.grain(area, 1, 0.05))
    belt = canvas.area(box(-100, 130, 1200, 740))
    canvas.fill(belt, "#dfe4e2")
    canvas.light(
        belt,
        combined(
            canvas.ramp(belt, (96, 132, 140, 132, 100), upright=True), canvas.grain(belt, 1, 0.04)
        ),
    )
    for x in range(-40, 1100, 60):
        canvas.line([(x, 130), (x, 870)], 3, "#b3bcbb", 0.7)
    heap(canvas, kind, -20, 1020, 160, 850, scale=1.15, gap=2.0)
    for y in (96, 872):
        body(
            canvas, box(-100, y, 1200, 40), "#b9c0c4", profile=(190, 140, 100), upright=True, lift=8
        )


def parcel(
    canvas: Canvas, colour: str = "#33507d", ink: str = "#2a3350", name: str = "WEFT"
) -> None:
    """An open parcel with tissue and a thank-you card."""
    planks(canvas, "#b9a58a", width=300)
    ground_shadow(canvas, [box(180, 190, 640, 640, 6)], 1.8)
    for flip in (False, True):
        flap = path("M 180 190 L 60 150 L 60 870 L 180 830 Z")
        cut(
            canvas,
            flipped(flap) if flip else flap,
            Fabric("#c49a66", "plain", puff=0.3),
            lift=6,
            folds=0.05,
        )
    body(canvas, box(180, 190, 640, 640, 4), "#ab8350", profile=(136, 122), edge=0.1)
    inside = canvas.area(box(204, 214, 592, 592))
    canvas.fill(inside, "#6e532f")
    for turn, shape in ((0, box(226, 240, 548, 540, 30)), (8, box(300, 300, 400, 420, 14))):
        tone = "#f6efe2" if turn == 0 else colour
        cut(
            canvas,
            turned(shape, turn * 0.4),
            Fabric(tone, "plain" if turn == 0 else "knit", puff=1),
            lift=6,
            folds=0.5 if turn == 0 else 0.2,
        )
    wing = path("M 226 240 L 520 250 L 470 780 L 226 780 Z")
    cut(canvas, wing, Fabric("#f6efe2", "plain", puff=0.6), lift=7, folds=0.5)
    card = turned(box(520, 560, 210, 140, 4), -10, (620, 630))
    mask = body(canvas, card, "#fbf7ee", profile=(134, 124), lift=7)
    lettering(canvas, name, 622, 616, 32, ink, turn=-10, within=mask)
    lettering(
        canvas, "THANK YOU FOR CHOOSING", 628, 656, 9, ink, turn=-10, within=mask, spacing=0.25
    )


SCENES: dict[str, Callable[..., None]] = {
    "cutting-table": cutting_table, "rolls": rolls, "spools": spools, "line": line_of, "pallet": pallet,
    "orchard": orchard_crates, "sorting": sorting, "parcel": parcel,
}  # fmt: skip
