"""The close: no ballot after it, and a log that ends. What comes of it is counted afterwards.

The lock under which ballots are counted is held for as long as it takes to set aside what is
suspect and to say that the round is over, however long the count takes (`voting.actions.counting`).
"""

import datetime as dt

from django.db import transaction

from core.clock import db_now
from core.states import WrongState, advance
from fans.joining import hold_team
from voting import desks, live
from voting.actions.members import take_back_of_members
from voting.actions.setting_aside import judge_the_rest
from voting.methods import method_of
from voting.models import Notice, Round
from voting.record import lock_rounds
from voting.states import ROUND_MOVES


@transaction.atomic
def close_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> None:
    """Close a round whose time is over; from now on it is being counted.

    Raises `WrongState` before the time, or when somebody else was first. The moment of the close
    is the announced one, even if this runs later: no ballot after it was counted.
    """
    locked = _locked(round)
    at = now or db_now()
    if at <= locked.closes_at:
        raise WrongState(locked, "close", locked.state)
    _close(locked, "close", locked.closes_at, actor, at, reason="")
    round.refresh_from_db()


@transaction.atomic
def close_round_early(
    *, round: Round, reason: str, actor: str, now: dt.datetime | None = None
) -> None:
    """Close an open round now; the reason is shown to everybody with the result."""
    locked = _locked(round)
    at = now or db_now()
    if at > locked.closes_at:
        _close(locked, "close", locked.closes_at, actor, at, reason="")
    else:
        _close(locked, "close-early", at, actor, at, reason=reason)
        close = {"closed_before": locked.closes_at, "closes_after": locked.closes_at}
        kind = Notice.Kind.ENDED
        Notice.objects.create(round=locked, kind=kind, reason=reason, at=at, **close)
    round.refresh_from_db()


@transaction.atomic
def close_settled_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> None:
    """End an open round whose top is told apart, where its frozen rule says that it ends then.

    Judged anew from the counted answers, under the lock. Raises `WrongState` otherwise.
    """
    locked = _locked(round)
    at = now or db_now()
    is_open = locked.state == Round.State.OPEN and locked.opens_at <= at <= locked.closes_at
    if not is_open or not desks.is_settled(locked, method_of(locked)):
        raise WrongState(locked, "close-settled", locked.state)
    _close(locked, "close-early", at, actor, at, reason="")
    round.refresh_from_db()


def _locked(round: Round) -> Round:
    """The row of the round, after that of its brand: who joins the team now has to wait."""
    hold_team(round.brief.brand_id)
    return lock_rounds([round.pk])[round.pk]


def _close(
    round: Round, event: str, closed_at: dt.datetime, actor: str, at: dt.datetime, *, reason: str
) -> None:
    take_back_of_members(round, closed_at)
    judge_the_rest(round, closed_at)
    advance(
        round,
        event,
        moves=ROUND_MOVES,
        actor=actor,
        now=at,
        reason=reason,
        closed_at=closed_at,
        close_reason=reason,
    )
    live.round_changed(round.pk)
