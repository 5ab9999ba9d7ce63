import datetime as dt
import uuid

import pytest
from django.utils import timezone

from tests import cast
from voting import rows
from voting.access import Refusal
from voting.models import Ballot, BallotLog, Choice, Entry, Round
from voting.writer import Change, Counted, apply_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    return cast.voting_round()


def entries(of):
    return list(of.entries.order_by("pk"))


def vote(of, who, entry, **said):
    return Change(of.pk, who.pk, entry.pk, **({"supports": True} | said))


def state(of):
    of.refresh_from_db()
    return (of.seq, of.head, of.voters, of.guests, Ballot.objects.count(), Choice.objects.count())


def test_votes_of_people_and_guests_are_counted_apart(it):
    first, *_rest = entries(it)
    ada, guest = cast.voter(cast.person("Ada")), cast.voter()
    done = apply_batch([vote(it, ada, first), vote(it, guest, first, would_buy=True)])
    assert [one.is_confirmed for one in done] == [True, False]
    first.refresh_from_db()
    it.refresh_from_db()
    assert (first.support, first.support_guests, first.would_buy) == (1, 1, 0)
    assert (it.voters, it.guests, it.seq) == (1, 1, 2)


def test_a_ballot_is_one_row_that_changes_and_every_change_is_logged(it):
    first, second, _third = entries(it)
    ada = cast.voter(cast.person("Ada"))
    apply_batch([vote(it, ada, first), vote(it, ada, second, would_buy=True)])
    apply_batch([vote(it, ada, first, supports=False)])
    ballot = Ballot.objects.get()
    assert list(ballot.choices.values_list("entry", "supports", "would_buy")) == [
        (second.pk, True, True)
    ]
    log = BallotLog.objects.order_by("seq")
    assert [row.seq for row in log] == [1, 2, 3]
    assert [row.choices for row in log] == [
        [{"entry": first.pk, "supports": True}],
        [{"entry": second.pk, "supports": True, "would_buy": True}],
        [{"entry": first.pk}],
    ]
    assert [Entry.objects.get(pk=e.pk).support for e in (first, second)] == [0, 1]


def test_withdrawing_everything_leaves_a_ballot_that_is_not_live(it):
    first, *_rest = entries(it)
    ada = cast.voter(cast.person("Ada"))
    apply_batch([vote(it, ada, first)])
    apply_batch([vote(it, ada, first, supports=False, would_buy=False)])
    it.refresh_from_db()
    assert (it.voters, Ballot.objects.get().is_live, Choice.objects.count()) == (0, False, 0)


def test_a_ballot_keeps_the_number_of_its_choices_without_reading_them(it, monkeypatch):
    first, second, _third = entries(it)
    ada = cast.voter(cast.person("Ada"))
    apply_batch([vote(it, ada, first), vote(it, ada, second, supports=None, would_buy=True)])
    read = []
    whole = rows.marks_at
    monkeypatch.setattr(rows, "marks_at", lambda *a: read.extend(whole(*a)) or whole(*a))
    apply_batch([vote(it, ada, first, supports=False)])
    ballot = Ballot.objects.get()
    assert [entry for _ballot, entry, _mark in read] == [first.pk]
    assert (ballot.marks, ballot.said, ballot.is_live) == (1, 0, True)
    it.refresh_from_db()
    assert (it.voters, it.papers) == (1, 0)


def test_a_budget_counts_all_marks_of_the_ballot(it):
    Round.objects.filter(pk=it.pk).update(parameters={"budget": 2})
    ada = cast.voter(cast.person("Ada"))
    answers = [apply_batch([vote(it, ada, entry)])[0] for entry in entries(it)]
    assert [getattr(answer, "code", "") for answer in answers] == ["", "", "budget"]
    assert Ballot.objects.get().marks == 2


