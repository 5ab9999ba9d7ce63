"""Whether a brand writes from production as often as it promised."""

import datetime as dt
from dataclasses import dataclass

from core.models import StateLog
from presale.models import Campaign

_BEING_MADE = (Campaign.State.PRODUCTION, Campaign.State.SHIPPING)


@dataclass(frozen=True)
class Rhythm:
    """The promise, the next moment it names, and how often it was missed so far."""

    days: int
    due_at: dt.datetime
    is_late: bool
    days_late: int
    missed: int


def rhythm(campaign: Campaign, now: dt.datetime) -> Rhythm | None:
    """None where no rhythm is promised, or nothing is being made."""
    if campaign.update_days is None or campaign.state not in _BEING_MADE:
        return None
    span = dt.timedelta(days=campaign.update_days)
    start = _made_since(campaign)
    posted = campaign.updates.filter(posted_at__gt=start).order_by("posted_at")
    times = [start, *posted.values_list("posted_at", flat=True), now]
    gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
    due_at = times[-2] + span
    return Rhythm(
        days=campaign.update_days,
        due_at=due_at,
        is_late=now > due_at,
        days_late=max(0, (now - due_at).days),
        missed=sum(gap > span for gap in gaps),
    )


def _made_since(campaign: Campaign) -> dt.datetime:
    steps = StateLog.objects.filter(
        entity="presale.campaign", object_id=campaign.pk, to_state=Campaign.State.PRODUCTION
    ).exclude(from_state=Campaign.State.PRODUCTION)
    began = steps.values_list("at", flat=True).order_by("id").first()
    return began or campaign.balance_closes_at or campaign.closes_at
