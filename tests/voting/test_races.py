"""Real threads on a database file: the lock of the round keeps count, and without it the
same crowd miscounts."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import InterfaceError, connection, connections

from core.models import StateLog
from core.states import WrongState
from tests import cast
from voting import actions, record, verify, writer
from voting.access import Refusal
from voting.models import Ballot, BallotLog, Choice, Entry, Round
from voting.writer import Change, Counted, Writer, apply_batch

race = pytest.mark.race


@pytest.fixture
def it(own_db):
    return cast.voting_round()


def crowd(work, jobs, threads=8):
    """Run `work(job)` for all jobs in threads, each with connections of its own."""

    def one(job):
        try:
            return work(job)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, jobs))


def changes(of, voters, times=3):
    entries = list(of.entries.order_by("pk"))
    return [
        Change(of.pk, voter.pk, entry.pk, supports=(n + time) % 3 != 0)
        for time in range(times)
        for n, voter in enumerate(voters)
        for entry in entries
    ]


def findings():
    checks = [verify.one_ballot_per_voter, verify.counters, verify.log_chain, verify.replay]
    return [line for check in checks for line in check().findings]


@race
def test_a_crowd_is_counted_to_the_last_vote(it):
    voters = [cast.voter(cast.person(f"Fan{n}")) for n in range(8)]
    thread = Writer()
    answers = crowd(lambda change: thread.submit(change).result(20), changes(it, voters))
    assert all(isinstance(answer, Counted) for answer in answers)
    assert Ballot.objects.count() == 8
    assert findings() == []


@race
def test_two_writers_make_one_ballot_of_the_same_persons_first_votes(it):
    voter = cast.voter(cast.person("Ada"))
    entries = list(it.entries.order_by("pk"))
    jobs = [Change(it.pk, voter.pk, entry.pk, supports=True) for entry in entries] * 4
    answers = crowd(lambda change: apply_batch([change])[0], jobs)
    assert all(isinstance(answer, Counted) for answer in answers)
    assert (Ballot.objects.count(), Choice.objects.count()) == (1, 3)
    assert findings() == []


@race
def test_the_same_click_sent_by_many_is_one_change(it):
    voter, entry = cast.voter(cast.person("Ada")), it.entries.first()
    change = Change(it.pk, voter.pk, entry.pk, supports=True, client_key=uuid.uuid4())
    crowd(lambda _n: apply_batch([change]), range(12))
    assert BallotLog.objects.count() == 1


@race
def test_one_change_that_the_database_refuses_does_not_fail_its_neighbours(it, monkeypatch):
    good, bad = cast.voter(cast.person("Ada")), cast.voter(cast.person("Omar"))
    entry = it.entries.first()
    whole = writer.apply_batch

    def choking(batch, using):
        if any(change.voter_id == bad.pk for change in batch):
            raise RuntimeError("this one does not go in")
        return whole(batch, using)

    monkeypatch.setattr(writer, "apply_batch", choking)
    thread = object.__new__(Writer)
    thread.using = "default"
    told: dict[int, object] = {}
    jobs = [
        (Change(it.pk, voter.pk, entry.pk, supports=True), partial(told.__setitem__, voter.pk))
        for voter in (good, bad)
    ]
    thread._settle(jobs)
    assert isinstance(told[good.pk], Counted)
    assert isinstance(told[bad.pk], RuntimeError)
    entry.refresh_from_db()
    assert entry.support == 1


@race
def test_a_ballot_that_meets_a_dead_connection_is_written_on_a_new_one(it, monkeypatch):
    entry, ada = it.entries.first(), cast.voter(cast.person("Ada"))
    whole, tries = writer.apply_batch, []

    def cut_off_once(batch, using):
        tries.append(len(batch))
        if len(tries) == 1:
            raise InterfaceError("connection already closed")
        return whole(batch, using)

    monkeypatch.setattr(writer, "apply_batch", cut_off_once)
    answer = Writer().submit(Change(it.pk, ada.pk, entry.pk, supports=True)).result(20)
    assert isinstance(answer, Counted) and tries == [1, 1]
    assert findings() == []


@race
def test_no_ballot_slips_in_beside_the_close(it):
    voters = [cast.voter(cast.person(f"Fan{n}")) for n in range(30)]
    entry = it.entries.order_by("pk").first()
    jobs = [Change(it.pk, voter.pk, entry.pk, supports=True) for voter in voters]

    def work(job):
        if job is None:
            return actions.close_round_early(
                round=Round.objects.get(pk=it.pk), reason="Now", actor="user:1"
            )
        return apply_batch([job])[0]

    answers = crowd(work, [*jobs[:12], None, *jobs[12:]])
    counted = sum(isinstance(answer, Counted) for answer in answers)
    refused = sum(isinstance(answer, Refusal) for answer in answers)
    assert counted + refused == 30
    actions.count_round(round=it, actor="job:count")
    tally = entry.tallies.get(group="all")
    assert (tally.support, tally.voters) == (counted, counted)
    assert verify.tallies().findings == verify.in_time().findings == []


@race
def test_of_many_closes_one_wins(it):
    def close(_n):
        return actions.close_round_early(
            round=Round.objects.get(pk=it.pk), reason="Now", actor="user:1"
        )

    answers = crowd(close, range(6))
    assert sorted(isinstance(answer, WrongState) for answer in answers) == [False] + [True] * 5
    assert StateLog.objects.filter(event="close-early").count() == 1


@race
def test_control_without_the_lock_the_same_crowd_miscounts(it, monkeypatch):
    """The guard is the transaction that locks before it reads; without it this must go wrong."""
    voters = [cast.voter(cast.person(f"Fan{n}")) for n in range(6)]
    together = threading.Barrier(6, timeout=10)
    read = record.load

    @contextmanager
    def unguarded(using=None):
        yield

    def meeting(*args, **kwargs):
        found = read(*args, **kwargs)
        # All have read before the first one writes.
        together.wait()
        return found

    monkeypatch.setattr(writer.transaction, "atomic", unguarded)
    monkeypatch.setattr(writer, "load", meeting)
    entry = it.entries.order_by("pk").first()
    jobs = [Change(it.pk, voter.pk, entry.pk, supports=True) for voter in voters]
    answers = crowd(lambda change: apply_batch([change])[0], jobs, threads=6)
    it.refresh_from_db()
    broken = [answer for answer in answers if isinstance(answer, Exception)]
    assert broken or it.seq != 6 or BallotLog.objects.count() != 6
    assert connection.vendor == "sqlite" or Entry.objects.exists()


@pytest.mark.django_db
def test_a_process_has_one_writer():
    assert writer.writer() is writer.writer()
