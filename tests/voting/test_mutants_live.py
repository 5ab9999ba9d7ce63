"""Mutants of order and of locks: what comes before the commit, who waits for whom, whose clock."""

import contextlib
import datetime as dt
import threading
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core import live as core_live
from tests import cast
from tests.config.test_sockets import FOREIGN, HOST, OWN, reached, scope_of
from tests.core.test_live import Recorder
from tests.voting.test_races import crowd, findings
from voting import record, rows, writer
from voting.access import Refusal
from voting.models import Round
from voting.writer import Change, Counted, apply_batch


def changes(it, people):
    entry = it.entries.order_by("pk").first()
    voters = [cast.voter(cast.person(f"Fan{n}")) for n in range(people)]
    return [Change(it.pk, voter.pk, entry.pk, supports=True) for voter in voters]


@pytest.fixture
def courier():
    usual, recorder = core_live._courier, Recorder()
    core_live.deliver_by(lambda: recorder)
    yield recorder
    core_live.deliver_by(usual)


def rolled_back(it):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        apply_batch(changes(it, 1))
        raise ZeroDivisionError


@pytest.mark.race
def test_a_notice_before_the_commit_is_heard_by_the_recorder(own_db, courier):
    """L3: nothing is announced of what was never committed."""
    it = cast.voting_round()
    rolled_back(it)
    assert courier.marks == []
    with patch.object(core_live.transaction, "on_commit", lambda call, **_named: call()):
        rolled_back(it)
    assert courier.marks


@pytest.mark.race
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks in no other place")
def test_a_log_written_outside_of_the_ballots_transaction_is_told(own_db):
    """V4: the process dies between ballot and log."""
    it = cast.voting_round()

    def dies(*_args):
        raise ZeroDivisionError

    with patch.object(rows, "append_log", dies), pytest.raises(ZeroDivisionError):
        apply_batch(changes(it, 1))
    assert findings() == []
    apart = patch.object(writer.transaction, "atomic", lambda **_named: contextlib.nullcontext())
    with apart, patch.object(rows, "append_log", dies), pytest.raises(ZeroDivisionError):
        apply_batch(changes(it, 1))
    assert [line for line in findings() if "choices are not those of the log" in line]


@pytest.mark.race
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks the round's row")
def test_a_transaction_that_locks_late_meets_locked_databases(own_db):
    """SQLite's usual DEFERRED: who has read must be refused when another one wrote meanwhile."""
    it = cast.voting_round()
    jobs = changes(it, 2)
    assert all(isinstance(one, Counted) for one in meeting(jobs, waits=0.2))
    usual = connection.settings_dict["OPTIONS"]["transaction_mode"]
    connection.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
    try:
        answers = meeting(changes(cast.voting_round(it.brief), 2), waits=20)
    finally:
        connection.settings_dict["OPTIONS"]["transaction_mode"] = usual
    assert [one for one in answers if isinstance(one, OperationalError) and "locked" in str(one)]


def meeting(jobs, *, waits):
    """What becomes of two changes whose transactions both have read before either writes.

    Where the first one keeps the other out, it goes on alone after `waits` seconds.
    """
    together, read = threading.Barrier(2), record.load

    def both(*args, **named):
        found = read(*args, **named)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(waits)
        return found

    with patch.object(writer, "load", both):
        return crowd(lambda change: apply_batch([change])[0], jobs, threads=2)


@pytest.mark.django_db
def test_the_clock_of_a_process_would_count_what_came_late():
    """V5: what decides is the database's clock; one's own, 90 seconds behind, lets it pass."""
    it = cast.voting_round()
    closed = timezone.now() - dt.timedelta(seconds=30)
    Round.objects.filter(pk=it.pk).update(closes_at=closed)
    (late,) = apply_batch(changes(it, 1))
    assert isinstance(late, Refusal) and late.code == "closed"
    behind = timezone.now() - dt.timedelta(seconds=90)
    with patch.object(writer, "db_now", lambda using: behind):
        (mutant,) = apply_batch(changes(it, 1))
    assert isinstance(mutant, Counted)


@pytest.mark.asyncio
@pytest.mark.django_db
async def test_without_the_origin_validator_every_page_opens_a_socket(settings):
    """X2: the same handshakes with the guard and without it."""
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = [HOST], []
    origins = [OWN, *FOREIGN]
    guarded = [await reached(scope_of(origin)) for origin in origins]
    bare = [await reached(scope_of(origin), guard=lambda inner: inner) for origin in origins]
    assert guarded == [True] + [False] * len(FOREIGN)
    assert bare == [True] * len(origins)
