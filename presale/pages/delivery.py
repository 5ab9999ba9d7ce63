"""Whether parcels arrive as soon as was promised."""

import datetime as dt
from dataclasses import dataclass

from core.models import StateLog
from presale.models import Campaign, PreOrder, Shipment


@dataclass(frozen=True)
class Arrival:
    """One parcel: until when it was promised, when it came, and how late that is."""

    due_at: dt.datetime
    arrived_at: dt.datetime | None
    is_late: bool
    hours_late: int


def arrival(order: PreOrder, now: dt.datetime) -> Arrival | None:
    """None where nothing is promised, or the parcel is not sent."""
    parcel = getattr(order, "shipment", None)
    hours = order.campaign.delivery_hours
    if parcel is None or hours is None:
        return None
    due_at = parcel.shipped_at + dt.timedelta(hours=hours)
    is_sure = parcel.delivered_at is not None and order.pk in _confirmed([order.pk])
    came = parcel.delivered_at if is_sure else None
    late = (came or now) - due_at
    is_late = late > dt.timedelta(0) and (came is not None or parcel.delivered_at is None)
    hours_late = int(late.total_seconds() // 3600) if is_late else 0
    return Arrival(due_at, came, is_late, hours_late)


def _confirmed(orders: list[int]) -> set[int]:
    """Orders that a person has said have arrived; after two weeks a job only assumes it."""
    log = StateLog.objects.filter(
        entity="presale.preorder", object_id__in=orders, event="deliver"
    ).exclude(actor__startswith="job:")
    return set(log.values_list("object_id", flat=True))


@dataclass(frozen=True)
class Punctuality:
    """Parcels that a person confirmed, and those that are past their time without a word."""

    in_time: int
    late: int

    @property
    def known(self) -> int:
        """How many parcels there is something to say about."""
        return self.in_time + self.late


def punctuality(campaign: Campaign, now: dt.datetime) -> Punctuality | None:
    """How the promise was kept so far; None where nothing is promised or known."""
    if campaign.delivery_hours is None:
        return None
    span = dt.timedelta(hours=campaign.delivery_hours)
    parcels = Shipment.objects.filter(order__campaign=campaign)
    rows = list(parcels.values_list("order_id", "shipped_at", "delivered_at"))
    confirmed: set[int] = set()
    for start in range(0, len(rows), 500):
        confirmed |= _confirmed([row[0] for row in rows[start : start + 500]])
    took = [at - sent for pk, sent, at in rows if at is not None and pk in confirmed]
    in_time = sum(one <= span for one in took)
    late = len(took) - in_time
    late += sum(at is None and now > sent + span for _pk, sent, at in rows)
    found = Punctuality(in_time, late)
    return found if found.known else None
