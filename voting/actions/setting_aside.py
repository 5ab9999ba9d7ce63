"""Ballots that are set aside because of their signals, and the operators who decide about them.

Nothing is deleted: a ballot keeps what it says and may still be changed by its voter, but while it
is set aside it is in no tally. Each step is a change in the log, with an exact move of counters.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import db_now
from fans.models import Membership, User
from voting.actions.rounds import NotPossible
from voting.fraud import NEW_SECONDS, Case, Signal, suspects
from voting.models import Ballot, JobCursor, Round, SetAside
from voting.record import Held, load, lock_rounds, record, take_step
from voting.throwaway import is_throwaway
from voting.traces import group_of

Decision = SetAside.Decision
# New ballots looked at in one go, and ballots of their networks beside them.
BATCH, BESIDE = 500, 5000


@transaction.atomic
def judge_new_ballots(*, round: Round, now: dt.datetime | None = None) -> int:
    """Look at the signals of ballots that came since the last time; returns how many were new.

    A bounded batch: call it again while it finds some. Nothing happens once the round is over.
    """
    locked, at = lock_rounds([round.pk])[round.pk], now or db_now()
    return _judge(locked, at) if is_running(locked, at) else 0


def judge_the_rest(round: Round, at: dt.datetime) -> None:
    """The last look, part of the close and under its lock: a burst in the last second counts too.

    `round` must come from `lock_rounds`.
    """
    while _judge(round, at):
        continue


def judge_bound(round: Round, ballot: Ballot, at: dt.datetime) -> None:
    """Look again at a ballot that has just got an address, and at those of its network.

    Under the lock of the binding: until now nobody knew whether the address is a throw-away one.
    """
    if ballot.network:
        _set_aside(round, suspects(cases_of(round, [ballot.network])), at)


def _judge(round: Round, at: dt.datetime) -> int:
    cursor = JobCursor.objects.filter(round=round, job=JobCursor.Job.SIGNALS).first()
    reached = cursor.reached if cursor else 0
    new = Ballot.objects.filter(round=round, pk__gt=reached).order_by("pk")
    found = list(new.values_list("pk", "network")[:BATCH])
    if found:
        networks = {network for _pk, network in found if network}
        _set_aside(round, suspects(cases_of(round, networks)), at)
        JobCursor.objects.update_or_create(
            round=round, job=JobCursor.Job.SIGNALS, defaults={"reached": found[-1][0]}
        )
    return len(found)


def cases_of(round: Round, networks: Iterable[str]) -> list[Case]:
    """What is known of the ballots of these networks, the newest before others."""
    rows = Ballot.objects.filter(round=round, network__in=list(networks)).order_by("-pk")
    columns = ("pk", "network", "cast_at", "read_ms", "voter__user__email")
    return [
        _case(*row)
        for row in rows.values_list(*columns, "voter__user__date_joined")[:BESIDE].iterator()
    ]


def _case(
    pk: int,
    network: str,
    cast_at: dt.datetime,
    read_ms: int | None,
    email: str | None,
    joined: dt.datetime | None,
) -> Case:
    return Case(
        ballot=pk,
        network=network,
        at=cast_at.timestamp(),
        read_seconds=None if read_ms is None else read_ms / 1000,
        is_throwaway=bool(email) and is_throwaway(email or "", settings.THROWAWAY_DOMAINS),
        is_new=joined is None or (cast_at - joined).total_seconds() < NEW_SECONDS,
    )


def _set_aside(round: Round, judged: Mapping[int, Sequence[Signal]], at: dt.datetime) -> None:
    """Take these ballots out of the count; what an operator has released stays released."""
    known = SetAside.objects.filter(ballot__in=judged).values("ballot")
    rounds = {round.pk: round}
    held = _held(rounds, Ballot.objects.filter(round=round, pk__in=judged).exclude(pk__in=known))
    for one in held:
        one.ballot.is_quarantined = True
    steps = [take_step(round, one, one.now) for one in held]
    if steps:
        record(steps, rounds, at)
    SetAside.objects.bulk_create(
        SetAside(
            ballot=step.held.ballot,
            round=round,
            signals=sorted(judged[step.held.ballot.pk]),
            group=group_of(step.held.ballot.network),
            at=at,
            seq=step.seq,
        )
        for step in steps
    )


def is_running(round: Round, at: dt.datetime) -> bool:
    """Whether ballots may still move in and out of the count."""
    return round.is_running and round.opens_at <= at <= round.closes_at


@dataclass(frozen=True)
class Judgement:
    """Who decides, and why; the reason stays with the ballot."""

    operator: User
    reason: str


@transaction.atomic
def release_ballots(
    *,
    round: Round,
    set_asides: Iterable[int],
    judgement: Judgement,
    now: dt.datetime | None = None,
) -> int:
    """Let ballots count again; returns how many were released.

    Raises `NotPossible` to whoever may not decide, without a reason, and once the count is frozen.
    """
    rounds = lock_rounds([round.pk])
    locked, at = rounds[round.pk], now or db_now()
    _require_judge(locked, judgement)
    if not is_running(locked, at):
        raise NotPossible(_("The count is frozen: what was set aside stays aside."))
    waiting = {one.ballot_id: one for one in _undecided(locked, set_asides)}
    held = _held(rounds, Ballot.objects.filter(pk__in=waiting))
    for one in held:
        one.ballot.is_quarantined = False
    steps = [take_step(locked, one, one.now) for one in held]
    if steps:
        record(steps, rounds, at)
    for step in steps:
        row = waiting[step.held.ballot.pk]
        row.decided_seq = step.seq
    _decide(waiting.values(), Decision.RELEASED, judgement, at)
    return len(steps)


@transaction.atomic
def uphold_ballots(
    *,
    round: Round,
    set_asides: Iterable[int],
    judgement: Judgement,
    now: dt.datetime | None = None,
) -> int:
    """Confirm that ballots stay out of the count; returns how many. Raises `NotPossible`."""
    locked = lock_rounds([round.pk])[round.pk]
    _require_judge(locked, judgement)
    rows = _undecided(locked, set_asides)
    _decide(rows, Decision.UPHELD, judgement, now or db_now())
    return len(rows)


def may_judge(round: Round, user: User) -> bool:
    """Only operators, and none who is at the brand."""
    at_the_brand = Membership.objects.filter(brand=round.brief.brand, user=user)
    return user.is_staff and user.is_active and not at_the_brand.exists()


def _require_judge(round: Round, judgement: Judgement) -> None:
    if not may_judge(round, judgement.operator):
        raise NotPossible(_("Only an operator who is not at the brand decides about ballots."))
    if not judgement.reason.strip():
        raise NotPossible(_("Say why: the reason stays with the ballot."))


def _undecided(round: Round, set_asides: Iterable[int]) -> list[SetAside]:
    rows = SetAside.objects.filter(round=round, pk__in=list(set_asides))
    return list(rows.filter(decision=Decision.WAITING).order_by("pk"))


def _decide(rows: Iterable[SetAside], decision: str, judgement: Judgement, at: dt.datetime) -> None:
    decided = list(rows)
    for row in decided:
        row.decision, row.reason = decision, judgement.reason.strip()
        row.decided_by, row.decided_at = judgement.operator, at
    fields = ["decision", "reason", "decided_by", "decided_at", "decided_seq"]
    SetAside.objects.bulk_update(decided, fields, batch_size=200)


def _held(rounds: Mapping[int, Round], ballots: QuerySet[Ballot]) -> list[Held]:
    voters = list(ballots.values_list("voter_id", flat=True))
    held = load(rounds, voters).values() if voters else []
    return sorted(held, key=lambda one: one.ballot.pk)
