"""Fixtures for tests of the money."""

from collections.abc import Iterator

import pytest

from tests import cast
from tests.presale.money_sound import assert_money_sound
from voting.models import Entry, Round


@pytest.fixture
def sound(db: None) -> Iterator[None]:
    """A database whose money is sound again when the test ends."""
    yield
    assert_money_sound()


@pytest.fixture
def faults(settings) -> dict:
    """What the demo bank loses: call name to a list of faults, taken from the front."""
    settings.DEMO_BANK_FAULTS = {}
    return settings.DEMO_BANK_FAULTS


@pytest.fixture
def winner(db: None) -> Entry:
    """The winning draft of a closed round."""
    won_in = cast.voting_round(drafts=1, state=Round.State.CLOSED)
    entry = won_in.entries.get()
    Entry.objects.filter(pk=entry.pk).update(outcome=Entry.Outcome.WINNER)
    entry.refresh_from_db()
    return entry
