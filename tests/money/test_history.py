"""Histories at random; a few with every `make test`, 2,000 of 50 steps with `make faults`."""

import os

import pytest
from hypothesis import HealthCheck, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from presale.models import Campaign
from tests.money.history import History
from tests.money.house import FULL
from tests.stripe_peer.client import ONCE

EXAMPLES = int(os.environ.get("HISTORIES", "2000" if FULL else "4"))
STEPS = int(os.environ.get("STEPS", "50" if FULL else "8"))


@ONCE
@pytest.mark.django_db
def test_random_histories_agree_with_the_oracle(stripe_on):
    History.peer, History.steps = stripe_on, 0
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
            derandomize=not FULL, database=None, suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet if not FULL else Verbosity.normal,
        ),
    )  # fmt: skip
    assert Campaign.objects.count() == 0
    print(f"{EXAMPLES} histories, {History.steps} settled steps")
