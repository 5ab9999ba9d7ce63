"""Each rule of the votes is broken once, as a careless change would; its check tells.

The same act is done without the mutant first: then every check is silent. V1 to V9 are those of
docs/verify.md.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils.translation import override

from tests import cast
from tests.voting.tampering import unguarded
from voting import (
    cards,
    chain,
    guards,
    live,
    promises,
    record,
    rows,
    shown,
    verify,
    writer,
)
from voting.actions import counting
from voting.marks import SILENT, Mark
from voting.models import Ballot, BallotLog, Choice, Receipt, Round, Tally
from voting.writer import Change, Counted, apply_batch

YES = Mark(supports=True)


def vote(it, who, n, supports=True):
    voter, entry = cast.voter(cast.person(who)), it.entries.order_by("pk")[n]
    key = uuid.uuid4()
    (one,) = apply_batch([Change(it.pk, voter.pk, entry.pk, supports=supports, client_key=key)])
    assert isinstance(one, Counted)
    return promises.Answer(voter.pk, entry.pk, key, one.mark)


def act(it):
    """Some votes, some taken back; what the voters were told."""
    told = [vote(it, name, n) for name in ("Ada", "Omar", "Kenji") for n in (0, 1)]
    told += [vote(it, "Omar", 2), vote(it, "Omar", 0, supports=False)]
    return told


def close(it):
    cast.close(it)


def red(it, told=()):
    """The names of the checks that found something."""
    found = {name for name, check in verify.CHECKS.items() if check([it.pk]).findings}
    return found | ({"acknowledged"} if promises.acknowledged(it, told).findings else set())


# Mutants of the code: while they are on, the act is done.


def swap(owner, name, made):
    """Replace a function by what `made` makes of it."""
    return lambda: patch.object(owner, name, made(getattr(owner, name)))


def off_by_one(exact):
    def count(marks, *more, **named):
        counted = exact(marks, *more, **named)
        support = next((one for one in counted if one[1] == "support"), None)
        return {**counted, support: counted[support] + 1} if support else counted

    return count


def forget_the_last(exact):
    return lambda steps, *more: exact(steps[:-1], *more)


def with_a_gap(exact):
    def step(round, *more):
        round.seq += 1
        return exact(round, *more)

    return step


def unsalted(exact):
    return lambda salt, *more: exact("", *more)


def without_its_past(exact):
    return lambda previous, leaf: exact(chain.START, leaf)


@dataclass(frozen=True)
class Mutant:
    """What is broken, when, and which checks must tell (others may)."""

    rule: str
    on: Callable
    tells: set[str]


CODE = {
    "a tally off by one": Mutant("V3", swap(record, "counts_of", off_by_one), {"counters"}),
    "choices that are not written": Mutant(
        "V2", swap(rows, "put_choices", lambda exact: lambda found, using: None), {"replay"}
    ),
    "a change that is not logged": Mutant(
        "V4", swap(record, "_append_log", forget_the_last), {"replay", "log", "acknowledged"}
    ),
    "a number left out": Mutant("V4", swap(writer, "take_step", with_a_gap), {"log"}),
    "leaves without their salt": Mutant("V7", swap(chain, "leaf", unsalted), {"log"}),
    "links without their past": Mutant("V7", swap(chain, "link", without_its_past), {"log"}),
}


@pytest.fixture
def it(db):
    return cast.voting_round(results=Round.Results.ALWAYS)


def test_control_what_is_not_broken_is_silent(it):
    told = act(it)
    it.refresh_from_db()
    assert red(it, told) == set()
    close(it)
    assert red(it, told) == set()
    assert {name: check([it.pk]).count for name, check in verify.CHECKS.items()}["shown"] == 0


@pytest.mark.parametrize("name", CODE)
def test_a_mutant_of_the_writer_is_told_by_its_check(it, name):
    mutant = CODE[name]
    with mutant.on():
        told = act(it)
    it.refresh_from_db()
    assert mutant.tells <= red(it, told)


# Mutants of what is stored or shown, after the act.


def doubled(it):
    """V1: the constraint is gone, and a race has made the same person's ballot twice."""
    every = Ballot._meta.constraints
    (gone,) = [one for one in every if one.name == "one_ballot_per_voter"]
    without = patch.object(Ballot._meta, "constraints", [one for one in every if one is not gone])
    with without, connection.schema_editor() as editor:
        editor.remove_constraint(Ballot, gone)
    first = Ballot.objects.order_by("pk").first()
    first.pk = None
    first.save()


def late(it):
    """V5: counted by the clock of a process that is late, after the close."""
    with unguarded():
        BallotLog.objects.filter(round=it, seq=3).update(at=it.closes_at.replace(year=2100))


