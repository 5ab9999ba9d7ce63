"""Where ballots are counted or refused: many changes in one transaction, then the answers.

`apply_batch` is a plain function on the caller's connection. `Writer` is a thread that gathers
what waits and hands it over. An answer is given only after the commit, so an acknowledged vote
is on disk, and a refused one left no trace.

Locks, in this order: the rows of the rounds (SQLite: the file, IMMEDIATE), then entries by key.
The row of the round guards its ballots, its log and its state at once: two processes cannot make
the same person's first ballot, and no ballot slips in beside the close.
"""

import datetime as dt
import logging
import os
import queue
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.clock import db_now
from core.dates import zone_name
from fans.models import Guest, Voter
from fans.sessions import Proof, ended
from voting import reads, rows
from voting.access import GUEST, Part, Refusal, parts_of, refusal_for
from voting.marks import SILENT, Key, Mark, Marks, pair_of
from voting.methods import method_of
from voting.methods.base import with_would_buy
from voting.models import Ballot, Round
from voting.record import Held, Step, load, lock_rounds, record, take_step
from voting.traces import NO_TRACE, Source, Trace

log = logging.getLogger(__name__)
BATCH: Final = 512


@dataclass(frozen=True)
class Change:
    """What one voter wants to say about one entry. `None` leaves that part as it is.

    `client_key` is made by the client: the same key again is the same change. A guest may come by
    their key alone: whoever nobody knows yet becomes a guest with the first change that is taken.
    """

    round_id: int
    voter_id: int | None
    entry_id: int
    supports: bool | None = None
    would_buy: bool | None = None
    options: dict[str, str] = field(default_factory=dict)
    cap_minor: int | None = None
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)
    guest_key: uuid.UUID | None = None
    score: int | None = None  # 0 takes it back
    rank: int | None = None  # the place to put the entry in; 0 takes it out
    other_id: int | None = None  # the other one of a pair; the entry itself for a look at it
    answer: int | None = None  # of `Comparison.Answer`, the smaller key being low; 0 takes it back
    trace: Trace | Source = NO_TRACE
    proof: Proof | None = None  # of who is signed in, for what comes over an open socket

    @property
    def key(self) -> Key:
        """What it is about: an entry or a pair."""
        return pair_of(self.entry_id, self.other_id) if self.other_id else self.entry_id

    @property
    def entry_ids(self) -> set[int]:
        """The entries it names."""
        return {self.entry_id, self.other_id or self.entry_id}


@dataclass(frozen=True)
class Counted:
    """The change is on disk: what the ballot says about the entry or the pair now."""

    ballot_id: int | None  # none: a person without a ballot took back nothing
    round_id: int
    entry_id: int
    seq: int
    mark: Mark
    is_confirmed: bool
    marks: int  # choices that the ballot has now
    changed: Marks = field(default_factory=dict)  # of this entry and those that moved with it
    is_set_aside: bool = False  # on disk, and in no tally

    @property
    def is_live(self) -> bool:
        """Whether the ballot says anything."""
        return self.marks > 0


Outcome = Counted | Refusal


def apply_batch(
    changes: Sequence[Change], using: str = DEFAULT_DB_ALIAS, *, now: dt.datetime | None = None
) -> list[Outcome]:
    """Count or refuse each change, in order, in one transaction on the caller's connection.

    Without `now`, as for every real ballot, the database's clock decides. Raises only what the
    database raises; then nothing of the batch is written.
    """
    with transaction.atomic(using=using):
        batch = Batch(changes, using, now)
        taken = [batch.take(change) for change in changes]
        if batch.steps:
            record(batch.steps, batch.rounds, batch.at, using)
    return [
        one if isinstance(one, Refusal) else _counted(change, *one)
        for change, one in zip(changes, taken, strict=True)
    ]


@dataclass(slots=True)
class Person:
    """Who votes: the row of a voter, and the account; or the key of a guest."""

    pk: Any  # none until the row is written
    user_id: int | None
    guest_key: uuid.UUID | None = None


