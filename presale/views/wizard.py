"""A campaign in one form: write it, look at it as fans will, publish it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import db_now
from core.states import WrongState
from designs.access import signed_in
from fans.access import OWNER, has_role
from presale import access, pages
from presale.actions import campaigns
from presale.actions.campaign_drafts import (
    AlreadySold,
    NoLongerDraft,
    NotTheWinner,
    create_draft,
    edit_draft,
    live_campaign_of,
)
from presale.errors import NotPublishable, Refused
from presale.forms.campaign import Wizard
from presale.models import Campaign
from presale.rules import warnings
from presale.views.answers import refusal
from voting.models import Entry


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """From the winning entry to a draft."""
    brand, entry = access.entry_for_campaign(request.user, slug, pk)
    known = live_campaign_of(entry.revision_id)
    if known and request.method == "GET":
        return redirect("presale:campaign-manage", slug, known.pk)
    wizard = Wizard(brand=brand, revision=entry.revision, data=request.POST or None, now=db_now())
    if entry.outcome != Entry.Outcome.WINNER:
        return _not_the_winner(request, entry)
    if request.method == "GET" or not wizard.is_valid():
        return _page(request, wizard, entry=entry)
    try:
        campaign = create_draft(
            entry=entry, draft=wizard.result(), author=signed_in(request), now=db_now()
        )
    except NotTheWinner:
        return _not_the_winner(request, entry)
    except AlreadySold as sold:
        return redirect("presale:campaign-manage", slug, sold.campaign.pk)
    return redirect("presale:campaign-review", slug, campaign.pk)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a draft."""
    campaign = access.managed_campaign(request.user, slug, pk)
    if campaign.state != Campaign.State.DRAFT:
        return _frozen(request, campaign)
    wizard = Wizard(
        brand=campaign.brand,
        revision=campaign.revision,
        draft=campaign,
        data=request.POST or None,
        now=db_now(),
    )
    if request.method == "GET" or not wizard.is_valid():
        return _page(request, wizard, campaign=campaign)
    try:
        edit_draft(campaign=campaign, draft=wizard.result())
    except NoLongerDraft:
        return _frozen(request, campaign)
    return redirect("presale:campaign-review", slug, campaign.pk)


@login_required
@require_safe
def review(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Everything once more, with what it may cost the brand, before it is published."""
    campaign = access.managed_campaign(request.user, slug, pk)
    if campaign.state != Campaign.State.DRAFT:
        return redirect("presale:campaign-manage", slug, pk)
    return render(request, "presale/wizard_review.html", _review(campaign))


@login_required
@require_POST
def publish(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Freeze the terms and go live."""
    campaign = access.managed_campaign(request.user, slug, pk)
    try:
        campaigns.publish(campaign, actor=signed_in(request).actor, now=db_now())
    except NotPublishable as refused:
        context = {**_review(campaign), "refusals": refused.problems}
        return render(request, "presale/wizard_review.html", context, status=refused.status)
    except (WrongState, Refused):
        return _frozen(request, campaign)
    messages.success(request, _("Published. The terms are frozen from now on."))
    return redirect("presale:campaign-manage", slug, pk)


def _page(
    request: HttpRequest,
    wizard: Wizard,
    *,
    entry: Entry | None = None,
    campaign: Campaign | None = None,
) -> HttpResponse:
    context = {
        "wizard": wizard,
        "entry": entry,
        "campaign": campaign,
        "brand": wizard.brand,
        "is_owner": has_role(request.user, wizard.brand, OWNER),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "presale/wizard.html", context, status=status)


def _review(campaign: Campaign) -> dict[str, Any]:
    return {
        **pages.offer(campaign, db_now()),
        "axes": pages.axes(list(campaign.variants.all())),
        "worst": pages.worst_case(campaign),
        "warnings": warnings(campaigns.terms_of(campaign)),
    }


def _not_the_winner(request: HttpRequest, entry: Entry) -> HttpResponse:
    return refusal(
        request,
        title=_("This draft has not won"),
        text=_("Only the winner of a closed round becomes a campaign. Decide the round first."),
        url=reverse("presale:console", args=[entry.round.brief.brand.slug]),
        link=_("Back to the console"),
    )


def _frozen(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    return refusal(
        request,
        title=_("The terms are frozen"),
        text=_("This campaign is published. What was promised to fans can no longer be changed."),
        url=reverse("presale:campaign-manage", args=[campaign.brand.slug, campaign.pk]),
        link=_("To the campaign"),
    )