def two_clocks(it):
    """V5: a process whose clock is 90 seconds behind wrote the next change."""
    with unguarded():
        one = BallotLog.objects.get(round=it, seq=3)
        BallotLog.objects.filter(pk=one.pk).update(at=one.at - dt.timedelta(seconds=90))


def another_rule(it):
    """V6: the deciding tally is changed while votes come in."""
    Round.objects.filter(pk=it.pk).update(deciding=Round.Deciding.BUYERS)


def elected(it):
    """V6: the round becomes one for honorary developers, but others have voted."""
    Round.objects.filter(pk=it.pk).update(electorate=Round.Electorate.HONORARY)


def other_receipt(it):
    """V2: what was mailed to somebody is the change of another ballot."""
    mine, other = Ballot.objects.filter(round=it).order_by("pk")[:2]
    row = BallotLog.objects.filter(ballot=other).first()
    Receipt.objects.create(ballot=mine, round=it, seq=row.seq, head=row.head, at=row.at)


def shown_old(it):
    """V8: one card in the cache is somebody else's truth."""
    round = Round.objects.select_related("brief__brand").get(pk=it.pk)
    with override("en"):
        one = cards.figures_of(round, cards.slots(round))[0]
        cards.page_cards(round, cards.Viewer(marks={}, sees_tally=True))
        cache.set(one.key("en"), cards.render_tally(round, replace(one, guests=7)))


def out_in_silence(it):
    """V9: a ballot is taken out of the count, and nothing says why."""
    Ballot.objects.filter(round=it).update(is_quarantined=True)


def still_said(it):
    """V9: a voter took everything back, and a choice stays."""
    Choice.objects.filter(ballot__round=it).order_by("pk").first().delete()


def taken_away(it):
    """V7: the triggers of the log are gone."""
    connection.check_constraints()
    guards.GUARD.drop()


STORED = {
    late: {"in-time"},
    two_clocks: {"in-time"},
    another_rule: {"rules"},
    elected: {"rules", "electorate"},
    other_receipt: {"receipts"},
    shown_old: {"shown"},
    out_in_silence: {"set-aside", "replay", "counters"},
    still_said: {"replay", "counters"},
    taken_away: {"log-guarded"},
}


@pytest.mark.parametrize("harm", STORED, ids=lambda harm: harm.__name__)
def test_what_is_broken_afterwards_is_told_by_its_check(it, harm):
    told = act(it)
    harm(it)
    it.refresh_from_db()
    assert STORED[harm] <= red(it, told)


@pytest.mark.race
def test_a_dropped_constraint_and_what_comes_of_it_are_told(own_db):
    it = cast.voting_round()
    act(it)
    doubled(it)
    assert {"constraints", "one-ballot-per-voter"} <= red(it)
    assert "voting_ballot lacks one_ballot_per_voter" in guards.constraints().findings


def test_a_result_that_is_no_function_of_its_ballots_is_told(it):
    act(it)
    close(it)
    assert red(it) == set()
    Tally.objects.filter(round=it, group="all").update(support=1)
    assert {"tallies", "public-files"} <= red(it)


def test_a_close_that_miscounts_is_told(it):
    def miscounted(exact):
        def tallies(round):
            made = exact(round)
            made[0].support += 1
            return made

        return tallies

    act(it)
    with patch.object(counting, "frozen_tallies", miscounted(counting.frozen_tallies)):
        close(it)
    assert {"tallies", "public-files"} & red(it)


def test_a_socket_that_shows_something_else_than_the_page_is_told(it):
    def behind(exact):
        return lambda round, one: exact(round, replace(one, guests=one.guests + 1))

    act(it)
    with patch.object(live, "_tally_frame", behind(live._tally_frame)):
        assert [line for line in shown.shown().findings if "the socket (en) shows another" in line]
    assert shown.shown().findings == []


def test_a_tally_that_leaks_to_who_may_not_see_it_is_told(it):
    act(it)
    it.refresh_from_db()
    first = it.entries.order_by("pk").first().pk
    with patch.object(cards, "hidden_tally", lambda *_a, **_n: cards.tallies(it)[first]):
        assert [line for line in shown.shown().findings if "to who may not see it" in line]


def test_an_answer_before_the_commit_is_told(it):
    """V2: the writer answers, then the transaction is rolled back."""
    told = []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        told += act(it)
        raise ZeroDivisionError
    assert "acknowledged" in red(it, told)


def test_a_vote_that_is_replaced_by_a_later_one_was_not_lost(it):
    told = [vote(it, "Ada", 0), vote(it, "Ada", 0), vote(it, "Ada", 0, supports=False)]
    assert [one.mark for one in told] == [YES, YES, SILENT]
    assert promises.acknowledged(it, told).findings == []
    assert promises.acknowledged(it, told[:1]).findings == []
    assert promises.acknowledged(it, told[:2]).count == 2
