"""Every named point x {killed, failing} x {key alive, forgotten} x {once, twice, event first}.

Stripe's stand-in is a process of its own and knows the truth. With every `make test` each death
runs once, with ways that change from one to the next; `make faults` runs all.
"""

import itertools
import re
import signal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from core import failpoints
from presale.providers.base import ProviderError
from tests.money import acts
from tests.money.deaths import DEATHS, recover, truth
from tests.money.house import FULL, sound

pytestmark = pytest.mark.race
WAYS = list(
    itertools.product(["killed", "fails"], ["key", "no key"], ["once", "twice", "event"])
)  # fmt: skip
CASES = [
    (death, way)
    for place, death in enumerate(DEATHS)
    for way in (WAYS if FULL else [WAYS[5 * place % len(WAYS)]])
    # A database of one's own takes its time on PostgreSQL: there a part of the part.
    if FULL or connection.vendor == "sqlite" or place % 3 == 0
]


def named(case):
    death, way = case
    return "-".join([death.act, death.point, *way]).replace(" ", "-")


def test_every_named_point_is_in_the_matrix():
    root = Path(settings.BASE_DIR) / "presale"
    found = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'\bfailpoint\("([^"]+)"\)', path.read_text())
    }
    assert {death.point for death in DEATHS} == found


@pytest.mark.parametrize("case", CASES, ids=named)
def test_whatever_dies_money_moves_once(own_db, stripe_on, dying, monkeypatch, case):
    death, (how, key, recovery) = case
    order, at = death.setup(stripe_on)
    if how == "killed":
        code = dying.run(
            death.act, at, point=death.point, database=own_db, base=stripe_on.base
        )  # fmt: skip
        assert code == -signal.SIGKILL, f"the act never came to {death.point}"
    else:
        fail_at(death, at, monkeypatch)
    if key == "no key":
        stripe_on.tell("expire-keys")
    recover(stripe_on, death, order, at, recovery)
    found = truth(stripe_on, order)
    assert found["state"] in death.states
    assert (found["charges"], found["refunds"]) == (
        tuple(sorted(death.charges)), death.refunds,
    )  # fmt: skip
    assert (found["promised"], found["payable"]) == (len(death.refunds), 0)
    sound()


def fail_at(death, at, monkeypatch):
    """Our own code fails at that point, once; a job goes on with other rows, a person sees it."""
    reached = []

    class Reached(failpoints.PointReached):
        def __init__(self, name):
            super().__init__(name)
            reached.append(name)

    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "PointReached", Reached)
        patch.setenv("FAILPOINT", f"{death.point}!")
        try:
            acts.ACTS[death.act](at)
        except Reached:
            pass
        except ProviderError:
            pytest.fail("a fault of ours must not look like one of the provider's")
    assert reached
