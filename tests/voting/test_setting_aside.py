"""Suspect ballots leave the count in everybody's sight, and only an operator lets them in again."""

import datetime as dt

import pytest
from django.utils import timezone

from fans.models import Membership, User
from tests import cast
from tests.voting.tampering import unguarded
from voting import actions, audit, record, ticks, verify
from voting.actions import Judgement, NotPossible
from voting.models import Ballot, BallotLog, Choice, Entry, Round, SetAside
from voting.throwaway import is_throwaway
from voting.traces import Trace
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
PUPPETS, PEOPLE = 20, 6


def cast_one(it, name, entry, network="line", read_ms=200, domain="mailinator.com", at=None):
    user = cast.person(name)
    if domain:
        user.email = f"{name.lower()}@{domain}"
        user.save()
    trace = Trace(network, read_ms)
    change = Change(it.pk, cast.voter(user).pk, entry.pk, supports=True, trace=trace)
    (done,) = apply_batch([change], now=at)
    return Ballot.objects.get(pk=done.ballot_id)


@pytest.fixture
def it():
    """Puppets for the first draft, people for the second."""
    made = cast.voting_round()
    first, second, _third = made.entries.order_by("pk")
    for n in range(PUPPETS):
        cast_one(made, f"Puppet{n}", first)
    for n in range(PEOPLE):
        cast_one(made, f"Fan{n}", second, network="home", read_ms=40_000, domain="")
    return made


def judge(it):
    return actions.judge_new_ballots(round=it)


def findings():
    return [line for check in verify.CHECKS.values() for line in check(None).findings]


def figures(it):
    it.refresh_from_db()
    first, second, _third = it.entries.order_by("pk")
    return it.voters, it.set_aside, first.support, second.support


def test_the_suspect_leave_the_count_and_nothing_is_deleted(it):
    assert figures(it) == (26, 0, 20, 6)
    assert judge(it) == 26
    assert figures(it) == (6, 20, 0, 6)
    assert (Ballot.objects.count(), Choice.objects.count()) == (26, 26)
    row = BallotLog.objects.order_by("seq").last()
    assert (row.standing, row.choices, it.seq) == ("quarantined confirmed", [], 46)
    assert findings() == []


def test_it_says_of_each_by_which_signals(it):
    judge(it)
    one = SetAside.objects.first()
    assert one.signals == ["burst", "crowd", "new-account", "throw-away", "unread"]
    assert SetAside.objects.values("group").distinct().count() == 1
    assert one.group != one.ballot.network


def test_a_second_look_finds_nothing_new(it):
    judge(it)
    assert judge(it) == 0
    assert (figures(it), SetAside.objects.count()) == ((6, 20, 0, 6), 20)


def test_who_comes_later_brings_those_before_them_into_a_burst():
    it = cast.voting_round()
    entry = it.entries.first()
    for n in range(4):
        cast_one(it, f"Puppet{n}", entry)
    judge(it)
    assert SetAside.objects.count() == 0
    cast_one(it, "Puppet4", entry)
    judge(it)
    assert SetAside.objects.count() == 5


def test_the_ticker_looks_at_open_rounds(it):
    assert ticks.judge_ballots(timezone.now()) == 26
    assert ticks.judge_ballots(timezone.now()) == 0


def test_a_ballot_set_aside_may_still_be_changed_and_stays_out(it):
    judge(it)
    third = it.entries.order_by("pk").last()
    voter = Ballot.objects.order_by("pk").first().voter
    apply_batch([Change(it.pk, voter.pk, third.pk, supports=True, would_buy=True)])
    third.refresh_from_db()
    assert (third.support, third.would_buy, figures(it)[:2]) == (0, 0, (6, 20))
    assert findings() == []


def test_taking_everything_back_leaves_the_number_of_those_set_aside_exact(it):
    judge(it)
    first = it.entries.order_by("pk").first()
    voter = Ballot.objects.order_by("pk").first().voter
    apply_batch([Change(it.pk, voter.pk, first.pk, supports=False)])
    assert figures(it)[:2] == (6, 19)
    assert findings() == []


def test_the_close_looks_once_more_and_counts_without_them(it):
    cast.close(it)
    assert (it.set_aside, it.voters) == (20, 6)
    first, second, _third = it.entries.order_by("pk")
    assert second.tallies.get(group="all").rank == 1
    assert first.tallies.get(group="all").support == 0
    assert findings() == []


