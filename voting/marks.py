"""What a ballot says about one entry."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Mark:
    """Support, and "would buy" with its option and the highest price; either may be alone."""

    supports: bool = False
    would_buy: bool = False
    options: dict[str, str] = field(default_factory=dict)
    cap_minor: int | None = None

    @property
    def says_something(self) -> bool:
        """A mark that says nothing is no row."""
        return self.supports or self.would_buy


Marks = dict[int, Mark]
SILENT: Final = Mark()
