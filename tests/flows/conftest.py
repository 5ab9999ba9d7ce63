"""Long stories on busy machines: conditions are waited for longer than on a single page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)
