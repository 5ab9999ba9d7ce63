"""An open round on its way: paused, resumed, and closed later than announced. All in public."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.clock import db_now
from core.states import WrongState, advance
from voting import live
from voting.actions.rounds import NotPossible
from voting.models import Notice, Round
from voting.record import lock_rounds
from voting.states import ROUND_MOVES

Kind = Notice.Kind
MINUTE = dt.timedelta(minutes=1)


@transaction.atomic
def pause_round(*, round: Round, reason: str, actor: str, now: dt.datetime | None = None) -> None:
    """Take no ballots for a while. What was cast stays, and so does the time of the close."""
    locked, at = _running(round, "pause", now)
    _step(locked, "pause", Kind.PAUSED, reason, locked.closes_at, actor, at)
    round.refresh_from_db()


@transaction.atomic
def resume_round(
    *,
    round: Round,
    reason: str,
    gives_time_back: bool,
    actor: str,
    now: dt.datetime | None = None,
) -> None:
    """Take ballots again; the close may move by the length of the pause, in whole minutes."""
    locked, at = _running(round, "resume", now)
    closes = locked.closes_at
    paused = Notice.objects.filter(round=locked, kind=Kind.PAUSED).order_by("-pk").first()
    if gives_time_back and paused:
        closes += -((paused.at - at) // MINUTE) * MINUTE
    _step(locked, "resume", Kind.RESUMED, reason, closes, actor, at)
    round.refresh_from_db()


@transaction.atomic
def extend_round(
    *,
    round: Round,
    closes_at: dt.datetime,
    reason: str,
    actor: str,
    now: dt.datetime | None = None,
) -> None:
    """Move the close of a running round to later. Never to earlier: that is to close it early."""
    locked, at = _running(round, "extend", now)
    if closes_at <= locked.closes_at:
        raise NotPossible(_("The close can only move to later."))
    _step(locked, "extend", Kind.EXTENDED, reason, closes_at, actor, at)
    round.refresh_from_db()


def _running(round: Round, event: str, now: dt.datetime | None) -> tuple[Round, dt.datetime]:
    """The locked row, and the time after the lock; who comes after the close is too late."""
    locked = lock_rounds([round.pk])[round.pk]
    at = now or db_now()
    if locked.is_running and at > locked.closes_at:
        raise WrongState(locked, event, "over")
    return locked, at


def _step(
    round: Round,
    event: str,
    kind: str,
    reason: str,
    closes_at: dt.datetime,
    actor: str,
    at: dt.datetime,
) -> None:
    if not reason.strip():
        raise NotPossible(_("Say why: everybody who looks at this round reads it."))
    before = round.closes_at
    advance(
        round,
        event,
        moves=ROUND_MOVES,
        actor=actor,
        now=at,
        reason=reason,
        closes_at=closes_at,
        steps=round.steps + 1,
    )
    Notice.objects.create(
        round=round, kind=kind, reason=reason, at=at, closed_before=before, closes_after=closes_at
    )
    live.round_changed(round.pk)
