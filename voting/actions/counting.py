"""The count of a round that has closed, as a job: it may die at any moment and be begun again.

Nothing that it reads can change any more, so whoever counts comes to the same result; it is written
in one transaction together with the files, the contributions and the state.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.urls import reverse

from core.clock import db_now
from core.failpoints import failpoint
from core.states import WrongState, advance
from fans.actions import record_contributions
from fans.models import Contribution
from voting import earlier, files, live
from voting.methods import method_of
from voting.models import Ballot, ClosingFile, Entry, JobCursor, Round, Tally
from voting.record import lock_rounds
from voting.states import ROUND_MOVES
from voting.tally import Paper


def count_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> bool:
    """Count a closed round, and note every counted vote as a contribution.

    False when another process is at it. Raises `WrongState` when the round is not being counted,
    or when somebody else has just finished. No lock that a ballot needs is held while it counts.
    """
    with _alone(round) as is_mine:
        if not is_mine:
            return False
        found = Round.objects.select_related("brief__brand").get(pk=round.pk)
        if not found.is_counting:
            raise WrongState(found, "count", found.state)
        unanswered = earlier.count_unanswered(found)
        tallies = frozen_tallies(found)
        made = files.closing_files(found, tallies)
        failpoint("counted")
        with transaction.atomic():
            locked = lock_rounds([found.pk])[found.pk]
            advance(locked, "count", moves=ROUND_MOVES, actor=actor, now=now or db_now())
            assert (locked.seq, locked.head) == (found.seq, found.head), "a log that has ended grew"
            earlier.note_unanswered(unanswered)
            Tally.objects.bulk_create(tallies)
            failpoint("count-half-written")
            ClosingFile.objects.bulk_create(made)
            _note_votes(locked)
            live.round_changed(locked.pk)
    failpoint("count-written")
    round.refresh_from_db()
    return True


@contextmanager
def _alone(round: Round) -> Iterator[bool]:
    """Whether nobody else counts this round; for PostgreSQL, where several processes could.

    A lock of a row that nothing else needs: it goes with the process that holds it. On SQLite any
    transaction keeps all ballots waiting, and two counts are only twice the work.
    """
    if not connection.features.has_select_for_update_skip_locked:
        yield True
        return
    JobCursor.objects.get_or_create(round=round, job=JobCursor.Job.COUNT)
    with transaction.atomic():
        mine = JobCursor.objects.select_for_update(skip_locked=True)
        yield mine.filter(round=round, job=JobCursor.Job.COUNT).first() is not None


def frozen_tallies(round: Round) -> list[Tally]:
    """The count of every entry in every class of voters: a function of ballots, rule and seed."""
    entries = list(Entry.objects.filter(round=round).order_by("pk").values_list("pk", flat=True))
    return tallies_of(round, method_of(round).papers(round), entries)


def tallies_of(
    round: Round, groups: Mapping[str, list[Paper]], entries: Sequence[int]
) -> list[Tally]:
    """The same for ballots that are at hand; not saved."""
    method = method_of(round)
    return [
        Tally(
            round=round,
            entry_id=place.entry,
            group=group,
            support=place.figure.votes,
            points=place.points,
            value=place.figure.value,
            low=place.figure.low,
            high=place.figure.high,
            would_buy=place.would_buy,
            voters=len(papers),
            rank=place.rank,
            first_in_reruns=place.first_in_reruns,
            first_by=list(place.first_by),
            parted_by=place.parted_by,
        )
        for group, papers in groups.items()
        for place in method.count(papers, entries, round.seed)
    ]


def _note_votes(round: Round) -> None:
    assert round.closed_at
    counted = Ballot.objects.filter(
        round=round, is_confirmed=True, is_live=True, is_quarantined=False
    )
    record_contributions(
        user_ids=list(counted.values_list("voter__user_id", flat=True)),
        brand=round.brief.brand,
        kind=Contribution.Kind.VOTED,
        subject=f"round:{round.pk}",
        label=f"{round.brief.title} · {round.title}",
        url=reverse("voting:round", args=[round.pk]),
        at=round.closed_at,
    )
