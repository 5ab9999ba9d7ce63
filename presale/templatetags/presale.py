"""Tags of the pre-sale, for pages of any app: `{% load presale %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.clock import now
from presale import pages, promises
from presale.models import Campaign, Delay, PreOrder

register = template.Library()


@register.simple_tag
def ladder_of(campaign: Campaign) -> pages.LadderView:
    """`{% ladder_of campaign as ladder %}`: what `presale/_ladder.html` draws."""
    return pages.ladder_view(campaign)


@register.simple_tag
def phase_of(campaign: Campaign, units: int = 0) -> pages.Phase:
    """`{% phase_of campaign ladder.units as phase %}`: where it stands, in words."""
    return pages.phase(campaign, now(), units)


@register.simple_tag
def outcomes_of(campaign: Campaign) -> list[pages.Outcome]:
    """`{% outcomes_of campaign as outcomes %}`: what becomes of the deposit, case by case."""
    return pages.outcomes(campaign)


@register.simple_tag
def promises_of(campaign: Campaign) -> list[str]:
    """`{% promises_of campaign as promises %}`: its smaller promises in words."""
    return promises.sentences(campaign)


@register.simple_tag
def delay_question(order: PreOrder) -> pages.Question | None:
    """`{% delay_question order as asked %}`: what its buyer is asked about a delay."""
    return pages.question(order, now())


@register.simple_tag
def slips_of(campaign: Campaign) -> list[Delay]:
    """`{% slips_of campaign as slips %}`: the days to ship by that were moved."""
    return pages.slips(campaign)


@register.simple_tag
def slip_answers(campaign: Campaign) -> list[pages.Tally]:
    """`{% slip_answers campaign as tallies %}`: how the orders answered to delays."""
    return pages.answers_to(campaign)


@register.simple_tag
def rhythm_of(campaign: Campaign) -> pages.Rhythm | None:
    """`{% rhythm_of campaign as rhythm %}`: whether news come as often as promised."""
    return pages.rhythm(campaign, now())


@register.simple_tag
def arrival_of(order: PreOrder) -> pages.Arrival | None:
    """`{% arrival_of order as arrival %}`: whether its parcel came as soon as promised."""
    return pages.arrival(order, now())


@register.simple_tag
def punctuality_of(campaign: Campaign) -> pages.Punctuality | None:
    """`{% punctuality_of campaign as kept %}`: how many parcels came as soon as promised."""
    return pages.punctuality(campaign, now())


@register.simple_tag
def colour_dot(colour: str) -> SafeString:
    """A dot in the colour of an option; decoration, for its word stands beside it."""
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7" fill="{}"/></svg>',
        colour,
    )