class Batch:
    """What one transaction has read, and the steps it has accepted so far."""

    def __init__(
        self, changes: Sequence[Change], using: str, now: dt.datetime | None = None
    ) -> None:
        self.rounds = lock_rounds((change.round_id for change in changes), using)
        # After the locks: who waited for a row is judged by the time at which it got it.
        self.at = now or db_now(using)
        self.using = using
        self.methods = {key: method_of(round) for key, round in self.rounds.items()}
        self.voters = self._voters(changes)
        self.entries = reads.rounds_of(
            {entry for change in changes for entry in change.entry_ids}, using
        )
        self.held = self._held(changes)
        self.parts = self._parts(changes, using)
        self.seen = self._seen(changes)
        self.ended = ended({change.proof for change in changes if change.proof}, using)
        self.steps: list[Step] = []

    def take(self, change: Change) -> tuple[Held, Marks] | Refusal:
        """Accept or refuse one change; a repeated one is accepted and does nothing."""
        if change.proof in self.ended:
            return SIGNED_OUT
        voter = self.voters.get(_who(change))
        if voter is None:
            return NO_SUCH_ENTRY
        whose = change.round_id, voter.pk
        if (whose, change.client_key) in self.seen:
            return self.held[whose], {}
        refusal = self._refusal(change, voter)
        if refusal:
            return refusal
        held = self.held.get(whose) or self._new_ballot(change, voter)
        round = self.rounds[change.round_id]
        before = with_would_buy(held.now, change)
        changed = self.methods[round.pk].changed(before, change, round.drafts)
        if isinstance(changed, Refusal):
            return changed
        marks = {entry: one for entry, one in changed.items() if one.says_something}
        if marks == held.now:
            return held, {}
        if voter.pk is None:
            held.ballot.voter_id = self._make_guest(voter)
        whose = change.round_id, voter.pk
        self.held[whose] = held
        self.seen.add((whose, change.client_key))
        step = take_step(round, held, marks, change.client_key)
        self.steps.append(step)
        return held, step.marks

    def _refusal(self, change: Change, voter: Person) -> Refusal | None:
        round = self.rounds.get(change.round_id)
        if round is None or {self.entries.get(one) for one in change.entry_ids} != {round.pk}:
            return NO_SUCH_ENTRY
        if round.state != Round.State.OPEN or not round.opens_at <= self.at <= round.closes_at:
            return not_open(round, late=self.at > round.closes_at)
        return refusal_for(round, self._part(round, voter))

    def _part(self, round: Round, voter: Person) -> Part:
        return self.parts[round.pk][voter.user_id] if voter.user_id else GUEST

    def _make_guest(self, voter: Person) -> int:
        assert voter.guest_key
        guest = Guest.objects.using(self.using).create(key=voter.guest_key)
        voter.pk = Voter.objects.using(self.using).create(guest=guest).pk
        return voter.pk

    def _new_ballot(self, change: Change, voter: Person) -> Held:
        part = self._part(self.rounds[change.round_id], voter)
        return Held(
            Ballot(
                round_id=change.round_id,
                voter_id=voter.pk,
                is_confirmed=not part.is_guest,
                is_buyer=part.is_buyer,
                is_honorary=part.is_honorary,
                cast_at=self.at,
                **vars(change.trace.of(self.rounds[change.round_id])),
            )
        )

    def _held(self, changes: Sequence[Change]) -> dict[tuple[int, int], Held]:
        asked = [
            (change.round_id, voter.pk, change.key)
            for change in changes
            if (voter := self.voters.get(_who(change))) and voter.pk
        ]
        return load(self.rounds, {voter for _round, voter, _key in asked}, self.using, asked)

    def _voters(self, changes: Sequence[Change]) -> "dict[int | uuid.UUID | None, Person]":
        """Who votes, by what they come with; a guest nobody knows has no key of a row yet."""
        found: dict[int | uuid.UUID | None, Person] = {}
        asked = {change.voter_id for change in changes if change.voter_id}
        found.update({pk: Person(pk, user) for pk, user in reads.voters(asked, self.using)})
        keys = {change.guest_key for change in changes if change.guest_key}
        found.update({key: Person(None, None, key) for key in keys})
        for pk, key in reads.guests(keys, self.using):
            found[key].pk = pk
        return found

    def _parts(self, changes: Sequence[Change], using: str) -> dict[int, dict[int, Part]]:
        asking: dict[int, set[int]] = {key: set() for key in self.rounds}
        for change in changes:
            voter = self.voters.get(_who(change))
            if voter and voter.user_id and change.round_id in asking:
                asking[change.round_id].add(voter.user_id)
        return {
            key: parts_of(self.rounds[key], people, self.at, using)
            for key, people in asking.items()
        }

    def _seen(self, changes: Sequence[Change]) -> set[tuple[tuple[int, int], uuid.UUID]]:
        """Which of these clicks whose ballot has taken before."""
        asked = {}
        for change in changes:
            voter = self.voters.get(_who(change))
            held = self.held.get((change.round_id, voter.pk)) if voter and voter.pk else None
            if held:
                whose = held.ballot.round_id, held.ballot.voter_id
                asked[held.ballot.pk, change.client_key] = whose, change.client_key
        return {asked[pair] for pair in rows.seen_keys(asked, self.using)}


