"""A guest's ballot becomes a person's, when the person proves an e-mail address."""

import datetime as dt

from django.db import transaction

from core.clock import db_now
from fans.models import User, Voter
from voting.access import Part, parts_of, refusal_for
from voting.actions.ballots import NotCounted
from voting.actions.setting_aside import judge_bound
from voting.actions.telling import mail_receipt
from voting.marks import Marks
from voting.models import Ballot, Round
from voting.record import load, lock_rounds, record, take_step
from voting.writer import not_open


@transaction.atomic
def keep_guest_ballot(*, ballot: Ballot, user: User, now: dt.datetime | None = None) -> bool:
    """Make a guest's ballot the user's own; exactly this one, and from now on it counts.

    Unless it is set aside, or is now: the address is a signal too. `ballot` is as it is then.
    Returns False, changing nothing, when the user already has a ballot in the round: theirs
    stays unless they choose otherwise (`replace_with_guest_ballot`). Raises `NotCounted` when
    the round is over or the user may not vote in it; the guest's ballot then stays a guest's.
    """
    rounds = lock_rounds([ballot.round_id])
    round = rounds[ballot.round_id]
    at = now or db_now()
    voter = Voter.objects.get_or_create(user=user)[0]
    held = load(rounds, [ballot.voter_id, voter.pk])
    if (round.pk, voter.pk) in held:
        return False
    guest = held[round.pk, ballot.voter_id]
    part = _part(round, voter, at)
    guest.ballot.voter = voter
    guest.ballot.is_confirmed = True
    guest.ballot.is_buyer, guest.ballot.is_honorary = part.is_buyer, part.is_honorary
    record([take_step(round, guest, guest.now)], rounds, at)
    judge_bound(round, guest.ballot, at)
    ballot.refresh_from_db()
    mail_receipt(round, ballot, at)
    return True


@transaction.atomic
def replace_with_guest_ballot(
    *, ballot: Ballot, user: User, now: dt.datetime | None = None
) -> Ballot:
    """Have the user's ballot say what the guest's says; the guest's is withdrawn.

    For a person who had voted before and chose the newer votes. Returns the user's ballot, which
    counts unless it is set aside. Raises `NotCounted`.
    """
    rounds = lock_rounds([ballot.round_id])
    round = rounds[ballot.round_id]
    at = now or db_now()
    voter = Voter.objects.get(user=user)
    _part(round, voter, at)
    held = load(rounds, [ballot.voter_id, voter.pk])
    guest, own = held[round.pk, ballot.voter_id], held[round.pk, voter.pk]
    nothing: Marks = {}
    steps = [take_step(round, own, dict(guest.was)), take_step(round, guest, nothing)]
    record(steps, rounds, at)
    mail_receipt(round, own.ballot, at)
    return own.ballot


def _part(round: Round, voter: Voter, at: dt.datetime) -> Part:
    if not round.is_running or not round.opens_at <= at <= round.closes_at:
        raise NotCounted(not_open(round, late=at > round.closes_at))
    assert voter.user_id
    part = parts_of(round, [voter.user_id], at)[voter.user_id]
    refusal = refusal_for(round, part)
    if refusal:
        raise NotCounted(refusal)
    return part
