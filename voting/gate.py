"""A round may wait until its drafts have answered what people asked of them."""

from django.utils.translation import gettext as _

from designs import pins
from designs.models import Design
from voting.models import Round


def open_pins(round: Round) -> dict[Design, int]:
    """The drafts of a round that has to wait for them, with how many pins are not answered.

    Empty for a round that does not wait, and when everything is answered. Whether an answer is
    right may stay open: somebody who never comes back does not hold a round up.
    """
    if not round.waits_for_pins:
        return {}
    designs = Design.objects.filter(revisions__entries__round=round).distinct().order_by("number")
    waiting = pins.open_on(designs)
    return {design: waiting[design.pk] for design in designs if design.pk in waiting}


def why_waiting(round: Round) -> str:
    """The refusal as the brand reads it; "" when nothing is in the way."""
    waiting = open_pins(round)
    if not waiting:
        return ""
    named = _("No. %(number)s (%(pins)s)")
    drafts = ", ".join(
        named % {"number": f"{design.number:04d}", "pins": count}
        for design, count in waiting.items()
    )
    return _(
        "This round waits until every pin on its drafts is answered. Pins that are not: %(drafts)s."
    ) % {"drafts": drafts}
