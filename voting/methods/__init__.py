"""The methods by which a round may be voted on, one module each."""

from typing import Final

from voting.methods.base import Line, Method
from voting.methods.ranked import Ranked
from voting.methods.score import Score
from voting.methods.support import Support
from voting.models import Round

METHODS: Final[dict[str, type[Method]]] = {one.name: one for one in (Support, Score, Ranked)}

__all__ = ["METHODS", "Line", "Method", "method_of"]


def method_of(round: Round) -> Method:
    """How this round is voted on, with its parameters."""
    return METHODS[round.method].of(round.parameters)
