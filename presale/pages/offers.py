"""What a fan reads about a campaign: its money, pictures, shipping and news."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext, pgettext

from core.money import MINIMUM_CHARGE
from designs.models import RevisionPicture
from presale import pricing
from presale.countries import country_name
from presale.models import Campaign, ProductionUpdate
from presale.pages.ladders import ladder_view
from presale.pages.phases import balance_closes_at, dates, phase
from presale.pages.terms import said_once
from presale.queries import unit_now, units_in
from presale.shipping import Zone, zones_of
from presale.states import FULLY_PAID

MOST_NAMES = 6


@dataclass(frozen=True)
class MoneyBlock:
    """The four lines that stand beside every pay button."""

    currency: str
    today_minor: int
    later_most_minor: int
    later_least_minor: int
    is_for_one_choice: bool
    balance_opens_at: dt.datetime
    balance_closes_at: dt.datetime
    zone: str
    minimum: int
    closes_at: dt.datetime
    worth_minor: int
    limit_minor: int | None = None

    @property
    def has_bonus(self) -> bool:
        """Whether the deposit takes off more than is paid."""
        return self.worth_minor > self.today_minor

    @property
    def may_fall(self) -> bool:
        """Whether a lower step is still ahead."""
        return self.later_least_minor < self.later_most_minor


def money_block(
    campaign: Campaign,
    *,
    quantity: int = 1,
    surcharge_minor: int | None = None,
    shipping_minor: int = 0,
    limit_minor: int | None = None,
) -> MoneyBlock:
    """The four lines for so many units; without a surcharge, for the dearest variant."""
    unit_minor = unit_now(campaign) if limit_minor is None else limit_minor
    surcharges = [variant.surcharge_minor for variant in campaign.variants.all()] or [0]
    most = max(surcharges) if surcharge_minor is None else surcharge_minor
    lowest = min([unit_minor, *(step.unit_minor for step in campaign.steps.all())])
    at_most = _quote(campaign, quantity, most, unit_minor, shipping_minor)
    at_least = _quote(campaign, quantity, most, lowest, shipping_minor)
    return MoneyBlock(
        currency=campaign.currency,
        today_minor=at_most.deposit_minor,
        later_most_minor=at_most.later_minor,
        later_least_minor=at_least.later_minor,
        is_for_one_choice=surcharge_minor is not None or len(set(surcharges)) == 1,
        balance_opens_at=campaign.closes_at,
        balance_closes_at=balance_closes_at(campaign),
        zone=campaign.time_zone,
        minimum=campaign.minimum,
        closes_at=campaign.closes_at,
        worth_minor=quantity * pricing.credit(campaign.deposit_minor, campaign.deposit_worth_bp),
        limit_minor=limit_minor,
    )


def _quote(
    campaign: Campaign, quantity: int, surcharge: int, unit_minor: int, shipping_minor: int
) -> pricing.Quote:
    return pricing.quote(
        [(quantity, surcharge)],
        unit_minor,
        shipping_minor,
        campaign.deposit_minor,
        campaign.deposit_worth_bp,
    )


def overview(campaign: Campaign, now: dt.datetime) -> dict[str, Any]:
    """What every page about one campaign shows: its ladder, its phase, its dates."""
    ladder = ladder_view(campaign)
    return {
        "campaign": campaign,
        "brand": campaign.brand,
        "ladder": ladder,
        "phase": phase(campaign, now, ladder.units),
        "dates": dates(campaign),
    }


def offer(campaign: Campaign, now: dt.datetime) -> dict[str, Any]:
    """What a fan reads about it: the overview, the money, the terms, pictures and shipping."""
    return {
        **overview(campaign, now),
        **said_once(campaign),
        "due": money_block(campaign),
        "placements": placements(campaign),
        "shipping": shipping_table(campaign),
        "made_units": units_in(campaign, FULLY_PAID),
    }


def worst_case(campaign: Campaign) -> pricing.WorstCase:
    """What the campaign may cost the brand when things go badly."""
    return pricing.worst_case(
        [(step.min_units, step.unit_minor) for step in campaign.steps.all()],
        campaign.minimum,
        campaign.deposit_minor,
        campaign.deposit_worth_bp,
        fee_fixed_minor=MINIMUM_CHARGE[campaign.currency] * 6 // 10,
    )


def placements(campaign: Campaign) -> QuerySet[RevisionPicture]:
    """The pictures of the revision that is sold."""
    return campaign.revision.placements.select_related("picture")


def voters_of(campaign: Campaign) -> int:
    """How many confirmed voters took part in the round that chose it."""
    return campaign.won_round.voters if campaign.won_round else 0


@dataclass(frozen=True)
class ShippingRow:
    """A zone as it is read: its name, the countries behind the name, the price of an order."""

    name: str
    places: str
    price_minor: int


def shipping_table(campaign: Campaign) -> list[ShippingRow]:
    """What shipping costs to where, the cheapest first."""
    zones = sorted(zones_of(campaign), key=lambda zone: (zone.price_minor, zone.name))
    return [ShippingRow(zone.name, _places(zone), zone.price_minor) for zone in zones]


def _places(zone: Zone) -> str:
    """Countries by name, unless the zone's own name says it."""
    names = [country_name(code) for code in zone.countries]
    if names in ([], [zone.name]):
        return ""
    shown, more = names[:MOST_NAMES], len(names) - MOST_NAMES
    if more > 0:
        shown.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": more})
    return pgettext("between names", ", ").join(shown)


def updates(campaign: Campaign) -> QuerySet[ProductionUpdate]:
    """News from production, newest first, with their photos."""
    return (
        campaign.updates.select_related("author")
        .prefetch_related("pictures__picture")
        .order_by("-posted_at")
    )


def has_sample(campaign: Campaign) -> bool:
    """Whether a picture shows a real piece; the page says so when none does."""
    real = [RevisionPicture.Label.SAMPLE, RevisionPicture.Label.PRODUCT]
    return any(place.label in real for place in placements(campaign))
