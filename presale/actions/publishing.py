"""A campaign is published: its terms are frozen, its deposits open."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from core.money import format_minor
from core.states import advance
from fans.models import Brand
from presale import jurisdictions, pricing, promises, queries, rules, shipping, terms
from presale.actions.telling import campaign_changed
from presale.errors import BadDate, NotPublishable
from presale.models import Campaign, Variant
from presale.states import CAMPAIGN_MOVES


@transaction.atomic
def publish(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Freeze the terms, shipping with them; deposits open at `opens_at`, at once if it is past.

    Refuses with `NotPublishable` (all reasons, from `rules.problems`) or `WrongState`.
    """
    # Locked, so that nobody edits the draft between its check and the freezing of its terms.
    campaign.refresh_from_db(from_queryset=Campaign.objects.select_for_update(of=("self",)))
    problems = [*_brand_problems(campaign.brand), *promises.problems(terms_of(campaign), now)]
    if problems:
        raise NotPublishable(problems)
    zones = shipping.zones_of(campaign)
    text = written_terms(campaign, zones)
    advance(
        campaign, "publish", moves=CAMPAIGN_MOVES, actor=actor, now=now, terms_text=text,
        terms_hash=hashlib.sha256(text.encode()).hexdigest(), shipping=shipping.frozen(zones),
        house_rules=jurisdictions.frozen(jurisdictions.profile_of(campaign.brand)),
    )  # fmt: skip
    if campaign.opens_at <= now:
        return open_campaign(campaign, actor=actor, now=now)
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def unpublish(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Back to a draft, before deposits open."""
    advance(campaign, "unpublish", moves=CAMPAIGN_MOVES, actor=actor, now=now)
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def open_now(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Open deposits before their time: the opening time becomes now.

    Refuses with `BadDate` when they would then be open for too long, and with `WrongState`.
    """
    campaign.refresh_from_db()
    if campaign.closes_at - now > terms.MAX_OPEN:
        raise BadDate(_("Deposits may be open for 60 days at most."))
    return open_campaign(campaign, actor=actor, now=now, event="open_early", opens_at=now)


@transaction.atomic
def open_campaign(
    campaign: Campaign,
    *,
    actor: str,
    now: dt.datetime,
    event: str = "open",
    **changes: Any,
) -> Campaign:
    """Deposits open; `changes` are written by the same step.

    `event` is `open_early` when the brand did not wait for the time its terms name.
    """
    Variant.objects.filter(campaign=campaign).order_by("pk").update(is_open=True)
    advance(campaign, event, moves=CAMPAIGN_MOVES, actor=actor, now=now, **changes)
    campaign_changed(campaign.pk, "phase", "ladder", "variants")
    return campaign


def terms_of(campaign: Campaign) -> rules.Terms:
    """The campaign as the rules judge it."""
    variants = campaign.variants.order_by("position", "pk")
    return rules.Terms(
        currency=campaign.currency,
        zone_name=campaign.time_zone,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        balance_days=campaign.balance_days,
        ship_by=campaign.ship_by,
        minimum=campaign.minimum,
        production_minimum=campaign.production_minimum,
        deposit_minor=campaign.deposit_minor,
        deposit_worth_bp=campaign.deposit_worth_bp,
        deposit_kind=campaign.deposit_kind,
        forfeit=campaign.forfeit,
        person_limit=campaign.person_limit,
        steps=tuple(rules.Step(*step) for step in queries.steps_of(campaign)),
        options=tuple(
            rules.Option(row.label, row.sku, row.surcharge_minor, row.quota, minimum=row.minimum)
            for row in variants
        ),
        shipping_minor=tuple(zone.price_minor for zone in shipping.zones_of(campaign)),
        profile=jurisdictions.profile_for(campaign),
        more=promises.values_of(campaign),
    )


def written_terms(campaign: Campaign, zones: Sequence[shipping.Zone]) -> str:
    """The terms in plain sentences, as they are frozen and hashed at publishing.

    Times are those of the brand's zone, wherever the person who publishes reads their own.
    """
    money = campaign.currency
    context = {
        "campaign": campaign,
        "brand": campaign.brand,
        "deposit": format_minor(campaign.deposit_minor, money),
        "worth": format_minor(
            pricing.credit(campaign.deposit_minor, campaign.deposit_worth_bp), money
        ),
        "steps": [
            (units, format_minor(price, money)) for units, price in queries.steps_of(campaign)
        ],
        "variants": [
            (row.label, row.quota, format_minor(row.surcharge_minor, money), row.minimum)
            for row in campaign.variants.order_by("position", "pk")
        ],
        "has_minimums": campaign.variants.exclude(minimum=None).exists(),
        "zones": [
            (zone.name, ", ".join(zone.countries), format_minor(zone.price_minor, money))
            for zone in zones
        ],
        "promises": promises.sentences(campaign),
        "grace_days": terms.GRACE.days,
        "tax_percent": f"{campaign.tax_rate_bp / 100:g}",
    }
    with timezone.override(campaign.time_zone):
        return render_to_string("presale/terms.txt", context).strip() + "\n"


def _brand_problems(brand: Brand) -> list[rules.Problem]:
    if brand.state != Brand.State.APPROVED:
        return [rules.Problem("", _("The brand has not been approved."))]
    if not brand.payout_ready:
        return [rules.Problem("", _("The brand cannot receive payments yet."))]
    return []
