"""The shapes of the demo's content."""

from dataclasses import dataclass, field

from demo.drawing.canvas import Camera
from demo.drawing.draw import Thing, View

Remark = tuple[str, str]


@dataclass(frozen=True)
class Draft:
    """A design with its pictures. `pull` is how much voters like it, 1 for the average."""

    key: str
    title: str
    text: str
    by: str
    thing: Thing
    alt: str
    view: View = field(default_factory=View)
    detail: Camera | None = None
    detail_alt: str = ""
    revised: Thing | None = None
    changed: str = ""
    pull: float = 1.0
    said: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Call:
    """A brief with its drafts."""

    key: str
    title: str
    body: str
    royalty: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    drafts: tuple[Draft, ...]
    open_to_all: bool = True
