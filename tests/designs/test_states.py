"""Every pair of state and event of drafts and briefs: taken as the table says, or refused."""

import pytest
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState, advance
from designs.models import Brief, Design
from designs.states import BRIEF_EVENTS, BRIEF_MOVES, DESIGN_EVENTS, DESIGN_MOVES
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("event", DESIGN_EVENTS)
@pytest.mark.parametrize("state", Design.State.values)
def test_every_pair_of_a_draft(state, event):
    design = cast.design()
    Design.objects.filter(pk=design.pk).update(state=state)
    design.refresh_from_db()
    take = lambda: advance(  # noqa: E731
        design, event, moves=DESIGN_MOVES, actor="user:1", now=timezone.now()
    )
    wanted = DESIGN_MOVES.get((state, event))
    if wanted:
        take()
    else:
        with pytest.raises(WrongState):
            take()
    design.refresh_from_db()
    assert design.state == (wanted or state)
    assert StateLog.objects.count() == (1 if wanted else 0)


def test_what_is_chosen_or_withdrawn_stays_so():
    ends = {Design.State.CHOSEN, Design.State.WITHDRAWN}
    assert not [state for state, _event in DESIGN_MOVES if state in ends]


def test_every_state_of_a_draft_can_be_reached():
    reached = {Design.State.SUBMITTED, *DESIGN_MOVES.values()}
    assert reached == set(Design.State)
    assert {event for _state, event in DESIGN_MOVES} == set(DESIGN_EVENTS)


@pytest.mark.parametrize("event", BRIEF_EVENTS)
@pytest.mark.parametrize("state", Brief.State.values)
def test_every_pair_of_a_brief(state, event):
    brief = cast.brief(state=state)
    wanted = BRIEF_MOVES.get((state, event))
    try:
        advance(brief, event, moves=BRIEF_MOVES, actor="user:1", now=timezone.now())
    except WrongState:
        assert wanted is None
    brief.refresh_from_db()
    assert brief.state == (wanted or state)
