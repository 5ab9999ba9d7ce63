"""Deposits of limited and ordinary orders that are counted at the same moment."""

from collections.abc import Callable

import pytest
from django.db import transaction

from presale.actions import places
from presale.models import Campaign, PreOrder
from presale.queries import book_of
from tests.presale.house import opened, reserved
from tests.races.test_places import Meeting, at_once

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]
LIMITS = [25900, None, 28900, None, 25900]


def guarded(order: PreOrder) -> None:
    with transaction.atomic():
        places.count(order)


def count_at_once(count: Callable[[PreOrder], object]) -> tuple[int, int | None]:
    """Five deposits of one unit arrive together: units that are in, and the price reached."""
    campaign = opened()
    held = [reserved(campaign, f"Buyer{n}", limit_minor=limit) for n, limit in enumerate(LIMITS)]
    failed = [one for one in at_once(*[lambda row=row: count(row) for row in held]) if one]
    assert failed == []
    campaign = Campaign.objects.get()
    return campaign.units, campaign.reached_unit_minor


def test_limited_and_ordinary_deposits_at_once_reach_the_step_of_all_of_them():
    assert count_at_once(guarded) == (5, 25900)
    assert book_of(Campaign.objects.get()) == {32900: 0, 28900: 1, 25900: 2}


def test_control_without_the_guard_a_unit_is_lost(monkeypatch):
    meeting = Meeting(read=5)

    def all_look_first(campaign: Campaign) -> dict[int, int]:
        found = book_of(campaign)
        meeting.wait("read", campaign.pk)
        return found

    monkeypatch.setattr(places, "book_of", all_look_first)
    units, _price = count_at_once(lambda order: places.count(order) and None)
    assert units < 5
