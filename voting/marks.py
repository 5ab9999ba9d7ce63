"""What a ballot says about one entry."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Mark:
    """What the round's method asks for, and "would buy" with its option and the highest price.

    By the method a mark has support, a score or a rank, never two of them; "would buy" stands
    beside it, or alone.
    """

    supports: bool = False
    would_buy: bool = False
    options: dict[str, str] = field(default_factory=dict)
    cap_minor: int | None = None
    score: int | None = None
    rank: int | None = None

    @property
    def says_something(self) -> bool:
        """A mark that says nothing is no row."""
        return self.is_marked or self.would_buy

    @property
    def is_marked(self) -> bool:
        """Whether it says something by the method of its round."""
        return self.supports or self.score is not None or self.rank is not None


Marks = dict[int, Mark]
SILENT: Final = Mark()
