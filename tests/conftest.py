"""Fixtures for all tests."""

import pytest
from django.core.cache import cache
from django.test import Client

from fans.models import User

pytest_plugins = [
    "tests.databases",
    "tests.browser",
    "tests.processes",
    "tests.stripe_peer.fixtures",
]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def sign_in(client: Client):
    """`sign_in(user)` returns the test client as that person."""

    def as_person(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_person


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright leaves an event loop behind that asyncio tests refuse."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
