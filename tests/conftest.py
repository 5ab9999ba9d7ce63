"""Fixtures for all tests."""

import pytest
from django.core.cache import cache
from django.test import Client

from fans.models import User


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
