"""How a round moves: the table, and the names of groups of states."""

from typing import Final

from core.states import Moves
from voting.models import Round

State = Round.State

ROUND_MOVES: Final[Moves] = {
    (State.DRAFT, "schedule"): State.SCHEDULED,
    (State.SCHEDULED, "unschedule"): State.DRAFT,
    (State.DRAFT, "open"): State.OPEN,
    (State.SCHEDULED, "open"): State.OPEN,
    (State.OPEN, "close"): State.COUNTING,
    (State.OPEN, "close-early"): State.COUNTING,
    (State.OPEN, "pause"): State.PAUSED,
    (State.OPEN, "extend"): State.OPEN,
    (State.PAUSED, "resume"): State.OPEN,
    (State.PAUSED, "extend"): State.PAUSED,
    # The times stay as they are: a pause does not hold the close up.
    (State.PAUSED, "close"): State.COUNTING,
    (State.PAUSED, "close-early"): State.COUNTING,
    # By a job: the close itself holds the lock only as long as it takes to say that it is over.
    (State.COUNTING, "count"): State.CLOSED,
    (State.DRAFT, "cancel"): State.CANCELLED,
    (State.SCHEDULED, "cancel"): State.CANCELLED,
    (State.OPEN, "cancel"): State.CANCELLED,
    (State.PAUSED, "cancel"): State.CANCELLED,
}
EVENTS: Final = sorted({event for _state, event in ROUND_MOVES})

# A draft is the merchant's own; everything later is public.
PUBLIC: Final = (
    State.SCHEDULED,
    State.OPEN,
    State.PAUSED,
    State.COUNTING,
    State.CLOSED,
    State.CANCELLED,
)
# Its rules and entries may still be changed.
EDITABLE: Final = (State.DRAFT,)
# Between opening and close; ballots are taken in the first alone.
RUNNING: Final = (State.OPEN, State.PAUSED)
TO_OPEN: Final = (State.DRAFT, State.SCHEDULED)
# Closed, with or without its result yet.
OVER: Final = (State.COUNTING, State.CLOSED)
ENDED: Final = (*OVER, State.CANCELLED)
