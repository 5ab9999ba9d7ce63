"""What may become of a design and of a brief, and by which event."""

from typing import Final

from core.states import Moves
from designs.models import Brief, Design, Pin

S = Design.State
# A draft that is competing cannot be withdrawn or changed: people are voting on it.
DESIGN_MOVES: Final[Moves] = {
    (S.SUBMITTED, "enter"): S.ENTERED,
    (S.SUBMITTED, "revise"): S.SUBMITTED,
    (S.SUBMITTED, "ask"): S.TO_REVISE,
    (S.SUBMITTED, "decline"): S.NOT_CHOSEN,
    (S.SUBMITTED, "withdraw"): S.WITHDRAWN,
    (S.ENTERED, "enter"): S.ENTERED,
    (S.ENTERED, "leave"): S.SUBMITTED,
    (S.ENTERED, "ask"): S.TO_REVISE,
    (S.ENTERED, "choose"): S.CHOSEN,
    (S.ENTERED, "decline"): S.NOT_CHOSEN,
    (S.TO_REVISE, "revise"): S.SUBMITTED,
    (S.TO_REVISE, "ask"): S.TO_REVISE,
    (S.TO_REVISE, "decline"): S.NOT_CHOSEN,
    (S.TO_REVISE, "withdraw"): S.WITHDRAWN,
    (S.NOT_CHOSEN, "enter"): S.ENTERED,
    (S.NOT_CHOSEN, "ask"): S.TO_REVISE,
    (S.NOT_CHOSEN, "withdraw"): S.WITHDRAWN,
}
# While it competes, and until the round is decided, only the decision sends it to revision: asked
# beside it, the draft would move on and the round could never be decided.
ASKABLE: Final = (S.SUBMITTED, S.TO_REVISE, S.NOT_CHOSEN)
DESIGN_EVENTS: Final = ("enter", "leave", "revise", "ask", "choose", "decline", "withdraw")

B = Brief.State
BRIEF_MOVES: Final[Moves] = {
    (B.DRAFT, "open"): B.OPEN,
    (B.OPEN, "close"): B.CLOSED,
    (B.CLOSED, "open"): B.OPEN,
}
BRIEF_EVENTS: Final = ("open", "close")

P = Pin.State
# A revision answers; who asked, or those who asked with them, say whether it does. Confirmed is
# the end: the credit is given.
PIN_MOVES: Final[Moves] = {
    (P.OPEN, "answer"): P.FIXED,
    (P.FIXED, "confirm"): P.CONFIRMED,
    (P.FIXED, "dispute"): P.DISPUTED,
    (P.DISPUTED, "answer"): P.FIXED,
    (P.DISPUTED, "confirm"): P.CONFIRMED,
}
PIN_EVENTS: Final = ("answer", "confirm", "dispute")
PIN_UNSETTLED: Final = (P.OPEN, P.DISPUTED)
