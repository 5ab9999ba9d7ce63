"""What stands behind a product: paper, wood, a table, a wall."""

from PIL import Image

from demo.drawing.canvas import Canvas, combined, darker, lighter
from demo.drawing.paths import box, ellipse


def paper(canvas: Canvas, colour: str) -> None:
    """Tinted paper from above, brighter at the upper left, with a fine tooth."""
    area = canvas.everything()
    canvas.fill(area, colour, solid=False)
    small = Image.new("L", (3, 3))
    small.putdata([150, 140, 128, 142, 132, 118, 128, 118, 104])
    light = small.resize(area.size, Image.Resampling.BICUBIC, box=(0.5, 0.5, 2.5, 2.5))
    canvas.light(area, combined(light, canvas.grain(area, 0.8, 0.05), canvas.grain(area, 2, 0.03)))


def studio(canvas: Canvas, wall: str, table: str, horizon: float = 640) -> None:
    """A wall and a table top meeting in a soft line; a pool of light behind the product."""
    area = canvas.everything()
    canvas.fill(area, wall, solid=False)
    pool = canvas.area(ellipse(470, 380, 420, 330))
    canvas.fill(canvas.blurred(pool, 110), lighter(wall, 0.75), 0.75, solid=False)
    floor = canvas.area(box(-600, horizon, 2200, 1200))
    canvas.fill(canvas.blurred(floor, 4), table, solid=False)
    canvas.light(floor, combined(canvas.ramp(floor, [120, 138, 132, 120, 108], upright=True)))
    pool = canvas.area(ellipse(450, horizon + 150, 460, 110))
    canvas.fill(canvas.blurred(pool, 70), lighter(table, 0.6), 0.55, solid=False)
    canvas.light(area, canvas.grain(area, 0.8, 0.045))


def planks(canvas: Canvas, colour: str, *, width: float = 250, upright: bool = False) -> None:
    """Wooden boards seen from above."""
    area = canvas.everything()
    canvas.fill(area, colour, solid=False)
    chance = canvas.random
    position = -520 + chance.uniform(0, width)
    while position < 1600:
        board = (
            box(position, -500, width - 3, 2000)
            if upright
            else box(-500, position, 2000, width - 3)
        )
        mask = canvas.area(board)
        tone = chance.uniform(-0.14, 0.14)
        canvas.fill(mask, lighter(colour, tone) if tone > 0 else darker(colour, -tone), solid=False)
        angle = 0 if upright else 90
        canvas.light(
            mask,
            combined(
                canvas.folds(mask, across=4, along=420, angle=angle, strength=0.1),
                canvas.folds(mask, across=20, along=700, angle=angle, strength=0.13),
                canvas.grain(mask, 1.2, 0.06),
            ),
        )
        edge = [board[3], board[2]] if not upright else [board[1], board[2]]
        canvas.line(edge, 3.2, darker(colour, 0.75), 0.8)
        position += width
    small = Image.new("L", (2, 2))
    small.putdata([152, 126, 126, 98])
    canvas.light(area, small.resize(area.size, Image.Resampling.BILINEAR, box=(0.5, 0.5, 1.5, 1.5)))
