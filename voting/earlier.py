"""Choices of an earlier round on drafts that compete again: who is asked, and who has not answered.

Ballots belong to a revision and a round: nothing goes over by itself. Whoever chose a draft in the
last counted round before is asked whether that still goes; to keep it is an ordinary choice here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from fans.models import Voter
from voting import queries
from voting.marks import Mark, Marks
from voting.models import Ballot, Choice, EarlierWithdrawn, Entry, Round


@dataclass(frozen=True)
class Question:
    """One choice of an earlier round about which its voter is asked."""

    entry: Entry
    earlier: Entry
    mark: Mark
    may_keep: bool

    @property
    def is_revised(self) -> bool:
        """Whether another revision competes now."""
        return self.entry.revision_id != self.earlier.revision_id


def questions(round: Round, voter: Voter | None, marks: Marks) -> list[Question]:
    """What this voter has not said yet; `marks` are the choices in the round itself."""
    if voter is None or voter.pk is None or not round.is_open:
        return []
    entries = queries.entries_with_designs(round).filter(earlier__isnull=False)
    open_ones = entries.exclude(pk__in=list(marks)).exclude(withdrawn__voter=voter)
    by_earlier = {
        one.earlier_id: one
        for one in open_ones.select_related("earlier__round", "earlier__revision")
    }
    said = Choice.objects.filter(
        entry__in=list(by_earlier), ballot__voter=voter, ballot__is_live=True
    )
    # By their places, where they have any: so they are put into the new order one after the other.
    ranked = said.order_by("rank", "entry")
    return [_question(round, by_earlier[one.entry_id], one.mark) for one in ranked]


def _question(round: Round, entry: Entry, mark: Mark) -> Question:
    assert entry.earlier
    may_keep = entry.earlier.round.method == round.method
    return Question(entry, entry.earlier, mark, may_keep)


def count_unanswered(round: Round) -> list[Entry]:
    """The entries with the number of those who have not answered, as of now; nothing is written.

    Where the earlier scores are never shown this number would tell them, so it stays 0.
    """
    entries = Entry.objects.filter(round=round, earlier__isnull=False)
    counted = list(entries.exclude(earlier__round__results=Round.Results.NEVER))
    for entry in counted:
        entry.unanswered = unanswered(entry).count()
    return counted


def note_unanswered(counted: Iterable[Entry]) -> None:
    """Write these numbers down."""
    Entry.objects.bulk_update(counted, ["unanswered"], batch_size=100)


def unanswered(entry: Entry) -> QuerySet[Ballot]:
    """Counted ballots of the earlier round that chose this draft; their voters say nothing here.

    Ballots of guests are not among them.
    """
    ballots = Ballot.objects.filter(
        choices__entry=entry.earlier_id, is_live=True, is_confirmed=True, is_quarantined=False
    )
    chose = Choice.objects.filter(entry=entry).values("ballot__voter")
    withdrew = EarlierWithdrawn.objects.filter(entry=entry).values("voter")
    return ballots.exclude(voter__in=chose).exclude(voter__in=withdrew)
