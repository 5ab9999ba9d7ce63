"""The log of ballots only grows: the database itself refuses everything else."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests import cast
from voting import checks, guards, triggers
from voting.models import BallotLog
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
G = triggers.GUARD


@pytest.fixture
def it():
    made = cast.voting_round()
    entry = made.entries.first()
    for name in ("Ada", "Omar"):
        apply_batch([Change(made.pk, cast.voter(cast.person(name)).pk, entry.pk, supports=True)])
    return made


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE voting_ballotlog SET standing = 'guest' WHERE seq = 1",
        "UPDATE voting_ballotlog SET seq = 9 WHERE seq = 2",
        "DELETE FROM voting_ballotlog WHERE seq = 2",
        "DELETE FROM voting_ballotlog",
        pytest.param(
            "TRUNCATE voting_ballotlog",
            marks=pytest.mark.skipif(connection.vendor == "sqlite", reason="has no TRUNCATE"),
        ),
    ],
)
def test_what_is_in_the_log_stays_as_it_is(it, statement):
    before = list(BallotLog.objects.order_by("pk").values())
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="ballot log"):
        run(statement)
    assert (len(before), list(BallotLog.objects.order_by("pk").values())) == (2, before)


def test_control_without_the_guard_the_same_statements_go_through(it):
    connection.check_constraints()
    G.drop()
    run("UPDATE voting_ballotlog SET standing = 'guest' WHERE seq = 1")
    run("DELETE FROM voting_ballotlog WHERE seq = 2")
    assert list(BallotLog.objects.values_list("seq", "standing")) == [(1, "guest")]


def test_a_missing_trigger_is_found_by_check_and_verify_and_migrate_puts_it_back():
    name, (table, _sql) = next(iter(G.wanted().items()))
    run(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert G.missing() == [name]
    assert guards.log_guarded().findings == [f"trigger {name} is missing"]
    assert [found.id for found in checks.log_is_guarded(databases=["default"])] == ["voting.W001"]
    call_command("migrate", verbosity=0, skip_checks=False)
    assert G.missing() == checks.log_is_guarded(databases=["default"]) == []
    assert guards.log_guarded().count == 2
