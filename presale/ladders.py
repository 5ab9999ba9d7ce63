"""The price ladder of a campaign, read from its rows: where it stands and where it would close."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from presale import clearing, pricing
from presale.models import Campaign, PreOrder, PreOrderLine


@dataclass(frozen=True)
class StepShown:
    """One rung: from `min_units` on, a unit costs `unit_minor`.

    `waiting` units are not in at the price now, and would be at this one.
    """

    min_units: int
    unit_minor: int
    is_reached: bool
    is_now: bool
    waiting: int = 0


@dataclass(frozen=True)
class Ladder:
    """The price ladder as it stands; `to_next` units are missing for `next_unit_minor`."""

    steps: list[StepShown]
    units: int
    minimum: int
    now_unit_minor: int
    next_unit_minor: int | None
    to_next: int | None
    is_final: bool
    currency: str
    version: int

    @property
    def minimum_is_met(self) -> bool:
        """Whether enough deposits are paid."""
        return self.units >= self.minimum


def steps_of(campaign: Campaign) -> list[pricing.Step]:
    """The ladder's steps as figures."""
    return [(step.min_units, step.unit_minor) for step in campaign.steps.all()]


def book_of(campaign: Campaign) -> dict[int, int]:
    """Units with a paid deposit that are in only up to a price, by that price."""
    return {step.unit_minor: step.limit_units for step in campaign.steps.all()}


def unit_now(campaign: Campaign) -> int:
    """The price of a unit now: final, or the ladder's with the price already reached."""
    if campaign.final_unit_minor is not None:
        return campaign.final_unit_minor
    return pricing.unit_now(steps_of(campaign), campaign.units, campaign.reached_unit_minor)


def cleared(campaign: Campaign) -> clearing.Cleared:
    """What the close would fix now, and the units that would be in; read from the orders."""
    deposited = Q(order__campaign=campaign, order__state=PreOrder.State.DEPOSITED)
    lines = PreOrderLine.objects.filter(deposited).values_list("order__limit_minor")
    book = dict(lines.annotate(units=Sum("quantity")).order_by())
    ordinary = book.pop(None, 0)
    # What a limit order was shown is its limit, which is promised to nobody else.
    plain = campaign.orders.filter(state=PreOrder.State.DEPOSITED, limit_minor=None)
    shown = plain.order_by("unit_shown_minor").values_list("unit_shown_minor", flat=True)[:1]
    reached = campaign.reached_unit_minor
    return clearing.final(steps_of(campaign), ordinary, book, reached, list(shown))


def ladder(campaign: Campaign) -> Ladder:
    """What the page draws: steps, paid units, price now, what is missing for the next step."""
    steps, price, book = steps_of(campaign), unit_now(campaign), book_of(campaign)
    is_final = campaign.final_unit_minor is not None
    following = None if is_final else clearing.next_step(steps, campaign.units, book, price)
    standing = max((m for m, unit in steps if unit >= price), default=1)
    return Ladder(
        steps=[
            StepShown(
                m,
                unit,
                is_reached=unit >= price,
                is_now=m == standing,
                waiting=max(0, clearing.waiting(book, unit, price)),
            )
            for m, unit in sorted(steps)
        ],
        units=campaign.final_units if campaign.final_units is not None else campaign.units,
        minimum=campaign.minimum,
        now_unit_minor=price,
        next_unit_minor=following[1] if following else None,
        to_next=following[0] if following else None,
        is_final=is_final,
        currency=campaign.currency,
        version=campaign.version,
    )
