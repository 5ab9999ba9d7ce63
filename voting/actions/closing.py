"""The close: the count is frozen under the same lock under which ballots are counted."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.urls import reverse

from core.clock import db_now
from core.states import WrongState, advance
from fans.actions import record_contributions
from fans.joining import hold_team
from fans.models import Contribution
from voting import desks, earlier, files, live
from voting.actions.members import take_back_of_members
from voting.actions.setting_aside import judge_the_rest
from voting.methods import method_of
from voting.models import Ballot, ClosingFile, Entry, Round, Tally
from voting.record import lock_rounds
from voting.states import ROUND_MOVES
from voting.tally import Paper


@transaction.atomic
def close_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> None:
    """Close a round whose time is over, count it, and note every counted vote as a contribution.

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
    earlier.note_unanswered(earlier.count_unanswered(round))
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
    tallies = Tally.objects.bulk_create(frozen_tallies(round))
    ClosingFile.objects.bulk_create(files.closing_files(round, tallies))
    _note_votes(round, closed_at)
    live.round_changed(round.pk)


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


def _note_votes(round: Round, at: dt.datetime) -> None:
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
        at=at,
    )
