"""Fixtures for tests of the money."""

from collections.abc import Iterator

import pytest

from tests.presale.money_sound import assert_money_sound


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
