import pytest
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState, advance
from tests import cast
from voting.models import Round
from voting.states import ENDED, EVENTS, ROUND_MOVES

State = Round.State


@pytest.mark.django_db
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", State.values)
def test_every_state_takes_the_events_of_the_table_and_no_other(state, event):
    it = cast.voting_round(drafts=0, state=state)
    if (state, event) in ROUND_MOVES:
        advance(it, event, moves=ROUND_MOVES, actor="user:1", now=timezone.now())
        it.refresh_from_db()
        assert (it.state, StateLog.objects.count()) == (ROUND_MOVES[state, event], 1)
        return
    with pytest.raises(WrongState):
        advance(it, event, moves=ROUND_MOVES, actor="user:1", now=timezone.now())
    it.refresh_from_db()
    assert (it.state, StateLog.objects.count()) == (state, 0)


def test_every_state_is_reached_and_the_last_ones_are_left_by_nothing():
    reached = {State.DRAFT, *ROUND_MOVES.values()}
    assert reached == set(State)
    assert not [state for state, _event in ROUND_MOVES if state in {State.CLOSED, State.CANCELLED}]


def test_an_ended_round_never_takes_ballots_again():
    after = {to for (state, _event), to in ROUND_MOVES.items() if state in ENDED}
    assert after <= set(ENDED)
