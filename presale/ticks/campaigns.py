"""What time does to campaigns."""

import datetime as dt

from django.utils.translation import gettext as _

from presale.actions import campaigns, variants
from presale.models import Campaign, PreOrder, Variant
from presale.states import FINAL_ORDERS, UNPAID_BALANCE
from presale.ticks.rows import BATCH, each

C, S = Campaign.State, PreOrder.State


def open_due(now: dt.datetime) -> int:
    """Open campaigns whose time has come."""
    rows = Campaign.objects.filter(state=C.SCHEDULED, opens_at__lte=now)[:BATCH]
    return each(
        rows, lambda row: campaigns.open_campaign(row, actor="job:open_due", now=now), "open"
    )


def close_due(now: dt.datetime) -> int:
    """Close campaigns whose time is over."""
    rows = Campaign.objects.filter(state=C.OPEN, closes_at__lte=now)[:BATCH]
    return each(
        rows, lambda row: campaigns.close_campaign(row, actor="job:close_due", now=now), "close"
    )


def finalise(now: dt.datetime) -> int:
    """Count closed campaigns in which no deposit is open any more."""
    rows = Campaign.objects.filter(state=C.CLOSING)[:BATCH]
    return each(
        rows, lambda row: campaigns.finalise(row, actor="job:finalise", now=now), "finalise"
    )


def close_balances(now: dt.datetime) -> int:
    """The second gate of campaigns in which no balance is open any more."""
    rows = Campaign.objects.filter(state=C.BALANCE).exclude(
        orders__state__in=[S.DEPOSITED, *UNPAID_BALANCE]
    )[:BATCH]
    return each(
        rows,
        lambda row: campaigns.close_balance(row, actor="job:close_balances", now=now),
        "close balance",
    )


def decide_for_silent_brands(now: dt.datetime) -> int:
    """No decision in time means that everything is refunded."""
    reason = _("The brand did not decide in time.")
    rows = Campaign.objects.filter(state=C.DECISION, decide_by__lte=now)[:BATCH]
    return each(
        rows,
        lambda row: campaigns.cancel(
            row, actor="job:decide", reason=reason, now=now, event="time_out"
        ),
        "decide",
    )


def decide_for_silent_variants(now: dt.datetime) -> int:
    """No decision about a short variant in time: those who wait are refunded."""
    rows = Variant.objects.filter(fate=Variant.Fate.ASKED, decide_by__lte=now)
    return each(
        rows.filter(campaign__state=C.BALANCE)[:BATCH],
        lambda row: variants.decide_variant(row, make=False, actor="job:decide", now=now),
        "decide variant",
    )


def complete(now: dt.datetime) -> int:
    """Complete campaigns all of whose orders have come to their end."""
    rows = Campaign.objects.filter(state=C.SHIPPING).exclude(
        pk__in=PreOrder.objects.exclude(state__in=FINAL_ORDERS).values("campaign_id")
    )[:BATCH]
    return each(
        rows, lambda row: campaigns.complete(row, actor="job:complete", now=now), "complete"
    )
