"""The two gates of a campaign, what a brand decides at them, and its ends."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.states import advance
from presale import queries, states, terms
from presale.actions import house
from presale.actions.telling import campaign_changed, mail_brand
from presale.actions.variants import decide_variants
from presale.errors import ReasonMissing, Refused
from presale.models import Campaign, PreOrder, Variant
from presale.states import CAMPAIGN_MOVES

C, S = Campaign.State, PreOrder.State


@transaction.atomic
def finalise(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """Count once: units, final price and state in one step; False while a deposit is open.

    Who is in, and at what price, is the rule of `presale.clearing`. The minimum counts those
    who are in and whose variant is made or may be (`presale.rehoming`); the others are refunded
    afterwards, order by order. The price counts all paid deposits: what a variant loses at the
    close raises it no more than a cancellation does.
    """
    row = Campaign.objects.filter(pk=campaign.pk, state=C.CLOSING)
    if not row.update(version=F("version") + 1):  # also locks the row
        return False
    orders = PreOrder.objects.filter(campaign=campaign)
    if orders.filter(state__in=[S.RESERVED, S.EXPIRING]).exists():
        return False
    campaign.refresh_from_db()
    cleared = queries.cleared(campaign)
    units, price = cleared.units, cleared.unit_minor
    going = 0 if price is None else decide_variants(campaign, price, now)
    units -= going
    if units < campaign.minimum:
        words = ngettext(
            "%(units)d of %(minimum)d unit", "%(units)d of %(minimum)d units", campaign.minimum
        )
        reason = words % {"units": units, "minimum": campaign.minimum}
        advance(
            campaign, "gate1_missed", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
            final_units=units,
        )  # fmt: skip
    else:
        ends = now + dt.timedelta(days=campaign.balance_days)
        advance(
            campaign, "gate1_passed", moves=CAMPAIGN_MOVES, actor=actor, now=now,
            final_units=units, final_unit_minor=price, units=units + going,
            reached_unit_minor=price,
            balance_closes_at=ends,
            grace_ends_at=ends + terms.GRACE,
        )  # fmt: skip
    template = "campaign_failed" if campaign.state == C.FAILED else "campaign_succeeded"
    mail_brand(campaign, "gate1", template, units=units, until_at=campaign.balance_closes_at)
    campaign_changed(campaign.pk, "phase", "ladder")
    return True


@transaction.atomic
def close_balance(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """The second gate, once no balance is open any more; False before that."""
    row = Campaign.objects.filter(pk=campaign.pk, state=C.BALANCE)
    if not row.update(version=F("version") + 1):
        return False
    waiting = [S.DEPOSITED, *states.UNPAID_BALANCE]
    if PreOrder.objects.filter(campaign=campaign, state__in=waiting).exists():
        return False
    campaign.refresh_from_db()
    units = queries.units_in(campaign, states.FULLY_PAID)
    if units >= max(1, campaign.production_minimum):
        advance(campaign, "gate2_passed", moves=CAMPAIGN_MOVES, actor=actor, now=now)
    else:
        by = now + terms.DECISION
        advance(campaign, "gate2_missed", moves=CAMPAIGN_MOVES, actor=actor, now=now, decide_by=by)
        mail_brand(campaign, "gate2", "campaign_decision", units=units, decide_at=by)
    campaign_changed(campaign.pk, "phase")
    return True


@transaction.atomic
def proceed(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Produce although fewer balances were paid than planned. Refuses without any paid unit."""
    if not reason.strip():
        raise ReasonMissing
    if not queries.units_in(campaign, states.FULLY_PAID):
        raise Refused(_("Nobody has paid in full, so there is nothing to produce."))
    advance(
        campaign, "proceed", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        state_reason=reason,
    )  # fmt: skip
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def cancel(
    campaign: Campaign, *, actor: str, reason: str, now: dt.datetime, event: str = "cancel"
) -> Campaign:
    """Call it off; everything paid goes back, order by order. Refuses once parcels are sent.

    `event` is `time_out` when the brand has let its time to decide pass.
    """
    if not reason.strip():
        raise ReasonMissing
    Variant.objects.filter(campaign=campaign).order_by("pk").update(is_open=False)
    campaign.refresh_from_db()
    advance(
        campaign, event, moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        state_reason=reason, owes_double=house.breaks_earnest(campaign),
    )  # fmt: skip
    # What had been reached stays on the page when the orders are ended one by one.
    Campaign.objects.filter(pk=campaign.pk, final_units=None).update(final_units=F("units"))
    campaign_changed(campaign.pk, "phase", "ladder")
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def complete(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """Every order has come to its end; False before that."""
    if PreOrder.objects.filter(campaign=campaign).exclude(state__in=states.FINAL_ORDERS).exists():
        return False
    advance(campaign, "complete", moves=CAMPAIGN_MOVES, actor=actor, now=now)
    campaign_changed(campaign.pk, "phase")
    return True
