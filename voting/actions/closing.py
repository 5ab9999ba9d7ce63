"""The close: the count is frozen under the same lock under which ballots are counted."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from core.clock import db_now
from core.states import WrongState, advance
from fans.actions import record_contributions
from fans.models import Contribution
from voting import live, tally
from voting.models import Ballot, Choice, Entry, Round, Tally
from voting.record import lock_rounds
from voting.states import ROUND_MOVES

Group = Tally.Group


@transaction.atomic
def close_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> None:
    """Close a round whose time is over, count it, and note every counted vote as a contribution.

    Raises `WrongState` before the time, or when somebody else was first. The moment of the close
    is the announced one, even if this runs later: no ballot after it was counted.
    """
    locked = lock_rounds([round.pk])[round.pk]
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
    locked = lock_rounds([round.pk])[round.pk]
    at = now or db_now()
    if at > locked.closes_at:
        _close(locked, "close", locked.closes_at, actor, at, reason="")
    else:
        _close(locked, "close-early", at, actor, at, reason=reason)
    round.refresh_from_db()


def _close(
    round: Round, event: str, closed_at: dt.datetime, actor: str, at: dt.datetime, *, reason: str
) -> None:
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
    Tally.objects.bulk_create(frozen_tallies(round))
    _note_votes(round, closed_at)
    live.round_changed(round.pk)


def frozen_tallies(round: Round) -> list[Tally]:
    """The count of every entry in every class of voters: a function of ballots, rule and seed."""
    entries = list(Entry.objects.filter(round=round).order_by("pk").values_list("pk", flat=True))
    rows = []
    for group, ballots in marks_by_group(round).items():
        for place in tally.count(ballots, entries, f"{round.seed}"):
            rows.append(
                Tally(
                    round=round,
                    entry_id=place.entry,
                    group=group,
                    support=place.support,
                    would_buy=place.would_buy,
                    voters=len(ballots),
                    rank=place.rank,
                    first_in_reruns=place.first_in_reruns,
                )
            )
    return rows


def marks_by_group(round: Round) -> dict[str, list[tally.Marks]]:
    """The live ballots of a round by class; a quarantined one is in none."""
    says: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    ballots = Ballot.objects.filter(round=round, is_live=True, is_quarantined=False)
    choices = Choice.objects.filter(ballot__in=ballots)
    rows = choices.values_list("ballot_id", "entry_id", "supports", "would_buy")
    for ballot, entry, supports, would_buy in rows.iterator():
        if supports:
            says[ballot][0].add(entry)
        if would_buy:
            says[ballot][1].add(entry)
    groups: dict[str, list[tally.Marks]] = {group: [] for group in Group.values}
    facts = ballots.values_list("pk", "is_confirmed", "is_buyer", "is_honorary")
    for pk, is_confirmed, is_buyer, is_honorary in facts.iterator():
        marks = tally.Marks(frozenset(says[pk][0]), frozenset(says[pk][1]))
        for group in _groups_of(is_confirmed, is_buyer, is_honorary):
            groups[group].append(marks)
    return groups


def _groups_of(is_confirmed: bool, is_buyer: bool, is_honorary: bool) -> Iterable[str]:
    if not is_confirmed:
        return [Group.GUESTS]
    also = [(Group.BUYERS, is_buyer), (Group.HONORARY, is_honorary)]
    return [Group.ALL, *(group for group, is_in in also if is_in)]


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
