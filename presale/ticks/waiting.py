"""What time does to waiting lists; everything may be repeated after any crash."""

import datetime as dt

from django.db.models import F

from presale.actions import waiting
from presale.models import Campaign, Variant, WaitingPlace
from presale.ticks.rows import BATCH, each

S = WaitingPlace.State


def offer_places(now: dt.datetime) -> int:
    """End the lists of closed campaigns and offers not taken, then offer what is free."""
    rows = WaitingPlace.objects.select_related("campaign__brand", "variant").order_by("pk")
    standing = rows.filter(state__in=[S.WAITING, S.OFFERED])
    over = standing.exclude(campaign__state=Campaign.State.OPEN)[:BATCH]
    done = each(over, lambda row: waiting.end(row, now=now), "end of list")
    late = rows.filter(state=S.OFFERED, offer_until__lte=now, campaign__state=Campaign.State.OPEN)
    done += each(late[:BATCH], lambda row: waiting.miss(row, now=now), "offer missed")
    free = Variant.objects.filter(
        waiting__gt=0, is_open=True, taken__lt=F("quota"), campaign__state=Campaign.State.OPEN
    )
    return done + each(free.order_by("pk")[:BATCH], lambda row: _offer(row, now), "offer")


def _offer(variant: Variant, now: dt.datetime) -> bool:
    return waiting.offer_next(variant.pk, now=now) is not None
