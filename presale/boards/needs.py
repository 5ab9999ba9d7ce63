"""What waits for a person of the brand."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from designs.models import Brief, Design
from presale import pages
from presale.boards.rows import Step, address, campaign_step, is_decided, makes_round
from presale.models import Campaign, Compensation, PreOrder, RefundObligation
from voting.candidates import lacking_drafts
from voting.models import Entry, Round

State = Campaign.State


# An update at least so often while something is made; longer silence is shown to the brand.
UPDATE_RHYTHM = dt.timedelta(days=14)


@dataclass(frozen=True)
class Need:
    """Something that waits for a person of the brand."""

    text: str
    step: Step
    tone: str = "hold"


def campaign_needs(campaigns: list[Campaign], now: dt.datetime) -> list[Need]:
    found = []
    for campaign in campaigns:
        text, tone = _campaign_need(campaign, now)
        step = campaign_step(campaign)
        if text and step:
            found.append(Need(text % {"title": campaign.title}, step, tone))
        found += _news_needs(campaign, now) + _order_needs(campaign)
    return found


def _campaign_need(campaign: Campaign, now: dt.datetime) -> tuple[str, str]:
    if campaign.state == State.DRAFT:
        return _("%(title)s is a draft; fans cannot see it yet."), "hold"
    if campaign.state == State.DECISION:
        return _("%(title)s has too few paid balances. Decide within 7 days."), "signal"
    if campaign.state == State.PRODUCTION and not campaign.sheets.exists():
        return _("%(title)s is ready for the factory."), "hold"
    waiting = campaign.orders.filter(state=PreOrder.State.IN_PRODUCTION).exists()
    if campaign.state == State.SHIPPING and waiting:
        return _("%(title)s has orders that are not sent yet."), "hold"
    return "", ""


def _news_needs(campaign: Campaign, now: dt.datetime) -> list[Need]:
    promised = pages.rhythm(campaign, now)
    if not promised or not promised.is_late:
        return []
    text = _("%(title)s: news were promised and have not come. Fans see that.")
    url = reverse("presale:update-new", args=[campaign.brand.slug, campaign.pk])
    return [Need(text % {"title": campaign.title}, Step(_("Post an update"), url), "signal")]


def _order_needs(campaign: Campaign) -> list[Need]:
    found = []
    orders = reverse("presale:orders", args=[campaign.brand.slug, campaign.pk])
    held = campaign.orders.exclude(hold_reason="").count()
    if held:
        text = ngettext("%(n)s order is on hold.", "%(n)s orders are on hold.", held)
        found.append(Need(text % {"n": held}, Step(_("See orders"), orders), "signal"))
    owed = Compensation.objects.filter(
        order__campaign=campaign, state=Compensation.State.OWED
    ).count()
    if owed:
        text = ngettext(
            "Earnest money is owed twice to %(n)s buyer.",
            "Earnest money is owed twice to %(n)s buyers.",
            owed,
        )
        url = reverse("presale:compensations", args=[campaign.brand.slug, campaign.pk])
        found.append(Need(text % {"n": owed}, Step(_("Pay and note it"), url), "signal"))
    stuck = RefundObligation.objects.filter(
        order__campaign=campaign, state=RefundObligation.State.MANUAL
    ).count()
    if stuck:
        text = ngettext(
            "%(n)s refund needs the operator.", "%(n)s refunds need the operator.", stuck
        )
        found.append(Need(text % {"n": stuck}, Step(_("See orders"), orders), "signal"))
    return found


def is_silent(campaign: Campaign, now: dt.datetime) -> bool:
    """Whether fans have waited longer for news than the promised rhythm while it is made."""
    promised = pages.rhythm(campaign, now)
    if promised or campaign.state not in (State.PRODUCTION, State.SHIPPING):
        return bool(promised and promised.is_late)
    last = campaign.updates.aggregate(last=Max("posted_at"))["last"]
    since = last or campaign.balance_closes_at or campaign.closes_at
    return now - since > UPDATE_RHYTHM


def round_needs(rounds: list[Round], campaigns: list[Campaign]) -> list[Need]:
    found = []
    sold = {campaign.revision_id for campaign in campaigns if campaign.state != State.CANCELLED}
    closed = [one for one in rounds if one.state == Round.State.CLOSED]
    winners = Entry.objects.filter(round__in=closed, outcome=Entry.Outcome.WINNER)
    won = list(winners.select_related("revision__design"))
    lacking = lacking_drafts(one for one in rounds if one.state == Round.State.SCHEDULED)
    for one in rounds:
        if one.pk in lacking:
            text = _("%(title)s cannot open: it has fewer than two drafts.") % {"title": one.title}
            url = address("voting:round-manage", one.brief.brand.slug, one.pk)
            found.append(Need(text, Step(_("Choose drafts"), url), "signal"))
    for one in closed:
        slug = one.brief.brand.slug
        if one.waiting and not is_decided(one):  # type: ignore[attr-defined]
            url = address("voting:round-manage", slug, one.pk)
            text = _("%(title)s is closed. Say what comes of it.") % {"title": one.title}
            found.append(Need(text, Step(_("Decide"), url)))
        for winner in won:
            if winner.round_id != one.pk or winner.revision_id in sold:
                continue
            url = reverse("presale:campaign-new", args=[slug, winner.pk])
            text = _("%(title)s has won and is no pre-order yet.") % {
                "title": winner.revision.design.title
            }
            found.append(Need(text, Step(_("Make the winner a pre-order"), url)))
    return found


def _one_draft(brief: Brief) -> Need:
    text = _("One draft for %(title)s waits; a round needs a second one.") % {"title": brief.title}
    if brief.state == Brief.State.OPEN:
        return Need(text, Step(_("Share the brief"), address("designs:brief", brief.pk)))
    manage = address("designs:brief-manage", brief.brand.slug, brief.pk)
    return Need(text, Step(_("Manage the brief"), manage))


def brief_needs(briefs: list[Brief]) -> list[Need]:
    found = []
    for brief in briefs:
        waiting = brief.designs.filter(state=Design.State.SUBMITTED).count()
        # A draft beside one that has won waits for nothing any more.
        has_winner = brief.designs.filter(state=Design.State.CHOSEN).exists()
        running = brief.rounds.exclude(
            state__in=[Round.State.CLOSED, Round.State.CANCELLED]
        ).exists()
        if not waiting or running or has_winner:
            continue
        if not makes_round(brief):
            found.append(_one_draft(brief))
            continue
        url = address("voting:round-new", brief.brand.slug, brief.pk)
        text = ngettext(
            "%(n)s draft for %(title)s waits for a round.",
            "%(n)s drafts for %(title)s wait for a round.",
            waiting,
        ) % {"n": waiting, "title": brief.title}
        found.append(Need(text, Step(_("Plan a round"), url)))
    return found
