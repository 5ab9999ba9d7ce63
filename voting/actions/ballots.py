"""Casting a ballot: the door to the writer for everything that votes."""

import uuid
from concurrent.futures import TimeoutError as NoAnswer
from typing import Final

from django.conf import settings
from django.db import connection

from fans.models import Voter
from voting.access import Refusal
from voting.traces import NO_TRACE, Trace
from voting.writer import Change, Counted, apply_batch, writer

WAIT_SECONDS: Final = 10


class NotCounted(Exception):
    """The ballot was refused; nothing changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class NotKnownYet(Exception):
    """No answer in time: counted or not will be known later; the same change again is safe."""


def cast_ballot(
    *,
    round_id: int,
    voter: Voter | None = None,
    guest_key: uuid.UUID | None = None,
    entry_id: int,
    supports: bool | None = None,
    would_buy: bool | None = None,
    options: dict[str, str] | None = None,
    cap_minor: int | None = None,
    score: int | None = None,
    rank: int | None = None,
    other_id: int | None = None,
    answer: int | None = None,
    client_key: uuid.UUID | None = None,
    trace: Trace = NO_TRACE,
) -> Counted:
    """Set what a voter says about one entry or pair, and return after it is on disk.

    Who casts it is a voter, or a guest by their key: a new guest is made with the first vote that
    is taken, so a refused one leaves nothing. `None` leaves a part as it is; `False`, and 0 for a
    score, a rank or an answer, take it back. Raises `NotCounted` with the reason, or `NotKnownYet`
    when the writer gave no answer. Must not be called inside a transaction when the writer is a
    thread: on SQLite the two would wait for each other.
    """
    change = Change(
        round_id=round_id,
        voter_id=voter.pk if voter else None,
        guest_key=guest_key,
        entry_id=entry_id,
        supports=supports,
        would_buy=would_buy,
        options=options or {},
        cap_minor=cap_minor,
        score=score,
        rank=rank,
        other_id=other_id,
        answer=answer,
        client_key=client_key or uuid.uuid4(),
        trace=trace,
    )
    outcome = _threaded(change) if settings.VOTE_WRITER_THREAD else apply_batch([change])[0]
    if isinstance(outcome, Refusal):
        raise NotCounted(outcome)
    return outcome


def _threaded(change: Change) -> Counted | Refusal:
    if connection.in_atomic_block:
        raise RuntimeError("cast_ballot inside a transaction would wait for itself")
    try:
        return writer().submit(change).result(timeout=WAIT_SECONDS)
    except NoAnswer as error:
        raise NotKnownYet from error
