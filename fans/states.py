"""The states of a brand and the moves between them."""

from typing import Final

from core.states import Moves
from fans.models import Brand

State = Brand.State

BRAND_MOVES: Final[Moves] = {
    (State.APPLIED, "approve"): State.APPROVED,
    (State.APPLIED, "decline"): State.DECLINED,
    (State.DECLINED, "reopen"): State.APPLIED,
    (State.APPROVED, "suspend"): State.SUSPENDED,
    (State.SUSPENDED, "restore"): State.APPROVED,
}
