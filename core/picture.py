"""Decoding of pictures that strangers sent: `python -m core.picture`, a process of its own.

It sets its own limits before it looks at the file, so that a hostile picture can at worst end
this process. It knows nothing of Django, of settings or of secrets. Two steps: `probe` says what
the file is and makes a small preview, `variants` makes all sizes. The answer is one JSON object
on stdout, either the facts or `{"error": code}` with one of `ERRORS`.
"""

import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageCms

FORMATS: Final = ["JPEG", "PNG", "WEBP", "AVIF"]
ERRORS: Final = ("not-a-picture", "too-many-pixels", "broken")
PREVIEW_WIDTH: Final = 320
# The largest is only for looking closely, so one format is enough for it.
SIZES: Final = {
    1920: ("webp",),
    1280: ("avif", "webp"),
    # What a telephone wants across its whole width.
    960: ("avif", "webp"),
    640: ("avif", "webp"),
    320: ("avif", "webp"),
}
# A variant is at most this many times as high as wide; beyond that it becomes narrower.
TALLEST: Final = 3
# Measured on the demo's pictures: as large as with quality 60 and speed 8, in a third of the time.
SAVE: Final[dict[str, dict[str, Any]]] = {
    "webp": {"format": "WEBP", "quality": 80, "method": 2},
    "avif": {"format": "AVIF", "quality": 58, "speed": 9, "max_threads": 1},
}
MEMORY: Final = 1280 * 1024 * 1024
CPU_SECONDS: Final = 60
FILE_BYTES: Final = 32 * 1024 * 1024

# How to turn a picture upright, by the EXIF orientation it came with.
UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unfit(Exception):
    """The file cannot be used; the message is one of `ERRORS`."""


def main(arguments: list[str]) -> int:
    """`probe FILE FOLDER MAX_PIXELS` or `variants FILE FOLDER MAX_PIXELS`."""
    limit_this_process()
    step, source, folder, max_pixels = arguments
    run = {"probe": probe, "variants": variants}[step]
    try:
        answer = run(Path(source), Path(folder), int(max_pixels))
    except Unfit as reason:
        answer = {"error": str(reason)}
    json.dump(answer, sys.stdout)
    return 0


def limit_this_process() -> None:
    """Bound memory, processor time and file size; no core dumps."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def probe(source: Path, folder: Path, max_pixels: int) -> dict[str, Any]:
    """Format by content, upright size, average colour, and a preview in `folder`.

    Decodes the whole file (a JPEG at reduced scale), so a truncated one is found here.
    """
    image = opened(source, max_pixels)
    width, height = upright_size(image)
    kind = "JPEG" if image.format == "MPO" else image.format
    preview = shrunk(decoded(image, 2 * PREVIEW_WIDTH), PREVIEW_WIDTH)
    return {
        "format": kind,
        "width": width,
        "height": height,
        "colour": average_colour(preview),
        "variants": [saved(preview, "webp", folder)],
    }


def variants(source: Path, folder: Path, max_pixels: int) -> dict[str, Any]:
    """Every size in its formats, the larger feeding the smaller."""
    image = decoded(opened(source, max_pixels), max(SIZES))
    made = []
    for width, formats in SIZES.items():
        # A small picture is not blown up: one size shows it in full, those above are left out.
        if whole_below(image, width):
            continue
        image = shrunk(image, width)
        made += [saved(image, fmt, folder) for fmt in formats]
    return {"variants": made}


def whole_below(image: Image.Image, width: int) -> bool:
    """Whether the next smaller size already shows every pixel."""
    below = max((size for size in SIZES if size < width), default=0)
    return below > 0 and box(image.size, below) == image.size


def opened(source: Path, max_pixels: int) -> Image.Image:
    """The file as a picture of an accepted format and size, not yet decoded."""
    Image.MAX_IMAGE_PIXELS = None  # the limit below is ours and has no grey zone
    try:
        image = Image.open(source, formats=FORMATS)
    except MemoryError:
        raise Unfit("too-many-pixels") from None
    except Exception:
        raise Unfit("broken" if has_known_head(source) else "not-a-picture") from None
    if image.width * image.height > max_pixels:
        raise Unfit("too-many-pixels")
    return image


def has_known_head(source: Path) -> bool:
    """Whether the file begins like a picture of an accepted format."""
    with source.open("rb") as file:
        head = file.read(16)
    riff = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    avif = head[4:12] in (b"ftypavif", b"ftypavis")
    return riff or avif or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 where there is none or it makes no sense."""
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if value in range(1, 9) else 1


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height as people see it."""
    width, height = image.size
    return (height, width) if orientation(image) >= 5 else (width, height)


def decoded(image: Image.Image, width: int) -> Image.Image:
    """Upright pixels in sRGB (RGB or RGBA), `width` wide where the file is larger."""
    turn = orientation(image)
    profile = image.info.get("icc_profile")
    target = box(upright_size(image), width)
    target = target[::-1] if turn >= 5 else target
    try:
        image.draft(None, target)
        image.load()
        pixels = plain(image)
        if pixels.width > target[0]:
            pixels = pixels.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
        pixels = in_srgb(pixels, profile)
    except MemoryError:
        raise Unfit("too-many-pixels") from None
    except Exception:
        raise Unfit("broken") from None
    return pixels.transpose(UPRIGHT[turn]) if turn in UPRIGHT else pixels


def plain(image: Image.Image) -> Image.Image:
    """The same pixels with eight bits a channel and no palette: L, RGB, RGBA or CMYK."""
    mode = image.mode
    if mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or mode in ("LA", "PA", "La", "RGBa"):
        return image.convert("RGBA")
    if mode in ("RGB", "RGBA", "L", "CMYK"):
        return image
    return image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as a browser means them without a profile. A broken profile is left aside."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    if profile:
        try:
            source, target = io.BytesIO(profile), ImageCms.createProfile("sRGB")
            colours = (
                ImageCms.profileToProfile(colours, source, target, outputMode="RGB") or colours
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            profile = None
    colours = colours if colours.mode == "RGB" else colours.convert("RGB")
    if alpha and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def box(size: tuple[int, int], width: int) -> tuple[int, int]:
    """The largest size of the same shape within `width` and `TALLEST` times that."""
    scale = min(1.0, width / size[0], width * TALLEST / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrunk(image: Image.Image, width: int) -> Image.Image:
    """The picture at most `width` wide."""
    size = box(image.size, width)
    if size == image.size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def average_colour(image: Image.Image) -> str:
    """Such as `#8899aa`; what is transparent does not count."""
    pixel = image.resize((1, 1), Image.Resampling.BOX).convert("RGB").getpixel((0, 0))
    return "#{:02x}{:02x}{:02x}".format(*pixel)  # type: ignore[misc]


def saved(image: Image.Image, fmt: str, folder: Path) -> dict[str, Any]:
    """Write one variant without any metadata; it appears under its name only when complete."""
    # The encoders copy profiles and EXIF from here.
    image.info = {}
    path = folder / f"{image.width}.{fmt}"
    part = path.with_suffix(f".{os.getpid()}.part")
    image.save(part, **SAVE[fmt])
    os.replace(part, path)
    return {
        "format": fmt,
        "width": image.width,
        "height": image.height,
        "bytes": path.stat().st_size,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
