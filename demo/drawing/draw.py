"""From a description of a thing to a file: the view, the backdrop, the format."""

import functools
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from demo.drawing import backdrop, scenes
from demo.drawing.appliances import Appliance, draw_appliance
from demo.drawing.canvas import Camera, Canvas
from demo.drawing.fruit import FROM_ABOVE, Pack, draw_pack
from demo.drawing.others import (
    Bag,
    Cap,
    Dress,
    Trousers,
    draw_bag,
    draw_cap,
    draw_dress,
    draw_trousers,
)
from demo.drawing.tops import Top, draw_top

Thing = Top | Trousers | Dress | Bag | Cap | Appliance | Pack
DRAWN_BY: dict[type, Callable[..., None]] = {
    Top: draw_top,
    Trousers: draw_trousers,
    Dress: draw_dress,
    Bag: draw_bag,
    Cap: draw_cap,
    Appliance: draw_appliance,
    Pack: draw_pack,
}


@dataclass(frozen=True)
class View:
    """How a thing is photographed: backdrop colours, camera, size and file format."""

    ground: str = "#e6e0d6"
    table: str = ""
    camera: Camera | None = None
    width: int = 1280
    height: int = 1280
    cut_out: bool = False


@functools.singledispatch
def front(thing: Thing) -> Camera:
    """The camera that shows the whole thing."""
    return Camera(500, 500, 1.1)


@front.register
def _(thing: Top) -> Camera:
    t = thing.torso
    high = t.top - (130 if thing.collar == "hood" else 96 if thing.collar == "roll" else 40)
    low = max(t.bottom, t.top + t.drop + t.sleeve) + 20
    widest = 2 * (t.shoulder + t.sleeve * 0.26 + t.cuff) if t.sleeve > 300 else 640
    return Camera(500, (high + low) / 2, min(880 / (low - high), 860 / widest))


@front.register
def _(thing: Dress) -> Camera:
    t = thing.top.torso
    high, low = t.top - 30, t.bottom + thing.length + 30
    return Camera(500, (high + low) / 2, 900 / (low - high))


@front.register
def _(thing: Trousers) -> Camera:
    return Camera(500, 150 + thing.length / 2, min(1.3, 880 / thing.length))


@front.register
def _(thing: Appliance) -> Camera:
    high = {"gooseneck": 400, "stovetop": 270, "tall-kettle": 290, "drip": 190, "moka": 220}
    top = high.get(thing.kind, {"rice": 320, "toaster": 280, "pour-over": 130}.get(thing.kind, 190))
    return Camera(490, (top + 830) / 2 + 10, min(1.45, 780 / (850 - top)))


@front.register
def _(thing: Pack) -> Camera:
    if thing.kind in FROM_ABOVE:
        return Camera(500, 510, 1.0)
    return Camera(
        500,
        500 if thing.kind in ("basket", "net") else 580,
        1.05 if thing.kind in ("basket", "net") else 1.22,
    )


def picture(thing: Thing, view: View, seed: str) -> bytes:
    """The file of a picture: PNG where it is cut out, JPEG otherwise."""
    camera = view.camera or front(thing)
    canvas = Canvas(
        view.width, view.height, camera, zlib.crc32(seed.encode()), cut_out=view.cut_out
    )
    if isinstance(thing, Pack) and thing.kind in FROM_ABOVE:
        backdrop.planks(canvas, view.ground)
    elif view.table:
        backdrop.studio(
            canvas, view.ground, view.table, horizon=690 if isinstance(thing, Pack) else 660
        )
    else:
        backdrop.paper(canvas, view.ground)
    DRAWN_BY[type(thing)](canvas, thing)
    return encoded(canvas.finished())


def scene(name: str, seed: str, /, **options: object) -> bytes:
    """The file of a picture from production, 4 to 3."""
    canvas = Canvas(1280, 960, Camera(500, 500, 1.24), zlib.crc32(seed.encode()))
    scenes.SCENES[name](canvas, **options)
    return encoded(canvas.finished())


def encoded(image: Image.Image) -> bytes:
    """PNG for pictures with transparency, JPEG for all others."""
    file = io.BytesIO()
    if image.mode == "RGBA":
        image.save(file, "PNG", compress_level=3)
    else:
        image.save(file, "JPEG", quality=91, subsampling=0)
    return file.getvalue()