def test_the_same_change_again_is_the_same_change(it):
    first, *_rest = entries(it)
    ada, key = cast.voter(cast.person("Ada")), uuid.uuid4()
    apply_batch([vote(it, ada, first, client_key=key)])
    apply_batch([vote(it, ada, first, supports=False)])
    before = state(it)
    (again,) = apply_batch([vote(it, ada, first, client_key=key)])
    assert isinstance(again, Counted) and not again.mark.supports
    assert state(it) == before


def test_a_refused_ballot_does_not_spoil_its_neighbours(it):
    first, *_rest = entries(it)
    ada, mei = cast.voter(cast.person("Ada")), cast.voter(cast.person("Mei"))
    done = apply_batch([vote(it, mei, first), vote(it, ada, first)])
    assert isinstance(done[0], Refusal) and isinstance(done[1], Counted)
    first.refresh_from_db()
    assert (first.support, Ballot.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": Round.State.SCHEDULED}, "not-open"),
        ({"state": Round.State.CLOSED}, "closed"),
        ({"state": Round.State.CANCELLED}, "not-open"),
        ({"closes_at": timezone.now() - dt.timedelta(minutes=1)}, "closed"),
        ({"electorate": Round.Electorate.MEMBERS}, "account"),
        ({"electorate": Round.Electorate.FANS}, "fans"),
        ({"electorate": Round.Electorate.HONORARY}, "honorary"),
    ],
)
def test_a_guest_is_refused_and_nothing_changes(it, fields, code):
    Round.objects.filter(pk=it.pk).update(**fields)
    before = state(it)
    (refused,) = apply_batch([vote(it, cast.voter(), entries(it)[0])])
    assert (refused.code, state(it)) == (code, before)


@pytest.mark.parametrize(
    ("name", "electorate", "code"),
    [
        ("Mei", Round.Electorate.EVERYONE, "member"),
        ("Lin", Round.Electorate.EVERYONE, "member"),
        ("Omar", Round.Electorate.FANS, "fans"),
        ("Ada", Round.Electorate.HONORARY, "honorary"),
        ("Dora", Round.Electorate.EVERYONE, "entrant"),
    ],
)
def test_who_may_not_vote_is_refused_and_nothing_changes(it, name, electorate, code):
    cast.fan(it.brief.brand)
    cast.entry(it, cast.design(it.brief, "Parka", designer="Dora"))
    Round.objects.filter(pk=it.pk).update(electorate=electorate)
    before = state(it)
    (refused,) = apply_batch([vote(it, cast.voter(cast.person(name)), entries(it)[0])])
    assert (refused.code, state(it)) == (code, before)


def test_tiers_open_their_rounds_and_are_noted_on_the_ballot(it):
    house = it.brief.brand
    Round.objects.filter(pk=it.pk).update(electorate=Round.Electorate.HONORARY)
    apply_batch([vote(it, cast.voter(cast.honorary(house)), entries(it)[0])])
    ballot = Ballot.objects.get()
    assert (ballot.is_confirmed, ballot.is_honorary, ballot.is_buyer) == (True, True, False)


def test_an_entry_of_another_round_is_refused(it):
    other = cast.voting_round(it.brief, drafts=1, title="Round 2")
    before = state(it)
    (refused,) = apply_batch([vote(it, cast.voter(), entries(other)[0])])
    assert (refused.code, state(it)) == ("no-entry", before)


def test_the_refusal_names_the_second_of_the_close_in_the_zone_of_the_round(it):
    closed = dt.datetime(2026, 11, 29, 12, 0, tzinfo=dt.UTC)
    Round.objects.filter(pk=it.pk).update(
        state=Round.State.CLOSED,
        opens_at=closed - dt.timedelta(days=2),
        closes_at=closed,
        closed_at=closed,
    )
    (refused,) = apply_batch([vote(it, cast.voter(), entries(it)[0])])
    assert str(refused.text) == "Not counted: the round closed at 20:00:00 UTC+8."
