"""A canvas seen through a camera: anti-aliased masks, light, textures, shadows.

Everything is given in units of the drawing (1000 across the shorter side); the camera decides
how many pixels that is, so that a detail view is the same drawing seen from nearer.
"""

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from demo.drawing.paths import Point, along

OVERSAMPLING = 3
# Masks may reach this far beyond the picture, so that blurs do not show its border.
MARGIN = 140
RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Camera:
    """Where one looks at the drawing."""

    x: float = 500
    y: float = 500
    zoom: float = 1
    angle: float = 0


@dataclass
class Mask:
    """An area of the canvas with soft borders; `x`, `y` is the place of its corner, in pixels."""

    x: int
    y: int
    image: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def times(self, strength: float) -> "Mask":
        """The same area, fainter."""
        return Mask(self.x, self.y, self.image.point(lambda v: int(v * strength)))

    def inverted(self) -> "Mask":
        """What of its own rectangle the area leaves out."""
        return Mask(self.x, self.y, ImageChops.invert(self.image))

    def within(self, other: "Mask") -> "Mask":
        """What both areas share, in the rectangle of `other`."""
        return Mask(other.x, other.y, ImageChops.multiply(self.onto(other), other.image))

    def without(self, other: "Mask") -> "Mask":
        """This area without the other."""
        taken = ImageChops.invert(other.onto(self))
        return Mask(self.x, self.y, ImageChops.multiply(self.image, taken))

    def onto(self, other: "Mask", outside: int = 0) -> Image.Image:
        """This area's values in the rectangle of `other`."""
        values = Image.new("L", other.size, outside)
        values.paste(self.image, (self.x - other.x, self.y - other.y))
        return values


def rgb(colour: str | RGB) -> RGB:
    """A colour as three numbers."""
    return ImageColor.getrgb(colour)[:3] if isinstance(colour, str) else colour


def mix(a: str | RGB, b: str | RGB, part: float) -> RGB:
    """A colour between two: `part` 0 is the first, 1 the second."""
    return tuple(round(p + (q - p) * part) for p, q in zip(rgb(a), rgb(b), strict=True))  # type: ignore[return-value]


def darker(colour: str | RGB, part: float) -> RGB:
    """The colour in shade: towards a deep blue-violet rather than towards black."""
    return mix(colour, (18, 14, 34), part)


def lighter(colour: str | RGB, part: float) -> RGB:
    """The colour in light: towards a warm white."""
    return mix(colour, (255, 251, 242), part)


def dark(colour: str | RGB, part: float) -> str:
    """`darker`, as text."""
    return named(darker(colour, part))


def light(colour: str | RGB, part: float) -> str:
    """`lighter`, as text."""
    return named(lighter(colour, part))


def named(colour: RGB) -> str:
    """A colour as `#c0ffee`."""
    return "#" + bytes(colour).hex()


