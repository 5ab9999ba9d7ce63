"""Drawn pictures with all their sizes, as an upload leaves them.

Strangers' files are decoded in a limited process, seen to twice, and later. These are our own, so
whoever has drawn one makes its sizes too, in the same process and at once.
"""

import hashlib
from pathlib import Path
from typing import Any

from core.picture import probe, variants
from demo.drawing import draw

MAX_PIXELS = 64_000_000


def picture(original: Path, folder: Path, thing: draw.Thing, view: draw.View, seed: str) -> Any:
    """Draw a thing to the file `original` and its sizes to `folder`; the facts of its row."""
    return _developed(original, folder, draw.picture(thing, view, seed))


def scene(original: Path, folder: Path, name: str, seed: str, options: dict[str, object]) -> Any:
    """The same with a picture from production."""
    return _developed(original, folder, draw.scene(name, seed, **options))


def _developed(original: Path, folder: Path, data: bytes) -> dict[str, Any]:
    for one in (original.parent, folder):
        one.mkdir(parents=True, exist_ok=True)
    original.write_bytes(data)
    facts = probe(original, folder, MAX_PIXELS)
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "width": facts["width"],
        "height": facts["height"],
        "colour": facts["colour"],
        **variants(original, folder, MAX_PIXELS),
    }
