"""Every call to the provider x every way to lose its answer: money moves once, nothing is stuck.

With every `make test` each call meets one of the ways; `make faults` runs all.
"""

import pytest

from presale.providers.stripe import client
from tests.money.house import FULL, charged, fresh, returned, sound
from tests.money.wire import CALLS, WAYS
from tests.stripe_peer.client import ONCE

pytestmark = [pytest.mark.django_db, *([] if FULL else [ONCE])]
CASES = [
    (call, how)
    for place, call in enumerate(CALLS)
    for how in (WAYS if FULL else [WAYS[3 * place % len(WAYS)]])
]


@pytest.fixture
def impatient(monkeypatch):
    """A slow answer is one after a quarter of a second, not after fifteen."""
    client._client.cache_clear()
    monkeypatch.setattr(client, "TIMEOUT", (3.05, 0.25))
    yield
    client._client.cache_clear()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].name}-{case[1]}")
def test_whatever_is_lost_money_moves_once(stripe_on, request, case):
    call, how = case
    order = call.setup(stripe_on)
    if how == "slow":
        request.getfixturevalue("impatient")
    stripe_on.tell("fault", method=call.method, path=call.path, action=how, left=1, seconds=0.6)
    call.act(stripe_on, order)
    assert stripe_on.tell("state")["faults"] == []  # it was met
    assert fresh(order).state in call.states
    assert sorted(charged(stripe_on)) == sorted(call.charges)
    if fresh(order).state == "cancelled":
        assert returned(stripe_on) == [5000]
    else:
        assert tuple(returned(stripe_on)) == call.refunds
    assert [row for row in stripe_on.all("checkout.session") if row["status"] == "open"] == []
    sound()
