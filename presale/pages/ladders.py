"""The price ladder for eyes: what is reached is settled, what is ahead is open."""

from dataclasses import dataclass

from presale.models import Campaign
from presale.queries import ladder

State = Campaign.State


_STILL_FALLING = [State.DRAFT, State.SCHEDULED, State.OPEN]


@dataclass(frozen=True)
class Rung:
    """One step of the ladder as it is drawn; `until` is None at the last."""

    min_units: int
    until: int | None
    unit_minor: int
    status: str
    to_go: int
    waiting: int


@dataclass(frozen=True)
class LadderView:
    """The ladder for eyes: rungs, and how far the seam is sewn (percent of its length).

    `waiting` is the first rung that somebody waits for.
    """

    currency: str
    units: int
    now_unit_minor: int
    next_unit_minor: int | None
    to_next: int
    waiting: Rung | None
    rungs: list[Rung]
    percent: float
    is_settled: bool


def ladder_view(campaign: Campaign) -> LadderView:
    """The ladder as it stands: what is reached is settled, what is ahead is open."""
    now = ladder(campaign)
    is_settled = campaign.state not in _STILL_FALLING
    steps = sorted(campaign.steps.all(), key=lambda step: step.min_units)
    place = max(
        (n for n, step in enumerate(steps) if step.unit_minor >= now.now_unit_minor), default=0
    )
    waits = [step.waiting for step in now.steps]
    rungs = []
    for n, step in enumerate(steps):
        after = steps[n + 1].min_units if n + 1 < len(steps) else None
        rungs.append(
            Rung(
                min_units=step.min_units,
                until=after - 1 if after else None,
                unit_minor=step.unit_minor,
                status="now" if n == place else "done" if n < place else "open",
                to_go=0 if is_settled else max(0, step.min_units - now.units - waits[n]),
                waiting=0 if is_settled else waits[n],
            )
        )
    return LadderView(
        currency=campaign.currency,
        units=now.units,
        now_unit_minor=now.now_unit_minor,
        next_unit_minor=None if is_settled else now.next_unit_minor,
        to_next=now.to_next or 0,
        waiting=next((rung for rung in rungs if rung.waiting), None),
        rungs=rungs,
        percent=100 * (place + _within(rungs[place], now.units)) / len(rungs),
        is_settled=is_settled,
    )


def _within(rung: Rung, units: int) -> float:
    if rung.until is None:
        return 0.5
    span = rung.until + 1 - rung.min_units
    return min(1.0, max(0.0, (units - rung.min_units) / span))
