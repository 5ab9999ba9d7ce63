"""The peer for tests: one process for the whole run, forgotten before each test."""

from collections.abc import Iterator

import pytest

from tests.stripe_peer.client import TEST_KEY, Peer, running
from tests.stripe_peer.events import SECRET


@pytest.fixture(scope="session")
def running_peer() -> Iterator[Peer]:
    with running() as one:
        yield one


@pytest.fixture
def peer(running_peer: Peer) -> Peer:
    """Stripe's stand-in with empty books."""
    running_peer.tell("reset")
    return running_peer


@pytest.fixture
def stripe_on(peer: Peer, settings) -> Peer:
    """The shop takes payments by Stripe, which is the peer."""
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_API_KEY = TEST_KEY
    settings.STRIPE_API_BASE = peer.base
    settings.STRIPE_WEBHOOK_SECRET = [SECRET]
    return peer
