"""Long stories on busy machines: conditions are waited for longer than on a single page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests import databases
from tests.flows import world as worlds


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def world(
    template_db: str,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[worlds.World]:
    """One world for all tests of a file: they only read."""
    with (
        django_db_blocker.unblock(),
        databases.copied(template_db, tmp_path_factory.mktemp("world")),
    ):
        yield worlds.build()