def test_control_without_the_last_look_a_late_burst_would_win(it, monkeypatch):
    monkeypatch.setattr(actions.closing, "judge_the_rest", lambda round, at: None)
    cast.close(it)
    assert it.entries.order_by("pk").first().tallies.get(group="all").rank == 1


def test_guests_are_set_aside_from_their_own_tally():
    it = cast.voting_round()
    entry = it.entries.first()
    for _n in range(PUPPETS):
        guest = cast.voter()
        apply_batch([Change(it.pk, guest.pk, entry.pk, supports=True, trace=Trace("line", None))])
    judge(it)
    it.refresh_from_db()
    assert (it.guests, it.set_aside) == (0, 20)
    assert findings() == []


# Operators


def release(it, by, rows=None, reason="A school: I called them"):
    rows = SetAside.objects.values_list("pk", flat=True) if rows is None else rows
    return actions.release_ballots(round=it, set_asides=rows, judgement=Judgement(by, reason))


def test_an_operator_releases_with_a_reason_and_the_ballots_count_again(it):
    judge(it)
    assert release(it, cast.operator()) == 20
    assert figures(it) == (26, 0, 20, 6)
    one = SetAside.objects.first()
    assert (one.decision, one.reason) == ("released", "A school: I called them")
    assert (one.decided_by, BallotLog.objects.get(seq=one.decided_seq).standing) == (
        cast.operator(),
        "confirmed",
    )
    assert findings() == []


def test_what_was_released_is_not_set_aside_again(it):
    judge(it)
    release(it, cast.operator())
    cast_one(it, "Puppet99", it.entries.first())
    judge(it)
    assert figures(it)[:2] == (26, 1)


def test_an_operator_upholds_with_a_reason_and_nothing_moves(it):
    judge(it)
    before = figures(it), it.head
    rows = SetAside.objects.values_list("pk", flat=True)
    judgement = Judgement(cast.operator(), "All made in one minute")
    assert actions.uphold_ballots(round=it, set_asides=rows, judgement=judgement) == 20
    assert (figures(it), it.head) == before
    assert set(SetAside.objects.values_list("decision", flat=True)) == {"upheld"}
    assert release(it, cast.operator()) == 0, "decided once"
    assert findings() == []


@pytest.mark.parametrize("name", ["Mei", "Jonas", "Lin", "Ruth", "Ada", "Omar"])
@pytest.mark.parametrize("verb", [actions.release_ballots, actions.uphold_ballots])
def test_nobody_but_an_operator_decides(it, name, verb):
    judge(it)
    cast.brand("Kettle", "Ruth")
    before = figures(it)
    judgement = Judgement(cast.person(name), "They are my friends")
    with pytest.raises(NotPossible):
        verb(
            round=it, set_asides=SetAside.objects.values_list("pk", flat=True), judgement=judgement
        )
    assert figures(it) == before
    assert set(SetAside.objects.values_list("decision", flat=True)) == {"waiting"}


def test_an_operator_who_is_at_the_brand_decides_nothing_in_its_rounds(it):
    judge(it)
    cast.member(it.brief.brand, "Olga", Membership.Role.DESIGNER)
    cast.operator()
    cast.person("Olga")
    olga = cast.person("Olga")
    olga.is_staff = True
    olga.save()
    before = figures(it)
    with pytest.raises(NotPossible):
        release(it, olga)
    assert figures(it) == before


def test_without_a_reason_nothing_is_decided(it):
    judge(it)
    with pytest.raises(NotPossible):
        release(it, cast.operator(), reason="  ")
    assert figures(it)[:2] == (6, 20)


def test_once_counted_nothing_comes_back(it):
    cast.close(it)
    before = figures(it), it.head
    with pytest.raises(NotPossible):
        release(it, cast.operator())
    assert (figures(it), it.head, findings()) == (*before, [])


def test_ballots_of_another_round_are_not_decided_with_these(it):
    judge(it)
    other = cast.voting_round(it.brief, drafts=1)
    assert release(other, cast.operator()) == 0
    assert figures(it)[:2] == (6, 20)


# Traces are forgotten


def test_some_time_after_the_end_what_first_votes_came_with_is_forgotten(it):
    cast.close(it)
    ticks.forget_traces(it.closed_at + dt.timedelta(days=29))
    assert Ballot.objects.exclude(network="").count() == 26
    assert ticks.forget_traces(it.closed_at + dt.timedelta(days=31)) == 26
    assert not Ballot.objects.exclude(network="", read_ms=None).exists()
    assert findings() == []


