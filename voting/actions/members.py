"""Nobody at the brand has a counted ballot: who joins its team takes the votes back."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from core.clock import db_now
from fans.models import Brand, Membership, Voter
from voting.models import Round
from voting.record import load, lock_rounds, record, take_step
from voting.states import RUNNING


@transaction.atomic
def take_back_ballots(*, brand: Brand, user_id: int, now: dt.datetime | None = None) -> None:
    """Empty the person's ballots in the open rounds of the brand. The log keeps what they said.

    A round whose time is over is left to its close, which does the same.
    """
    running = Round.objects.filter(brief__brand=brand, state__in=RUNNING)
    rounds = lock_rounds(running.values_list("pk", flat=True))
    at = now or db_now()
    still = {
        pk: round
        for pk, round in rounds.items()
        if round.is_running and round.opens_at <= at <= round.closes_at
    }
    _empty(still, [user_id], at)


def take_back_of_members(round: Round, at: dt.datetime) -> None:
    """Empty the ballots of everybody who is at the brand now; part of the close, under its lock.

    Whoever joined while the round was open has none left; this holds also for one who joined in
    the same moment as they voted.
    """
    members = Membership.objects.filter(brand=round.brief.brand)
    _empty({round.pk: round}, members.values_list("user_id", flat=True), at)


def _empty(rounds: dict[int, Round], user_ids: Iterable[int], at: dt.datetime) -> None:
    voters = Voter.objects.filter(user__in=list(user_ids)).values_list("pk", flat=True)
    held = load(rounds, list(voters)).values()
    steps = [take_step(rounds[one.ballot.round_id], one, {}) for one in held if one.now]
    if steps:
        record(steps, rounds, at)
