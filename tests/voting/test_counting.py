"""Between the close and the result: nothing can be voted, and the count may die and begin again."""

import threading

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox, StateLog
from core.states import WrongState
from fans.actions import confirm_address
from fans.models import Contribution
from tests import cast
from tests.races.test_crash import die
from voting import actions, ticks, verify
from voting.access import Refusal
from voting.actions import counting
from voting.candidates import enterable_designs
from voting.models import ClosingFile, Round, Tally
from voting.writer import Change, Counted, apply_batch

COUNT = "from voting import ticks; ticks.count_closed_rounds(timezone.now());"
MAIL = COUNT + "ticks.mail_closes(timezone.now());"


def voted(it, *names):
    entry = it.entries.order_by("pk").first()
    for name in names:
        confirm_address(cast.person(name))
        apply_batch([Change(it.pk, cast.voter(cast.person(name)).pk, entry.pk, supports=True)])
    it.refresh_from_db()


def closed(it):
    actions.close_round_early(round=it, reason="Enough", actor="user:1")
    return it


@pytest.fixture
def it(db):
    it = cast.voting_round()
    voted(it, "Ada", "Omar")
    return closed(it)


# Closed, and not counted yet


def test_the_close_ends_the_votes_and_leaves_the_count_to_a_job(it):
    assert it.state == Round.State.COUNTING and it.closed_at
    assert not Tally.objects.exists() and not ClosingFile.objects.exists()
    assert not Contribution.objects.filter(kind="voted").exists()
    entry, kenji = it.entries.first(), cast.voter(cast.person("Kenji"))
    (answer,) = apply_batch([Change(it.pk, kenji.pk, entry.pk, supports=True)])
    assert isinstance(answer, Refusal) and answer.code == "closed"
    assert it.ballots.count() == 2


def test_everybody_is_told_that_it_is_being_counted(it, client, sign_in):
    page = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "The round has closed." in page and "The votes are being counted" in page
    assert "See the result" not in page and 'name="choice"' not in page
    assert "Being counted" in client.get("/rounds/").content.decode()
    mei = sign_in(cast.person("Mei"))
    manage = mei.get(reverse("voting:round-manage", args=["weft", it.pk])).content.decode()
    assert "being counted" in manage and "Decide about the drafts" not in manage
    assert mei.get(reverse("voting:round-decide", args=["weft", it.pk])).status_code == 403


def test_nothing_else_can_happen_to_it_meanwhile(it):
    for step in (actions.pause_round, actions.close_round_early, actions.cancel_round):
        with pytest.raises(WrongState):
            step(round=it, reason="No", actor="user:1", now=timezone.now())
    guest = cast.voter()
    with pytest.raises(actions.NotPossible):
        actions.decide_round(round=it, decisions={}, actor="user:1", now=timezone.now())
    assert not guest.ballots.exists() and it.state == Round.State.COUNTING


def test_its_drafts_are_not_free_for_another_round(it):
    assert not enterable_designs(it.brief).exists()


def test_who_saw_the_scores_goes_on_seeing_them(it, client, sign_in):
    url = reverse("voting:round", args=[it.pk])
    assert "100" in sign_in(cast.person("Ada")).get(url).content.decode()
    client.logout()
    assert "No score yet." in client.get(url).content.decode()


def test_the_job_counts_it_once(it):
    assert ticks.mail_closes(timezone.now()) == 0
    assert [ticks.count_closed_rounds(timezone.now()) for _again in range(2)] == [1, 0]
    it.refresh_from_db()
    assert it.state == Round.State.CLOSED
    assert (it.tallies.count(), it.files.count()) == (12, 5)
    with pytest.raises(WrongState):
        actions.count_round(round=it, actor="user:1")


# Races and deaths

race = pytest.mark.race


@pytest.fixture
def real(own_db):
    it = cast.voting_round()
    voted(it, "Ada", "Omar")
    return it