class Canvas:
    """A picture being drawn."""

    def __init__(
        self, width: int, height: int, camera: Camera, seed: int, *, cut_out: bool = False
    ) -> None:
        self.width, self.height = width, height
        self._look(camera)
        self.random = random.Random(seed)
        self.image = Image.new("RGB", (width, height), "white")
        # Where something solid was drawn; nobody else asks for it, and it takes its time.
        self.coverage = Image.new("L", (width, height), 0) if cut_out else None

    # -- places ------------------------------------------------------------------------------
    def pixel(self, point: Point) -> Point:
        """Where a point of the drawing is on the picture."""
        x, y = point[0] - self.camera.x, point[1] - self.camera.y
        return (
            self.width / 2 + x * self._cos - y * self._sin,
            self.height / 2 + x * self._sin + y * self._cos,
        )

    @contextmanager
    def placed(self, x: float, y: float, size: float) -> Iterator[None]:
        """Draw smaller or larger for a while, with the drawing's corner at a point."""
        camera = self.camera
        self._look(
            Camera((camera.x - x) / size, (camera.y - y) / size, camera.zoom * size, camera.angle)
        )
        yield
        self._look(camera)

    def _look(self, camera: Camera) -> None:
        self.camera = camera
        self.scale = min(self.width, self.height) / 1000 * camera.zoom
        self._cos = math.cos(math.radians(camera.angle)) * self.scale
        self._sin = math.sin(math.radians(camera.angle)) * self.scale

    # -- areas -------------------------------------------------------------------------------
    def area(self, *outlines: Sequence[Point], holes: Sequence[Sequence[Point]] = ()) -> Mask:
        """The area inside the outlines, without the holes."""
        shapes = [[self.pixel(p) for p in outline] for outline in outlines]
        mask, draw = self._blank(shapes, 2)
        for shape in shapes:
            draw.polygon(self._fine(shape, mask), fill=255)
        for hole in holes:
            draw.polygon(self._fine([self.pixel(p) for p in hole], mask), fill=0)
        return self._settled(mask)

    def stroke(self, *lines: Sequence[Point], width: float, round_ends: bool = True) -> Mask:
        """The area of lines of that width."""
        shapes = [[self.pixel(p) for p in line] for line in lines]
        thick = max(width * self.scale, 0.7)
        mask, draw = self._blank(shapes, thick / 2 + 2)
        for shape in shapes:
            fine = self._fine(shape, mask)
            draw.line(fine, fill=255, width=max(round(thick * OVERSAMPLING), 1), joint="curve")
            if round_ends and thick > 2:
                r = thick * OVERSAMPLING / 2
                for x, y in (fine[0], fine[-1]):
                    draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        return self._settled(mask)

    def everything(self) -> Mask:
        """The whole picture."""
        return Mask(0, 0, Image.new("L", (self.width, self.height), 255))

    def blurred(self, mask: Mask, radius: float, dx: float = 0, dy: float = 0) -> Mask:
        """The area with its border blurred over `radius` units, and moved."""
        r = radius * self.scale
        pad = int(r * 2.4) + 2
        step = max(1, int(r / 3))
        width, height = mask.size[0] + 2 * pad, mask.size[1] + 2 * pad
        small = Image.new("L", (width, height))
        small.paste(mask.image, (pad, pad))
        if step > 1:
            small = small.resize(
                (max(width // step, 1), max(height // step, 1)), Image.Resampling.BOX
            )
        small = small.filter(ImageFilter.GaussianBlur(r / step))
        if step > 1:
            small = small.resize((width, height), Image.Resampling.BILINEAR)
        # The light does not turn with the camera: shadows fall the same way in every view.
        return Mask(
            mask.x - pad + round(dx * self.scale), mask.y - pad + round(dy * self.scale), small
        )

    def _blank(self, shapes: list[list[Point]], pad: float) -> tuple[Mask, ImageDraw.ImageDraw]:
        xs = [x for shape in shapes for x, _ in shape]
        ys = [y for shape in shapes for _, y in shape]
        x0, x1 = (
            int(min(max(v, -MARGIN), self.width + MARGIN)) for v in (min(xs) - pad, max(xs) + pad)
        )
        y0, y1 = (
            int(min(max(v, -MARGIN), self.height + MARGIN)) for v in (min(ys) - pad, max(ys) + pad)
        )
        size = (max(x1 - x0, 1) * OVERSAMPLING, max(y1 - y0, 1) * OVERSAMPLING)
        image = Image.new("L", size)
        return Mask(x0, y0, image), ImageDraw.Draw(image)

    def _fine(self, shape: list[Point], mask: Mask) -> list[Point]:
        return [((x - mask.x) * OVERSAMPLING, (y - mask.y) * OVERSAMPLING) for x, y in shape]

    def _settled(self, mask: Mask) -> Mask:
        return Mask(mask.x, mask.y, mask.image.reduce(OVERSAMPLING))

    # -- colour ------------------------------------------------------------------------------
    def fill(
        self, mask: Mask, colour: str | RGB | Image.Image, opacity: float = 1, *, solid: bool = True
    ) -> None:
        """Colour an area; `solid=False` for shadows and light, which a cut-out leaves away."""
        if opacity < 1:
            mask = mask.times(opacity)
        paint = rgb(colour) if not isinstance(colour, Image.Image) else colour
        if isinstance(paint, Image.Image):
            self.image.paste(paint, (mask.x, mask.y), mask.image)
        else:
            box = (mask.x, mask.y, mask.x + mask.size[0], mask.y + mask.size[1])
            self.image.paste(paint, box, mask.image)
        if solid and self.coverage:
            self.coverage.paste(
                255, (mask.x, mask.y, mask.x + mask.size[0], mask.y + mask.size[1]), mask.image
            )

    def light(self, mask: Mask, values: Image.Image) -> None:
        """Lighten and darken an area by a map of its rectangle, in which 128 changes nothing."""
        box = (mask.x, mask.y, mask.x + mask.size[0], mask.y + mask.size[1])
        # Shade is a little blue, light a little warm, as under a studio's soft box.
        tint = Image.merge(
            "RGB",
            (
                values.point(lambda v: v if v < 128 else min(255, round(128 + (v - 128) * 1.06))),
                values,
                values.point(lambda v: round(128 + (v - 128) * 0.88)),
            ),
        )
        below = Image.new("RGB", mask.size)
        below.paste(self.image.crop(box))
        lit = ImageChops.hard_light(below, tint)
        self.image.paste(lit, (mask.x, mask.y), mask.image)

    def shadow(
        self,
        mask: Mask,
        radius: float,
        opacity: float,
        dx: float = 0,
        dy: float = 0,
        colour: str | RGB = "#14101f",
    ) -> None:
        """A shadow of the area on what is there already."""
        self.fill(self.blurred(mask, radius, dx, dy), colour, opacity, solid=False)

    # -- maps of light -----------------------------------------------------------------------
    def relief(self, mask: Mask, radius: float, strength: float, edge: float = 0.3) -> Image.Image:
        """The light on an area bulging like a cushion: lit from the upper left, dark at the edge."""
        soft = self.blurred(mask, radius).onto(mask)
        r = max(2, round(radius * self.scale * 0.5))
        towards = Mask(mask.x, mask.y, soft)
        ahead = Mask(mask.x - r, mask.y - r, soft).onto(towards, 0)
        behind = Mask(mask.x + r, mask.y + r, soft).onto(towards, 0)
        slope = ImageChops.subtract(ahead, behind, scale=2 / strength, offset=128)
        # `soft` is half at the border and full inside: what is missing darkens the edge.
        rim = soft.point(lambda v: round((v - 255) * edge + 128) if v < 255 else 128)
        return ImageChops.add(slope, rim, offset=-128)

    def folds(
        self, mask: Mask, *, across: float, along: float, angle: float, strength: float
    ) -> Image.Image:
        """Soft folds of cloth: blobs of light, stretched along an angle (0 is upright)."""
        w, h = mask.size
        reach = int(math.hypot(w, h)) + 4
        nx = max(3, int(reach / (across * self.scale)) + 2)
        ny = max(3, int(reach / (along * self.scale)) + 2)
        noise = Image.frombytes("L", (nx, ny), self.random.randbytes(nx * ny))
        field = noise.resize((reach // 4 + 1, reach // 4 + 1), Image.Resampling.BICUBIC)
        field = field.rotate(-angle - self.camera.angle, Image.Resampling.BILINEAR)
        field = field.resize((reach, reach), Image.Resampling.BILINEAR)
        x, y = (reach - w) // 2, (reach - h) // 2
        field = field.crop((x, y, x + w, y + h))
        return field.point(lambda v: round(128 + (v - 128) * strength))

    def grain(self, mask: Mask, size: float, strength: float) -> Image.Image:
        """Fine irregular grain of about `size` units."""
        step = max(size * self.scale, 1)
        w, h = (max(2, int(v / step)) for v in mask.size)
        noise = Image.frombytes("L", (w, h), self.random.randbytes(w * h))
        noise = noise.point(lambda v: round(128 + (v - 128) * strength))
        return (
            noise if noise.size == mask.size else noise.resize(mask.size, Image.Resampling.BICUBIC)
        )

    def tiled(self, mask: Mask, tile: Image.Image, width: float, strength: float) -> Image.Image:
        """A texture repeated over the rectangle; `width` is one tile's width in units."""
        w = max(2, round(width * self.scale))
        h = max(2, round(w * tile.height / tile.width))
        small = tile.resize((w, h), Image.Resampling.BICUBIC)
        row = Image.new("L", (mask.size[0] + w, h))
        for x in range(0, row.width, w):
            row.paste(small, (x, 0))
        field = Image.new("L", mask.size)
        # Starting at the origin of the drawing keeps the texture from jumping between pieces.
        for y in range(-(mask.y % h), mask.size[1], h):
            field.paste(row, (-(mask.x % w), y))
        return field.point(lambda v: round(128 + (v - 128) * strength))

    def ramp(self, mask: Mask, stops: Sequence[int], *, upright: bool = False) -> Image.Image:
        """Light changing across the rectangle through evenly spaced values; `upright`: downwards."""
        strip = Image.new("L", (len(stops), 1))
        strip.putdata(list(stops))
        if upright:
            strip = strip.transpose(Image.Transpose.ROTATE_270)
        w, h = strip.size
        inner = (0.5, 0, w - 0.5, h) if not upright else (0, 0.5, w, h - 0.5)
        return strip.resize(mask.size, Image.Resampling.BICUBIC, box=inner)

    # -- small things ------------------------------------------------------------------------
    def line(
        self,
        points: Sequence[Point],
        width: float,
        colour: str | RGB,
        opacity: float = 1,
        blur: float = 0,
        within: Mask | None = None,
    ) -> None:
        """Draw a line, blurred or kept within an area if wanted."""
        mask = self.stroke(points, width=width)
        if blur:
            mask = self.blurred(mask, blur)
        self.fill(mask.within(within) if within else mask, colour, opacity, solid=not blur)

    def stitches(
        self,
        points: Sequence[Point],
        colour: str | RGB,
        *,
        length: float = 6,
        gap: float = 4,
        width: float = 1.7,
        opacity: float = 0.95,
    ) -> None:
        """A seam of single stitches, each with its small shadow."""
        half = length / 2
        dashes = [
            [
                (x - math.cos(a) * half, y - math.sin(a) * half),
                (x + math.cos(a) * half, y + math.sin(a) * half),
            ]
            for (x, y), a in along(points, length + gap, start=half)
        ]
        if not dashes:
            return
        mask = self.stroke(*dashes, width=width, round_ends=False)
        shifted = Mask(
            mask.x + max(1, round(self.scale)), mask.y + max(1, round(self.scale)), mask.image
        )
        self.fill(shifted, "#120c1c", 0.35)
        self.fill(mask, colour, opacity)

    def finished(self) -> Image.Image:
        """The picture; cut out, it is transparent where nothing solid was drawn."""
        if not self.coverage:
            return self.image
        picture = self.image.copy()
        picture.putalpha(self.coverage)
        return picture


def combined(*maps: Image.Image) -> Image.Image:
    """Several maps of light in one."""
    first, *others = maps
    for other in others:
        first = ImageChops.add(first, other, offset=-128)
    return first
