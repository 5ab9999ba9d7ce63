"""What a page shows of the reader's own ballot as a whole: votes left, drafts scored, the order."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from voting.marks import Marks
from voting.methods import Method, method_of
from voting.models import Entry, Round
from voting.queries import entries_of, entries_with_designs

# Where a press comes from that is answered with the own ballot, and returns to it.
PLACE = "own"


@dataclass(frozen=True)
class OwnBallot:
    """The ballot while the round is open and the reader may vote."""

    method: Method
    template: str
    action: str
    said: int
    left: int
    drafts: int
    numbers: range
    # Asked for by those templates that show drafts: key, value and entry.
    entries: Callable[[], list[tuple[str, int, Entry]]]


def own_ballot(round: Round, marks: Marks) -> OwnBallot | None:
    """What the ballot says by the method of its round, where that shows something of it."""
    method = method_of(round)
    if not method.own:
        return None
    said = method.said(marks)

    def entries() -> list[tuple[str, int, Entry]]:
        found = entries_with_designs(round).in_bulk([entry for entry, _value in said])
        return [(str(pk), value, found[pk]) for pk, value in said]

    return OwnBallot(
        method=method,
        template=method.own,
        action=f"{reverse('voting:ballot', args=[round.pk])}?at={PLACE}",
        said=len(said),
        left=method.left(len(said)),
        drafts=entries_of(round).count(),
        numbers=range(1, len(said) + 1),
        entries=entries,
    )