def elsewhere(job, told):
    """Run a job in a thread with a connection of its own that waits for no lock."""

    def run():
        try:
            if connection.vendor == "sqlite":
                connection.cursor().execute("PRAGMA busy_timeout = 50")
            told.append(job())
        except Exception as error:
            told.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)


def during_the_count(monkeypatch, job):
    """What comes of the job while the round is being counted."""
    told, count = [], counting.frozen_tallies

    def counted(round):
        elsewhere(job, told)
        return count(round)

    monkeypatch.setattr(counting, "frozen_tallies", counted)
    return told


@race
def test_no_ballot_of_another_round_waits_for_the_count(real, monkeypatch):
    other, ada = cast.voting_round(real.brief), cast.voter(cast.person("Ada"))
    change = Change(other.pk, ada.pk, other.entries.first().pk, supports=True)
    told = during_the_count(monkeypatch, lambda: apply_batch([change])[0])
    actions.count_round(round=closed(real), actor="job:count")
    assert [type(one) for one in told] == [Counted]


@race
def test_control_under_the_lock_they_would_wait(real, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("rows of other rounds have locks of their own there")
    other, ada = cast.voting_round(real.brief), cast.voter(cast.person("Ada"))
    change = Change(other.pk, ada.pk, other.entries.first().pk, supports=True)
    told = during_the_count(monkeypatch, lambda: apply_batch([change])[0])
    closed(real)
    with counting.transaction.atomic():
        actions.count_round(round=real, actor="job:count")
    assert "locked" in str(told[0])


@race
def test_of_two_counts_at_once_one_is_written(real, monkeypatch):
    closed(real)
    again = []

    def second():
        # Only the first one meets another; it is whole before the first goes on.
        monkeypatch.undo()
        return actions.count_round(round=Round.objects.get(pk=real.pk), actor="job:two")

    again = during_the_count(monkeypatch, second)
    if connection.vendor == "sqlite":
        with pytest.raises(WrongState):
            actions.count_round(round=real, actor="job:one")
        assert again == [True]
    else:
        assert actions.count_round(round=real, actor="job:one")
        assert again == [False]
    assert (real.tallies.count(), StateLog.objects.filter(event="count").count()) == (12, 1)


def whole(it):
    """Result, files, head, contributions and mails, as they are after all jobs have run."""
    for _again in range(2):
        ticks.count_closed_rounds(timezone.now())
        ticks.mail_closes(timezone.now())
    it.refresh_from_db()
    checks = (verify.tallies, verify.log_chain, verify.CHECKS["public-files"])
    return {
        "state": it.state,
        "found": [line for check in checks for line in check([it.pk]).findings],
        "tallies": it.tallies.count(),
        "files": it.files.count(),
        "head": it.head,
        "votes": Contribution.objects.filter(kind="voted").count(),
        "steps": StateLog.objects.filter(event="count").count(),
        "mails": sorted(Outbox.objects.values_list("to", flat=True)),
    }


def once(head):
    return {
        "state": "closed",
        "found": [],
        "tallies": 12,
        "files": 5,
        "head": head,
        "votes": 2,
        "steps": 1,
        "mails": ["ada@example.com", "omar@example.com"],
    }


@race
@pytest.mark.parametrize(
    "point", ["counted", "count-half-written", "count-written", "close-half-mailed"]
)
def test_killed_at_any_point_it_is_counted_and_told_once(own_db, real, point):
    head = closed(real).head
    die(own_db, point, MAIL)
    assert whole(real) == once(head)


@race
def test_control_without_the_transaction_a_death_leaves_half_a_result(own_db, real):
    closed(real)
    if connection.vendor != "sqlite":
        pytest.skip("there the rows cannot even be locked without one")
    plain = "import contextlib, types; from voting.actions import counting;"
    plain += "counting.transaction = types.SimpleNamespace(atomic=contextlib.nullcontext);"
    die(own_db, "count-half-written", plain + COUNT)
    # Nobody would ever begin again.
    assert ticks.count_closed_rounds(timezone.now()) == 0
    assert (real.tallies.count(), real.files.count()) == (12, 0)