def _who(change: Change) -> int | uuid.UUID | None:
    return change.voter_id or change.guest_key


SIGNED_OUT: Final = Refusal("signed-out", _("You are signed out. Sign in and press again."))
NO_SUCH_ENTRY: Final = Refusal("no-entry", _("Not counted: this draft is not in the round."))
PAUSED: Final = Refusal(
    "paused", _("Not counted: the round is paused. What you chose before stays.")
)
_NOT_OPEN: Final[dict[str, Promise]] = {
    Round.State.DRAFT: _("Not counted: the round is not open yet."),
    Round.State.SCHEDULED: _("Not counted: the round is not open yet."),
    Round.State.CANCELLED: _("Not counted: the round was cancelled."),
}


def not_open(round: Round, *, late: bool) -> Refusal:
    """The refusal of a ballot before the opening or after the close, with the time of the close."""
    if round.state == Round.State.OPEN and not late:
        return Refusal("not-open", _NOT_OPEN[Round.State.SCHEDULED])
    if round.state == Round.State.PAUSED and not late:
        return PAUSED
    if round.state in _NOT_OPEN:
        return Refusal("not-open", _NOT_OPEN[round.state])
    closed = (round.closed_at or round.closes_at).astimezone(ZoneInfo(round.time_zone))
    text = _("Not counted: the round closed at {time}.")
    return Refusal("closed", format_lazy(text, time=f"{closed:%H:%M:%S} {zone_name(closed)}"))


def _counted(change: Change, held: Held, moved: Marks) -> Counted:
    return Counted(
        ballot_id=held.ballot.pk,
        round_id=change.round_id,
        entry_id=change.entry_id,
        seq=held.ballot.seq or 0,
        mark=held.now.get(change.key, SILENT),
        is_confirmed=held.ballot.is_confirmed,
        marks=held.others + len(held.now),
        changed={key: held.now.get(key, SILENT) for key in [change.key, *moved]},
        is_set_aside=held.ballot.is_quarantined,
    )


Done = Callable[[Outcome | Exception], None]


class Writer:
    """A thread that takes what waits, up to 512 changes at a time, and answers after the commit."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self._waiting: queue.SimpleQueue[tuple[Change, Done]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ballot-writer", daemon=True)
        self._thread.start()

    def put(self, change: Change, done: Done) -> None:
        """Hand a change over; `done` is called in the writer's thread with what became of it,
        once that is on disk, or with the error that kept it from being written."""
        self._waiting.put((change, done))

    def submit(self, change: Change) -> "Future[Outcome]":
        """Hand a change over; the future holds what became of it, once that is on disk."""
        future: Future[Outcome] = Future()
        self.put(change, partial(_settle_future, future))
        return future

    def _run(self) -> None:
        while True:
            jobs = [self._waiting.get()]
            while len(jobs) < BATCH and not self._waiting.empty():
                jobs.append(self._waiting.get())
            self._settle(jobs)

    def _settle(self, jobs: list[tuple[Change, Done]], *, again: bool = False) -> None:
        try:
            outcomes = apply_batch([change for change, _done in jobs], self.using)
        except Exception as error:
            # The connection may be dead, or one change may have spoilt the others. Each is tried
            # once more by itself; a change that was written after all is known by its key.
            connections[self.using].close()
            if again:
                log.exception("ballot not written")
                _tell(jobs[0][1], error)
                return
            for job in jobs:
                self._settle([job], again=True)
            return
        for (_change, done), outcome in zip(jobs, outcomes, strict=True):
            _tell(done, outcome)


def _tell(done: Done, outcome: Outcome | Exception) -> None:
    try:
        done(outcome)
    except Exception:
        # Whoever asked is gone; the others wait for their answers.
        log.exception("answer to a ballot not given")


def _settle_future(future: "Future[Outcome]", outcome: Outcome | Exception) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


_writers: dict[tuple[int, str], Writer] = {}
_making = threading.Lock()


def writer(using: str = DEFAULT_DB_ALIAS) -> Writer:
    """The writer of this process, started on first use; a forked child starts its own."""
    key = os.getpid(), using
    with _making:
        if key not in _writers:
            _writers[key] = Writer(using)
        return _writers[key]
