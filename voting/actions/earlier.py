"""Answering whether a choice of an earlier round still goes: kept by a new choice, or withdrawn."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from core.clock import db_now
from fans.models import Voter
from voting import earlier
from voting.actions.ballots import NotCounted, cast_ballot
from voting.earlier import Question
from voting.models import EarlierWithdrawn, JobCursor, Round
from voting.record import lock_rounds
from voting.traces import Trace
from voting.writer import not_open


def keep_earlier(*, question: Question, voter: Voter, trace: Trace) -> None:
    """Say in this round what was said in the earlier one: a change of the ballot like any other.

    Through the writer, so that it is logged, limited and refused as any press. Raises what
    `cast_ballot` raises.
    """
    mark, entry = question.mark, question.entry
    cast_ballot(
        round_id=entry.round_id,
        voter=voter,
        entry_id=entry.pk,
        supports=mark.supports or None,
        would_buy=mark.would_buy or None,
        options=mark.options,
        cap_minor=mark.cap_minor,
        score=mark.score,
        rank=mark.rank,
        trace=trace,
    )


@transaction.atomic
def withdraw_earlier(*, question: Question, voter: Voter, now: dt.datetime | None = None) -> None:
    """Say that the earlier choice does not go here; nobody asks again. The second time: nothing.

    Raises `NotCounted` when the round takes no answers.
    """
    entry = question.entry
    round, at = lock_rounds([entry.round_id])[entry.round_id], now or db_now()
    if round.state != Round.State.OPEN or not round.opens_at <= at <= round.closes_at:
        raise NotCounted(not_open(round, late=at > round.closes_at))
    EarlierWithdrawn.objects.get_or_create(entry=entry, voter=voter, defaults={"at": at})
    _cursor(round).update(reached=0)


def recount_unanswered(*, round: Round) -> bool:
    """Count who has not answered, if anything has moved since the last time; whether it had.

    The counting holds no lock: it is a number beside the tally, some seconds old at most.
    """
    if _cursor(round).filter(reached=round.seq + 1).exists():
        return False
    counted = earlier.count_unanswered(round)
    with transaction.atomic():
        earlier.note_unanswered(counted)
        JobCursor.objects.update_or_create(
            round=round, job=JobCursor.Job.EARLIER, defaults={"reached": round.seq + 1}
        )
    return True


def _cursor(round: Round) -> QuerySet[JobCursor]:
    return JobCursor.objects.filter(round=round, job=JobCursor.Job.EARLIER)
