"""Pictures made for tests: real files of every accepted kind, and hostile ones."""

import io
import struct
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (30, 60, 200), (240, 240, 240)


def scene(width: int = 1600, height: int = 1200) -> Image.Image:
    """Four corners in four colours (red, green / blue, white), so that every turn shows."""
    image = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, width // 2, height // 2], RED)
    draw.rectangle([width // 2, 0, width, height // 2], GREEN)
    draw.rectangle([0, height // 2, width // 2, height], BLUE)
    return image


def encoded(image: Image.Image, fmt: str, **options: Any) -> bytes:
    """The file as bytes."""
    out = io.BytesIO()
    image.save(out, fmt, **options)
    return out.getvalue()


def jpeg(width: int = 1600, height: int = 1200, **options: Any) -> bytes:
    """A JPEG of the scene."""
    return encoded(scene(width, height), "JPEG", **options)


def turned_jpeg(orientation: int, width: int = 1600, height: int = 1200) -> bytes:
    """A JPEG whose pixels lie so that its EXIF orientation brings the scene upright; with GPS."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = scene(width, height)
    image = image.transpose(back[orientation]) if orientation in back else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    return encoded(image, "JPEG", exif=exif, quality=92)


def png_bomb(side: int = 20_000) -> bytes:
    """A PNG of a few dozen bytes that declares `side` x `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_bomb() -> bytes:
    """A WebP of a few dozen bytes that declares 16,384 x 16,384 pixels and an animation."""
    side = (16_383).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + bytes([0x02, 0, 0, 0]) + side + side
    body += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """The bytes as a form would send them."""
    return SimpleUploadedFile(name, content, "image/jpeg")
