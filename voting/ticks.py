"""What happens to rounds by itself: they open and close when their time has come."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from functools import partial

from django.db.models import F

from core.states import WrongState
from voting import desks
from voting.actions.closing import close_round, close_settled_round
from voting.actions.counting import count_round
from voting.actions.earlier import recount_unanswered
from voting.actions.rounds import (
    NotPossible,
    cancel_missed_round,
    hold_up_round,
    open_round,
)
from voting.actions.setting_aside import judge_new_ballots
from voting.actions.telling import mail_close, mail_notice
from voting.candidates import lacking_drafts
from voting.models import Ballot, JobCursor, Notice, Round
from voting.states import ENDED, RUNNING

log = logging.getLogger(__name__)
BATCH = 20
# Networks (hashed) and times of reading are kept so long after the end of a round.
KEEP_TRACES = dt.timedelta(days=30)
FORGET = 500
KEEP_NEWS = dt.timedelta(days=3)


def open_due_rounds(at: dt.datetime) -> int:
    """Open scheduled rounds whose time has come. One without enough drafts waits for them."""
    due = Round.objects.filter(state=Round.State.SCHEDULED, opens_at__lte=at, closes_at__gt=at)
    # Those that wait already come last, and are only tried when the drafts are there.
    first = due.order_by(F("held_up_at").asc(nulls_first=True), "opens_at")[:BATCH]
    waiting = lacking_drafts(round for round in first if round.held_up_at)
    ready = [round for round in first if round.pk not in waiting]
    return _each(ready, partial(_open_or_wait, at=at), "job:open_due_rounds")


def _open_or_wait(*, round: Round, actor: str, at: dt.datetime) -> None:
    try:
        open_round(round=round, actor=actor)
    except NotPossible as reason:
        if hold_up_round(round=round, now=at):
            log.warning("round not opened", extra={"round": round.pk, "reason": str(reason)})
        raise


def cancel_missed_rounds(at: dt.datetime) -> int:
    """Call off rounds whose whole time passed unopened."""
    missed = Round.objects.filter(state=Round.State.SCHEDULED, closes_at__lte=at)
    due = missed.order_by("closes_at")[:BATCH]
    return _each(due, cancel_missed_round, "job:cancel_missed_rounds")


def close_due_rounds(at: dt.datetime) -> int:
    """Close open rounds whose time is over."""
    due = Round.objects.filter(state__in=RUNNING, closes_at__lt=at)
    return _each(due.order_by("closes_at")[:BATCH], close_round, "job:close_due_rounds")


def count_closed_rounds(at: dt.datetime) -> int:
    """Count the rounds that have closed, the first one first. Takes as long as it takes."""
    waiting = Round.objects.filter(state=Round.State.COUNTING)
    return _each(waiting.order_by("closed_at")[:BATCH], count_round, "job:count_closed_rounds")


def close_settled_rounds(at: dt.datetime) -> int:
    """End rounds in pairs whose top is told apart and whose rule says that they end then."""
    running = Round.objects.filter(state=Round.State.OPEN, method=Round.Method.PAIRWISE)
    running = running.filter(opens_at__lte=at, closes_at__gte=at).order_by("closes_at")
    settled = [one for one in running if _seems_settled(one)]
    return _each(settled[:BATCH], close_settled_round, "job:close_settled_rounds")


def _seems_settled(round: Round) -> bool:
    """Without a lock, by the desk as it is at hand; the close looks again."""
    return round.parameters.get("ends", True) and desks.outlook_of(round).is_settled


def judge_ballots(at: dt.datetime) -> int:
    """Look at the signals of the new ballots of open rounds, and set aside what is suspect."""
    running = Round.objects.filter(state__in=RUNNING, opens_at__lte=at, closes_at__gte=at)
    # The moment that is logged is the database's: this clock may be wrong.
    return sum(judge_new_ballots(round=round) for round in running if _has_new(round))


def _has_new(round: Round) -> bool:
    """Without a lock: most of the time there is nothing to look at."""
    job = JobCursor.objects.filter(round=round, job=JobCursor.Job.SIGNALS)
    reached = job.values_list("reached", flat=True).first() or 0
    return Ballot.objects.filter(round=round, pk__gt=reached).exists()


def mail_closes(at: dt.datetime) -> int:
    """Mail the last head of rounds that closed to those who voted, some at a time.

    A round that closed long ago is no news: its voters are left in peace.
    """
    done = JobCursor.objects.filter(job=JobCursor.Job.ENDING, is_done=True)
    fresh = Round.objects.filter(state=Round.State.CLOSED, closed_at__gt=at - KEEP_NEWS)
    waiting = fresh.exclude(pk__in=done.values("round")).select_related("brief__brand")
    return sum(mail_close(round=round) for round in waiting.order_by("closed_at")[:BATCH])


def mail_notices(at: dt.datetime) -> int:
    """Mail pauses, their ends, later and early closes to whom they concern, while they are news."""
    fresh = Notice.objects.filter(is_told=False, at__gt=at - KEEP_NEWS)
    return sum(mail_notice(notice=notice) for notice in fresh.order_by("pk")[:BATCH])


def count_unanswered(at: dt.datetime) -> int:
    """In running rounds, count who has not said whether an earlier choice still goes."""
    running = Round.objects.filter(state__in=RUNNING, entries__earlier__isnull=False)
    return sum(recount_unanswered(round=round) for round in running.distinct())


def forget_traces(at: dt.datetime) -> int:
    """Empty what first votes came with, once nobody can decide anything by it any more."""
    over = Round.objects.filter(state__in=ENDED, closed_at__lt=at - KEEP_TRACES)
    known = Ballot.objects.exclude(network="").filter(round__in=over)[:FORGET]
    known_pks = list(known.values_list("pk", flat=True))
    return Ballot.objects.filter(pk__in=known_pks).update(network="", read_ms=None)


def _each(due: Iterable[Round], step: Callable[..., object], actor: str) -> int:
    done = 0
    for round in due:
        try:
            step(round=round, actor=actor)
        except WrongState:
            continue  # another process was first, or this one's clock is ahead of the database's
        except NotPossible:
            continue  # it was said when that began
        except Exception:
            # It must not keep the others from their time; it is tried again.
            log.exception("round not moved", extra={"round": round.pk, "job": actor})
            continue
        done += 1
    return done
