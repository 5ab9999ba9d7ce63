"""`{% load drafts %}`: small words about drafts."""

from typing import Final

from django import template

from designs.models import Brief, Design

register = template.Library()

TONES: Final[dict[str, str]] = {
    Design.State.ENTERED: "chalk",
    Design.State.TO_REVISE: "hold",
    Design.State.CHOSEN: "good",
    Brief.State.OPEN: "chalk",
    Brief.State.DRAFT: "hold",
}


@register.filter
def tone(state: str) -> str:
    """The colour word of a state for badges; "" for the quiet ones."""
    return TONES.get(state, "")


@register.filter
def number4(number: int) -> str:
    """The hang-tag's number: 0142."""
    return f"{number:04d}"
