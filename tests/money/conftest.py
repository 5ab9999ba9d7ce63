"""Fixtures of the proof."""

from collections.abc import Iterator

import pytest

from tests.money.dying import Dying


@pytest.fixture(scope="session")
def dying() -> Iterator[Dying]:
    """A maker of processes that die."""
    one = Dying()
    yield one
    one.close()
