"""The smoke set of `make faults`, and its control."""

import pytest
from django.db import connection

from tests.faults import kill
from tests.voting.tampering import unguarded
from voting.models import BallotLog, Choice

pytestmark = [
    pytest.mark.race,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the server opens the SQLite file"),
]


def test_what_is_acknowledged_survives_the_death_of_the_server_once(own_db):
    figures = kill.run(f"sqlite:///{own_db}", ballots=300, kills=2, seed=7)
    assert figures["kills"] >= 1 and figures["acknowledged"] == 300
    assert (figures["lost"], figures["double"], figures["wrong"]) == (0, 0, 0)


def test_control_a_ballot_that_went_missing_and_one_from_nowhere_are_found(own_db):
    usual = kill.check

    def harmed(it, people):
        Choice.objects.filter(ballot__round=it).first().delete()
        with unguarded():
            BallotLog.objects.filter(round=it).order_by("-seq").first().delete()
        return usual(it, people)

    kill.check = harmed
    try:
        figures = kill.run(f"sqlite:///{own_db}", ballots=60, kills=0, seed=7)
    finally:
        kill.check = usual
    assert figures["lost"] >= 1 and figures["wrong"] >= 2
