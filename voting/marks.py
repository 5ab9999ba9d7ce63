"""What a ballot says about one entry, or about two of them."""

from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True)
class Mark:
    """What the round's method asks for, and "would buy" with its option and the highest price.

    By the method a mark has support, a score, a rank or an answer, never two of them; "would buy"
    stands beside it, or alone; beside an answer never: that is about a pair.
    """

    supports: bool = False
    would_buy: bool = False
    options: dict[str, str] = field(default_factory=dict)
    cap_minor: int | None = None
    score: int | None = None
    rank: int | None = None
    answer: int | None = None

    @property
    def says_something(self) -> bool:
        """A mark that says nothing is no row."""
        return self.is_marked or self.would_buy

    @property
    def is_marked(self) -> bool:
        """Whether it says something by the method of its round."""
        said = self.score, self.rank, self.answer
        return self.supports or any(one is not None for one in said)


# An entry, or a pair of them, the smaller key first; a look at one entry is its pair with itself.
Key = Any
Marks = dict[Key, Mark]
SILENT: Final = Mark()


def pair_of(one: int, other: int) -> tuple[int, int]:
    """The key of a pair, the same whichever of the two was named first."""
    return (one, other) if one <= other else (other, one)


def place_of(key: Key) -> tuple[int, ...]:
    """Where a mark stands among others, whatever it is about."""
    return key if isinstance(key, tuple) else (key,)
