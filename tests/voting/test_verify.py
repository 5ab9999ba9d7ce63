import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.voting.tampering import unguarded
from voting import verify
from voting.models import Ballot, BallotLog, Choice, Entry, Round, Tally
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
CHECKS = [
    verify.one_ballot_per_voter,
    verify.counters,
    verify.log_chain,
    verify.replay,
    verify.in_time,
    verify.tallies,
]


@pytest.fixture
def it():
    made = cast.voting_round()
    for n, name in enumerate(["Ada", "Omar", "", "Kenji"]):
        who = cast.voter(cast.person(name) if name else None)
        for entry in list(made.entries.order_by("pk"))[: n % 3 + 1]:
            apply_batch([Change(made.pk, who.pk, entry.pk, supports=True, would_buy=n > 1)])
    return made


def findings():
    return [line for check in CHECKS for line in check().findings]


def test_what_the_writer_writes_passes_every_check(it):
    cast.close(it)
    assert findings() == []
    assert all(check().count for check in CHECKS)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda: Entry.objects.filter(support=3).update(support=4), "support is 4, counted 3"),
        (lambda: Round.objects.update(voters=9), "voters is 9"),
        (lambda: Choice.objects.first().delete(), "its choices are not those of the log"),
        (lambda: Ballot.objects.filter(is_confirmed=False).update(is_confirmed=True), "log: guest"),
        (lambda: BallotLog.objects.filter(seq=2).delete(), "in place of 2: rows are gone"),
        (lambda: BallotLog.objects.order_by("-seq").first().delete(), "the log ends at"),
        (lambda: BallotLog.objects.filter(seq=2).update(choices=[]), "change 2 (row"),
        (
            lambda: BallotLog.objects.filter(seq=2).update(head="0" * 64),
            "the chain breaks at change 2 (row",
        ),
        (
            lambda: BallotLog.objects.filter(seq=2).update(
                at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
            ),
            "is out of time",
        ),
    ],
)
def test_each_harm_is_found_and_named(it, harm, words):
    with unguarded():
        harm()
    assert [line for line in findings() if words in line]


def test_a_changed_count_is_found(it):
    cast.close(it)
    Tally.objects.filter(group="all", rank=1).update(support=99)
    assert [line for line in findings() if "is not the recount" in line]


def test_a_second_ballot_of_a_voter_is_refused_by_the_database(it):
    ballot = Ballot.objects.first()
    ballot.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        ballot.save()
    assert findings() == []
