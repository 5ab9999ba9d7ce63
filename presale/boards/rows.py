"""Briefs, rounds and campaigns as lines of the console, each with its one next step."""

import datetime as dt
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.toile import money, number
from designs.models import Brief, Design
from presale import pages
from presale.models import Campaign
from voting.candidates import enterable_designs
from voting.models import Round
from voting.queries import FEWEST_DRAFTS

State = Campaign.State


@dataclass(frozen=True)
class Step:
    """A link that is the one next thing to do."""

    label: str
    url: str


@dataclass(frozen=True)
class Row:
    """A brief, round or campaign in a list, with its phase and its one primary step."""

    title: str
    url: str
    phase: str
    tone: str
    facts: list[str]
    step: Step | None = None
    until: dt.datetime | None = None
    zone: str = ""
    until_label: str = ""


def address(name: str, *args: object) -> str:
    """The address of a page of another app; "" while there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def campaign_row(campaign: Campaign, now: dt.datetime) -> Row:
    """One campaign in the list."""
    ladder = pages.ladder_view(campaign)
    phase = pages.phase(campaign, now, ladder.units)
    price = money(ladder.now_unit_minor, campaign.currency)
    return Row(
        title=campaign.title,
        url=_manage(campaign),
        phase=phase.label,
        tone=phase.tone,
        facts=[
            ngettext("%(n)s unit", "%(n)s units", ladder.units) % {"n": ladder.units},
            _("minimum %(n)s") % {"n": campaign.minimum},
            _("price %(price)s") % {"price": price},
        ],
        step=campaign_step(campaign),
        until=phase.date,
        until_label=phase.date_label,
        zone=campaign.time_zone,
    )


def campaign_step(campaign: Campaign) -> Step | None:
    """The one primary action of a campaign in its phase."""
    slug, pk = campaign.brand.slug, campaign.pk
    names = {
        State.DRAFT: (_("Review and publish"), "presale:campaign-review"),
        State.OPEN: (_("Post an update"), "presale:update-new"),
        State.DECISION: (_("Decide"), "presale:campaign-proceed"),
        State.SHIPPING: (_("Mark parcels"), "presale:shipments"),
    }
    if campaign.state == State.PRODUCTION:
        made = campaign.sheets.exists()
        names[State.PRODUCTION] = (
            (_("Mark parcels"), "presale:shipments")
            if made
            else (_("Production sheet"), "presale:sheet")
        )
    found = names.get(State(campaign.state))
    if found:
        return Step(found[0], reverse(found[1], args=[slug, pk]))
    if campaign.state == State.BALANCE:
        return Step(_("See the balances"), reverse("presale:balances", args=[slug, pk]))
    return None


def _manage(campaign: Campaign) -> str:
    return reverse("presale:campaign-manage", args=[campaign.brand.slug, campaign.pk])


def is_decided(one: Round) -> bool:
    return bool(one.decided)  # type: ignore[attr-defined]


def brief_row(brief: Brief) -> Row:
    drafts = brief.designs.exclude(state=Design.State.WITHDRAWN).count()
    slug = brief.brand.slug
    manage = address("designs:brief-manage", slug, brief.pk)
    tone = {"open": "good", "draft": "hold"}.get(brief.state, "quiet")
    return Row(
        title=brief.title,
        url=manage,
        phase=str(brief.get_state_display()),
        tone=tone,
        facts=[ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts}],
        step=_brief_step(brief, manage),
        until=brief.closes_at if brief.state == Brief.State.OPEN else None,
        until_label=_("Drafts until"),
        zone=brief.brand.time_zone,
    )


def makes_round(brief: Brief) -> bool:
    """Whether enough drafts of the brief are free for a round."""
    return enterable_designs(brief).count() >= FEWEST_DRAFTS


def _brief_step(brief: Brief, manage: str) -> Step | None:
    if brief.state == Brief.State.DRAFT:
        return Step(_("Open it"), manage)
    is_new = not brief.rounds.exclude(state=Round.State.CANCELLED).exists()
    if is_new and makes_round(brief):
        return Step(_("Plan a round"), address("voting:round-new", brief.brand.slug, brief.pk))
    if brief.state == Brief.State.OPEN and is_new:
        return Step(_("Share it"), address("designs:brief", brief.pk))
    return None


def _next_date(one: Round) -> tuple[str, dt.datetime | None]:
    if one.is_held_up:
        return _("It was to open:"), one.opens_at
    if one.state == Round.State.SCHEDULED:
        return _("Opens"), one.opens_at
    return (_("Closes"), one.closes_at) if one.is_running else ("", None)


def round_row(one: Round) -> Row:
    slug = one.brief.brand.slug
    manage = address("voting:round-manage", slug, one.pk)
    tones = {"open": "good", "draft": "hold", "scheduled": "hold"} | dict.fromkeys(
        ("paused", "cancelled"), "signal"
    )
    facts = [
        one.brief.title,
        ngettext("%(n)s voter", "%(n)s voters", one.voters) % {"n": number(one.voters)},
    ]
    step = None
    if one.state == Round.State.DRAFT:
        step = Step(_("Open it"), manage)
    elif one.is_running:
        seen = one.results == Round.Results.ALWAYS
        step = Step(_("See the votes") if seen else _("See the round"), manage)
    elif one.state == Round.State.CLOSED:
        step = None if is_decided(one) else Step(_("Decide"), manage)
    elif one.state == Round.State.SCHEDULED:
        step = Step(_("See it as a fan"), address("voting:round", one.pk))
    label, when = _next_date(one)
    return Row(
        title=one.title,
        url=manage or address("voting:round", one.pk),
        phase=str(one.get_state_display()),
        tone=tones.get(one.state, "quiet"),
        facts=facts,
        step=step,
        until=when,
        until_label=label,
        zone=one.time_zone,
    )
