"""Races of the waiting list, each with a control that sees the harm."""

from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone

from core.states import WrongState
from presale import ticks
from presale.actions import orders, places, waiting
from presale.actions.buyers import Buyer
from presale.errors import Refused
from presale.models import PreOrder, PreOrderLine, Variant, WaitingPlace
from tests import cast
from tests.presale.house import HOUR, deposited, opened, reserved, variant
from tests.presale.money_sound import assert_money_sound
from tests.races.test_places import Meeting, at_once

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]


def lined(*names: str) -> tuple[Any, list[WaitingPlace]]:
    """Grey is sold out, the named stand in line, then one unit becomes free."""
    campaign = opened()
    held = [deposited(campaign, name, sku="G") for name in ("Kenji", "Lin")]
    line = []
    for name in names:
        who = cast.person(name)
        buyer = Buyer(email=who.email, user=who)
        grey = variant(campaign, "G")
        line.append(
            waiting.join(campaign, variant=grey, quantity=1, buyer=buyer, now=timezone.now())
        )
    orders.cancel_order(held[0], actor="user:1", now=timezone.now())
    return campaign, line


def units_held(campaign: Any) -> int:
    """Units of grey in orders that stand."""
    lines = PreOrderLine.objects.filter(order__campaign=campaign, variant__sku="G")
    return sum(line.quantity for line in lines if line.order.state in ("reserved", "deposited"))


def free_unit_wanted_by_all() -> tuple[int, int]:
    """Two workers offer and three strangers order at the same moment: offers, strangers' orders."""
    campaign, _line = lined("Ada", "Ben")
    for name in ("One", "Two", "Three"):
        cast.person(name)
    results = at_once(
        *[lambda: ticks.offer_places(timezone.now())] * 2,
        *[lambda name=name: reserved(campaign, name, sku="G") for name in ("One", "Two", "Three")],
    )
    return (
        WaitingPlace.objects.filter(state="offered").count(),
        sum(isinstance(result, PreOrder) for result in results),
    )


def test_a_unit_that_becomes_free_goes_to_the_line_once_and_to_no_stranger():
    assert free_unit_wanted_by_all() == (1, 0)
    assert_money_sound()


def test_control_without_the_condition_a_stranger_is_first(monkeypatch):
    def anybody(campaign: Any, pk: int, units: int) -> None:
        Variant.objects.filter(pk=pk).update(taken=places.F("taken") + units)

    monkeypatch.setattr(places, "take_variant", anybody)
    campaign, _line = lined("Ada")
    assert isinstance(reserved(campaign, "One", sku="G"), PreOrder)
    assert ticks.offer_places(timezone.now()) == 0


def taken_while_it_is_missed() -> tuple[str, int, int]:
    """The offer is taken while a worker ends it: its state, units counted, units in orders."""
    campaign, line = lined("Ada")
    ticks.offer_places(timezone.now())
    place = WaitingPlace.objects.select_related("campaign__brand", "variant").get(pk=line[0].pk)
    soon = timezone.now() + HOUR

    def take() -> None:
        with suppress(Refused):
            reserved(campaign, "Ada", sku="G", place=place)

    def miss() -> None:
        with suppress(WrongState):
            waiting.miss(place, now=soon)

    assert at_once(take, miss) == [None, None]
    place.refresh_from_db()
    return place.state, variant(campaign, "G").taken, units_held(campaign)


def test_an_offer_is_either_taken_or_missed():
    assert taken_while_it_is_missed() in [("taken", 2, 2), ("missed", 1, 1)]
    assert_money_sound()


def test_control_without_the_guard_it_is_both(monkeypatch):
    meeting = Meeting(move=2)

    def advance(row: Any, event: str, *, moves: Any, actor: str, now: Any, **changes: Any) -> None:
        meeting.wait("move", row.pk)
        row.state = moves[row.state, event]
        row.save(update_fields=["state"])

    monkeypatch.setattr(orders, "once", lambda find, make: find() or make())
    monkeypatch.setattr(waiting, "miss", waiting.miss.__wrapped__)
    real = waiting.advance

    def only_at_the_end(row: Any, event: str, **more: Any) -> None:
        (advance if event in ("take", "miss") else real)(row, event, **more)

    monkeypatch.setattr(waiting, "advance", only_at_the_end)
    _state, counted, held = taken_while_it_is_missed()
    assert (counted, held) == (1, 2)
