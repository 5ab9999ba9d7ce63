import pytest
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState, advance
from tests import cast
from voting.models import Round

MOVES = {(Round.State.OPEN, "close"): Round.State.CLOSED}


@pytest.mark.django_db
def test_a_step_is_taken_once_and_logged():
    it = cast.voting_round(drafts=0)
    stale = Round.objects.get(pk=it.pk)
    advance(it, "close", moves=MOVES, actor="user:1", now=timezone.now(), reason="enough")
    assert it.state == Round.State.CLOSED
    with pytest.raises(WrongState):
        advance(stale, "close", moves=MOVES, actor="user:1", now=timezone.now())
    assert StateLog.objects.filter(entity="voting.round", object_id=it.pk).count() == 1


@pytest.mark.django_db
def test_an_event_that_is_not_listed_changes_nothing():
    it = cast.voting_round(drafts=0)
    with pytest.raises(WrongState):
        advance(it, "open", moves=MOVES, actor="user:1", now=timezone.now())
    it.refresh_from_db()
    assert (it.state, StateLog.objects.count()) == (Round.State.OPEN, 0)
