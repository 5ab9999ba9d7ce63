"""What a group of promises consists of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from presale.models import Campaign
from presale.rules import Problem, Terms


def nothing_wrong(_terms: Terms) -> Iterable[Problem]:
    """For groups whose fields are all that can be wrong."""
    return ()


@dataclass(frozen=True)
class Group:
    """`columns` of the campaign, their words, and what is impossible about them together."""

    columns: tuple[str, ...]
    sentences: Callable[[Campaign], Iterable[str]]
    problems: Callable[[Terms], Iterable[Problem]] = nothing_wrong
