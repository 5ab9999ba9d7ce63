"""What time does to delays: days that pass in silence, buyers to ask, answers that never came."""

import datetime as dt

from django.db.models import Exists, OuterRef, Subquery

from presale.actions import delays
from presale.models import Campaign, Delay, DelayAnswer, PreOrder
from presale.states import SENDS_PARCELS, WAITS_FOR_PARCEL
from presale.ticks.rows import BATCH, asked_lately, each, orders_where

C = Campaign.State


def name_next_dates(now: dt.datetime) -> int:
    """Campaigns whose day to ship by has passed while orders still wait."""
    # A day later everywhere: the day itself is a good day, in the brand's own zone.
    late = (now - dt.timedelta(days=1)).date() - dt.timedelta(days=1)
    waiting = PreOrder.objects.filter(state__in=WAITS_FOR_PARCEL)
    rows = Campaign.objects.filter(
        state__in=SENDS_PARCELS, ship_by__lte=late, pk__in=waiting.values("campaign_id")
    )[:BATCH]
    return each(
        rows,
        lambda row: delays.name_next_date(row, actor="job:name_next_dates", now=now),
        "name next date",
    )


def ask_about_delays(now: dt.datetime) -> int:
    """Ask the buyers of delayed campaigns who were not asked about the last delay yet."""
    last = Delay.objects.filter(campaign=OuterRef("campaign")).order_by("-number")
    rows = orders_where(
        state__in=WAITS_FOR_PARCEL, campaign__in=Delay.objects.values("campaign")
    ).annotate(last_delay=Subquery(last.values("pk")[:1]))
    asked = DelayAnswer.objects.filter(order=OuterRef("pk"), delay=OuterRef("last_delay"))
    found = list(rows.filter(~Exists(asked))[:BATCH])
    known = Delay.objects.in_bulk({row.last_delay for row in found})
    return each(found, lambda row: delays.ask(row, known[row.last_delay], now=now), "ask")


def settle_delays(now: dt.datetime) -> int:
    """Questions that were not answered in time."""
    rows = DelayAnswer.objects.filter(state=DelayAnswer.State.ASKED, answer_by__lte=now)
    waits = PreOrder.objects.filter(asked_lately(now))
    rows = rows.exclude(order__in=waits).exclude(order__in=PreOrder.objects.exclude(hold_reason=""))
    rows = rows.select_related("delay").order_by("pk")[:BATCH]
    return each(
        rows, lambda row: delays.settle(row, actor="job:settle_delays", now=now), "settle delay"
    )


def end_empty(now: dt.datetime) -> int:
    """Campaigns in production all of whose orders were given back."""
    waiting = PreOrder.objects.filter(state__in=WAITS_FOR_PARCEL)
    rows = Campaign.objects.filter(state=C.PRODUCTION, delays__isnull=False).exclude(
        pk__in=waiting.values("campaign_id")
    )
    return each(
        rows.distinct()[:BATCH],
        lambda row: delays.end_empty(row, actor="job:end_empty", now=now),
        "end empty",
    )