@pytest.mark.parametrize(
    ("address", "more", "found"),
    [
        ("a@mailinator.com", (), True),
        ("a@eu.MAILINATOR.com", (), True),
        ("a@notmailinator.com", (), False),
        ("a@example.com", (), False),
        ("a@example.com", ("example.com",), True),
        ("", (), False),
    ],
)
def test_throw_away_domains_are_known_by_their_end(address, more, found):
    assert is_throwaway(address, more) is found


# Mutants: each guard off, and the checks tell.


def test_mutant_a_ballot_out_of_the_count_without_a_reason_is_found(it):
    judge(it)
    SetAside.objects.all().delete()
    assert len([one for one in findings() if "without a reason" in one]) == 20


def test_mutant_a_reason_without_an_effect_is_found(it):
    judge(it)
    one = SetAside.objects.first()
    Ballot.objects.filter(pk=one.ballot_id).update(is_quarantined=False)
    assert f"ballot {one.ballot_id} counts, though it is set aside" in findings()


def test_mutant_counters_that_ignore_the_standing_are_found(it, monkeypatch):
    exact = record.counts_of

    def careless(marks, standing, *more):
        return exact(marks, standing.removeprefix("quarantined "), *more)

    monkeypatch.setattr(record, "counts_of", careless)
    judge(it)
    monkeypatch.undo()
    assert [one for one in findings() if "set_aside is 0, counted 20" in one]


def test_mutant_a_step_that_is_not_logged_is_found(it, monkeypatch):
    judge(it)
    with unguarded():
        BallotLog.objects.filter(standing__startswith="quarantined").delete()
    Round.objects.update(seq=26, head=BallotLog.objects.order_by("seq").last().head)
    assert [one for one in findings() if "is not change" in one and "setting aside" in one]
    assert audit.set_aside().count == 20
    assert Entry.objects.exists()


# An address that comes later


def bind_guests(domain):
    """Guests of one line who looked at the drafts, judged, then bound; the round after."""
    it = cast.voting_round()
    trace = Trace("line", 40_000)
    entry, guests = it.entries.first(), [cast.voter() for _n in range(PUPPETS)]
    apply_batch([Change(it.pk, one.pk, entry.pk, supports=True, trace=trace) for one in guests])
    judge(it)
    for n, ballot in enumerate(Ballot.objects.order_by("pk")):
        user = cast.person(f"Guest{n}")
        user.email = f"guest{n}@{domain}"
        user.save()
        assert actions.keep_guest_ballot(ballot=ballot, user=user)
    it.refresh_from_db()
    return it, ballot


def test_a_throw_away_address_given_later_is_a_signal_too():
    it, last = bind_guests("mailinator.com")
    assert (last.is_quarantined, it.voters, it.set_aside) == (True, 0, 20)
    assert findings() == []


def test_control_without_the_second_look_they_would_all_count(monkeypatch):
    monkeypatch.setattr(actions.claims, "judge_bound", lambda round, ballot, at: None)
    it, last = bind_guests("mailinator.com")
    assert (last.is_quarantined, it.voters, it.set_aside) == (False, 20, 0)


def test_a_class_with_addresses_of_its_own_is_left_alone():
    it, last = bind_guests("school.example")
    assert (last.is_quarantined, it.voters, it.set_aside) == (False, 20, 0)


# What people are told of it


def voter_of(handle):
    return User.objects.get(handle=handle)


def test_a_voter_who_presses_again_is_told_that_the_ballot_is_set_aside(it, client, sign_in):
    judge(it)
    third = it.entries.order_by("pk").last()
    page = sign_in(voter_of("puppet0")).post(
        f"/r/{it.pk}/ballot/", {"choice": f"{third.pk} supports 1"}, follow=True
    )
    assert "Your ballot is set aside; your receipt says why." in page.content.decode()
    assert "Vote counted" not in page.content.decode()


def test_whose_ballot_is_aside_is_not_told_that_it_was_counted(it, client, sign_in):
    cast.close(it)
    assert "Counted, 6 voters" not in sign_in(voter_of("puppet0")).get("/").content.decode()
    assert "Counted, 6 voters" in sign_in(voter_of("fan0")).get("/").content.decode()


def test_after_the_count_receipt_and_result_say_that_it_stays_out(it, client, sign_in):
    cast.close(it)
    browser = sign_in(voter_of("puppet0"))
    receipt = browser.get(f"/r/{it.pk}/receipt/").content.decode()
    assert "no operator had let it count before" in receipt
    result = browser.get(f"/r/{it.pk}/").content.decode()
    number = it.entries.order_by("pk").first().revision.design.number
    assert f"Had they counted, No. {number:04d} would have come first." in result
