"""Every pair of state and event of every machine, on real rows."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState, advance
from presale.management.commands.states import described
from presale.models import (
    Attempt,
    Campaign,
    Compensation,
    Delay,
    DelayAnswer,
    Dispute,
    Obligation,
    PreOrder,
    RefundAttempt,
    RefundObligation,
    Unmatched,
    WaitingPlace,
)
from presale.states import FINAL_ORDERS, HOLDING, MACHINES
from tests.presale.house import opened, reserved

MODELS = {
    "Campaign": Campaign,
    "Pre-order": PreOrder,
    "Payment attempt": Attempt,
    "Obligation": Obligation,
    "Refund promised": RefundObligation,
    "Refund attempt": RefundAttempt,
    "Answer to a delay": DelayAnswer,
    "Earnest money owed twice": Compensation,
    "Dispute": Dispute,
    "Waiting place": WaitingPlace,
    "Payment kept apart": Unmatched,
}
FIRST = {"Campaign": "draft", "Pre-order": "reserved", "Payment attempt": "created"}


@pytest.fixture
def rows(db):
    """One row of each machine."""
    campaign = opened()
    order = reserved(campaign)
    obligation = order.obligations.get()
    attempt = obligation.attempts.get()
    at = timezone.now()
    promised = RefundObligation.objects.create(
        order=order, cause="test", amount_minor=1, currency="CNY", reason="test", created_at=at
    )
    sent = RefundAttempt.objects.create(
        obligation=promised, attempt=attempt, amount_minor=1, currency="CNY", key="k", created_at=at
    )
    twice = Compensation.objects.create(order=order, amount_minor=1, currency="CNY", created_at=at)
    delay = Delay.objects.create(
        campaign=campaign, number=1, old_date=at.date(), new_date=at.date() + dt.timedelta(1),
        reason="test", silence="refund", stated_at=at, is_by_brand=True,
    )  # fmt: skip
    answer = DelayAnswer.objects.create(delay=delay, order=order, asked_at=at, answer_by=at)
    dispute = Dispute.objects.create(
        attempt=attempt, provider="demo", ref="dp", amount_minor=1, currency="CNY", opened_at=at
    )
    place = WaitingPlace.objects.create(
        campaign=campaign, variant=campaign.variants.first(), quantity=1, person="p", joined_at=at
    )
    apart = Unmatched.objects.create(
        attempt=attempt, charge_ref="ch", amount_minor=1, currency="CNY", why="", created_at=at
    )
    first = [campaign, order, attempt, obligation, promised, sent]
    made = [*first, answer, twice, dispute, place, apart]
    return dict(zip(MODELS, made, strict=True))


@pytest.mark.parametrize("name", list(MACHINES))
def test_listed_pairs_are_taken_and_logged_and_no_other_changes_anything(rows, name):
    table, model, row = MACHINES[name], MODELS[name], rows[name]
    moves = {pair: move.to for pair, move in table.items()}
    events = {event for _state, event in table}
    StateLog.objects.all().delete()
    taken = refused = 0
    for state in model.State.values:
        for event in sorted(events):
            model.objects.filter(pk=row.pk).update(state=state)
            before = model.objects.filter(pk=row.pk).values().get()
            row.refresh_from_db()
            try:
                advance(row, event, moves=moves, actor="test", now=timezone.now(), reason="why")
            except WrongState:
                assert (state, event) not in moves
                assert model.objects.filter(pk=row.pk).values().get() == before
                refused += 1
                continue
            log = StateLog.objects.latest("pk")
            assert (log.from_state, log.event, log.to_state) == (state, event, moves[state, event])
            assert model.objects.get(pk=row.pk).state == moves[state, event]
            taken += 1
    assert (taken, refused) == (len(moves), len(model.State.values) * len(events) - len(moves))
    assert StateLog.objects.count() == taken


@pytest.mark.parametrize("name", list(MACHINES))
def test_every_state_can_be_reached_and_named(name):
    table, model = MACHINES[name], MODELS[name]
    first = FIRST.get(name, model.State.values[0])
    reached = {first}
    while more := {m.to for (s, _e), m in table.items() if s in reached} - reached:
        reached |= more
    assert reached == set(model.State.values)


def test_ended_orders_leave_their_state_only_for_money_that_is_late():
    ways_out = {
        (state, event): move.to
        for (state, event), move in MACHINES["Pre-order"].items()
        if state in FINAL_ORDERS and move.to != state
    }
    # Late money may still find a place; nothing else brings an ended order back.
    assert ways_out == {("expired", "deposit_paid"): "deposited"}


def test_ended_campaigns_stay_ended():
    for state in ("failed", "cancelled", "completed"):
        assert not [pair for pair in MACHINES["Campaign"] if pair[0] == state]


def test_a_closed_order_is_the_only_ended_one_that_keeps_its_units():
    assert [state for state in FINAL_ORDERS if state in HOLDING] == ["closed"]


def test_the_document_is_the_one_the_code_would_write():
    path = settings.BASE_DIR / "docs" / "states.md"
    assert path.read_text(encoding="utf-8") == described(), "run manage.py states"
