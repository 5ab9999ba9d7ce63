"""The methods by which a round may be voted on, one module each."""

import re
from typing import Any, Final

from voting.methods.base import YES_OR_NO, Line, Method
from voting.methods.pairwise import Pairwise
from voting.methods.ranked import Ranked
from voting.methods.score import Score
from voting.methods.support import Support
from voting.models import Round

METHODS: Final[dict[str, type[Method]]] = {
    one.name: one for one in (Support, Score, Ranked, Pairwise)
}

__all__ = ["METHODS", "Line", "Method", "method_of", "read_press"]
WOULD_BUY: Final = "would_buy"
PRESS: Final = re.compile(r"([0-9]{1,15}) ([a-z_]{1,12}) ([0-9]{1,4})", re.ASCII)


def method_of(round: Round) -> Method:
    """How this round is voted on, with its parameters."""
    return METHODS[round.method].of(round.parameters)


def read_press(text: str) -> tuple[int, str, dict[str, Any]]:
    """What `12 supports 1`, `12 score 4` or `12 rank 2` says: entry, part, fields of a `Change`.

    Raises `ValueError`. Whether the round is voted on in that way, its own method says.
    """
    match = PRESS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    entry, part, value = match.groups()
    try:
        if part == WOULD_BUY:
            return int(entry), part, {part: YES_OR_NO[value]}
        return int(entry), part, _PARTS[part].read(value)
    except KeyError as error:
        raise ValueError(text) from error


# What a press means hangs on the method alone, not on the parameters of a round.
_PARTS: Final[dict[str, Method]] = {one.part: one() for one in METHODS.values()}
