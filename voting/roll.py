"""The classes in which ballots stand in the public files: no class is a handful. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

# Classes with fewer ballots are merged with others.
FEWEST: Final = 10

GUEST, PLAIN, BUYER, HONORARY = "guest", "confirmed", "buyer", "honorary"
BOTH: Final = "buyer+honorary"
# In the list of voters alone: who voted, and is in no tally.
SET_ASIDE: Final = "set-aside"


def class_of(is_confirmed: bool, is_buyer: bool, is_honorary: bool) -> str:
    """The class of a ballot before any merging."""
    if not is_confirmed:
        return GUEST
    if is_buyer:
        return BOTH if is_honorary else BUYER
    return HONORARY if is_honorary else PLAIN


def merged(sizes: Mapping[str, int], deciding: str = "") -> dict[str, str]:
    """Where the ballots of each class stand: classes of fewer than ten go to others.

    First those who are both go to one of the two, the deciding one before the other; then what is
    still small goes to the other confirmed ballots, and if these are few, the smallest class goes
    to them. Guests stay by themselves: they are in no tally with anybody else.
    """
    into = {one: one for one in sizes if sizes[one]}

    def size(label: str) -> int:
        return sum(sizes[one] for one, under in into.items() if under == label)

    def move(label: str, to: str) -> None:
        into.update({one: to for one, under in into.items() if under == label})

    if 0 < size(BOTH) < FEWEST:
        rank = {one: (one == deciding, size(one)) for one in (HONORARY, BUYER)}
        move(BOTH, max(rank, key=lambda one: rank[one]))
    for label in (BUYER, HONORARY, BOTH):
        if 0 < size(label) < FEWEST:
            move(label, PLAIN)
    while 0 < size(PLAIN) < FEWEST and (others := set(into.values()) - {PLAIN, GUEST}):
        move(min(sorted(others), key=lambda one: (one == deciding, size(one))), PLAIN)
    return into


def whole_classes(members: Mapping[str, bool], into: Mapping[str, str]) -> list[str] | None:
    """The labels that make up a tally, or nothing if merging has mixed it with others.

    `members` says of each class whether its ballots are in the tally.
    """
    inside = {into[one] for one, is_in in members.items() if is_in and one in into}
    outside = {into[one] for one, is_in in members.items() if not is_in and one in into}
    return None if inside & outside else sorted(inside)


def sizes_of(classes: list[str]) -> dict[str, int]:
    """How many ballots each class has."""
    return dict(Counter(classes))
