import itertools

import pytest
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState, advance
from fans.models import Brand
from fans.states import BRAND_MOVES
from tests import cast

EVENTS = sorted({event for _state, event in BRAND_MOVES})


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "event"), itertools.product(Brand.State.values, EVENTS))
def test_each_event_in_each_state(state: str, event: str):
    house = cast.brand()
    Brand.objects.filter(pk=house.pk).update(state=state)
    house.refresh_from_db()
    told = {"moves": BRAND_MOVES, "actor": "user:1", "now": timezone.now()}
    after = BRAND_MOVES.get((state, event))
    if after is None:
        with pytest.raises(WrongState):
            advance(house, event, **told)
    else:
        advance(house, event, **told)
    assert Brand.objects.get().state == (after or state)
    assert StateLog.objects.count() == (1 if after else 0)


def test_every_state_is_reached():
    assert set(Brand.State.values) == {Brand.State.APPLIED, *BRAND_MOVES.values()}
