"""Races of changes to an order: two tabs, and the close; each with a control."""

from typing import Any

import pytest
from django.utils import timezone

from presale.actions import campaigns, order_changes
from presale.errors import BadOrder, TooLate
from presale.models import PreOrder, RefundObligation
from tests.presale.house import deposited, opened, variant
from tests.presale.money_sound import assert_money_sound
from tests.races.test_places import Meeting, at_once

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]


def unlocked(pk: int) -> PreOrder:
    """The order as it is now, held by nobody; PostgreSQL locks no row outside a transaction."""
    return PreOrder.objects.select_related("campaign").get(pk=pk)


def reduced_in_two_tabs() -> tuple[list[Any], int, int]:
    """Two tabs keep one unit of three at the same moment: answers, places taken, money back."""
    campaign = opened()
    deposited(campaign, "Kenji", quantity=3)
    order = deposited(campaign, quantity=3)
    # One more elsewhere, or the count of her own units would refuse what nothing else refuses.
    deposited(campaign, sku="S")
    blue = variant(campaign)

    def tab() -> str:
        mine = PreOrder.objects.get(pk=order.pk)
        order_changes.reduce_order(
            mine, variant=blue, quantity=1, actor="user:1", now=timezone.now()
        )
        return "done"

    answers = at_once(tab, tab)
    back = sum(RefundObligation.objects.values_list("amount_minor", flat=True))
    return answers, variant(campaign).taken, back


def test_two_tabs_give_units_back_once():
    answers, taken, back = reduced_in_two_tabs()
    assert sorted(type(answer) for answer in answers if answer != "done") == [BadOrder]
    assert (taken, back) == (4, 10_000)
    assert_money_sound()


def test_control_without_the_lock_two_tabs_give_units_back_twice(monkeypatch):
    meeting, give_back = Meeting(look=2), order_changes.give_back_units

    def late(order: PreOrder, pk: int, units: int) -> None:
        meeting.wait("look", "line")
        give_back(order, pk, units)

    monkeypatch.setattr(order_changes, "lock_order", unlocked)
    monkeypatch.setattr(order_changes, "give_back_units", late)
    monkeypatch.setattr(order_changes, "reduce_order", order_changes.reduce_order.__wrapped__)
    answers, taken, _back = reduced_in_two_tabs()
    assert taken == 2, answers


def closed_while_reducing(monkeypatch) -> tuple[list[Any], int, int]:
    """Deposits close while units are given back: answers, units counted, units in the order."""
    campaign = opened(minimum=1, production_minimum=1)
    order = deposited(campaign, quantity=3)
    meeting, give_back = Meeting(step=2), order_changes.give_back_units

    def slow(order: PreOrder, pk: int, units: int) -> None:
        if hasattr(order_changes.reduce_order, "ungated"):
            meeting.wait("step", "given back")
            meeting.wait("step", "closed")
        give_back(order, pk, units)

    def reduce() -> None:
        order_changes.reduce_order(
            order, variant=variant(campaign), quantity=1, actor="user:1", now=timezone.now()
        )

    def close() -> None:
        if hasattr(order_changes.reduce_order, "ungated"):
            meeting.wait("step", "given back")
        campaigns.close_early(campaign, actor="user:1", reason="Enough.", now=timezone.now())
        campaigns.finalise(campaign, actor="job:test", now=timezone.now())
        meeting.wait("step", "closed")

    monkeypatch.setattr(order_changes, "give_back_units", slow)
    if not hasattr(order_changes.reduce_order, "ungated"):
        meeting.crowds = {}
    answers = at_once(reduce, close)
    campaign.refresh_from_db()
    return answers, campaign.final_units or 0, order.lines.get().quantity


def test_units_given_back_at_the_close_are_counted_as_the_order_says(monkeypatch):
    answers, final, held = closed_while_reducing(monkeypatch)
    assert answers[1] is None and isinstance(answers[0], TooLate | None)
    assert final == held == (3 if answers[0] else 1)
    assert_money_sound()


def test_control_without_the_gate_the_close_counts_other_units(monkeypatch):
    plain = order_changes.reduce_order.__wrapped__

    def ungated(order: PreOrder, **more: Any) -> PreOrder:
        return plain(order, **more)

    ungated.ungated = True
    monkeypatch.setattr(order_changes, "lock_order", unlocked)
    monkeypatch.setattr(order_changes, "reduce_order", ungated)
    monkeypatch.setattr(order_changes, "uncount_units", lambda order, units: True)
    _answers, final, held = closed_while_reducing(monkeypatch)
    assert (final, held) == (3, 1)
