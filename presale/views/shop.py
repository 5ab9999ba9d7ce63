"""What everybody sees: the list of pre-orders, and the page of a campaign."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import now
from fans.access import MERCHANT, has_role
from fans.voters import voter_of
from presale import access, listing, pages
from presale.models import Campaign
from presale.wishes import wish_of

PER_PAGE = 24


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Every published campaign, page by page: those that take deposits first."""
    page = Paginator(listing.listed(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"groups": listing.grouped(page), "page": page}
    return render(request, "presale/campaign_list.html", context)


@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign, in whatever phase it is."""
    found = access.visible_campaign(request.user, pk)
    return render(request, "presale/campaign.html", page_context(request, found))


def page_context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """What the page of a campaign shows to this visitor."""
    variants = list(campaign.variants.all())
    wish = wish_of(voter_of(request), campaign)
    chosen = pages.picked(variants, request.GET) or (wish.options if wish else {})
    axes = pages.axes(variants, chosen)
    variant = pages.variant_for(variants, chosen)
    surcharge = variant.surcharge_minor if variant else None
    return {
        **pages.offer(campaign, now()),
        "due": pages.money_block(campaign, surcharge_minor=surcharge),
        "axes": axes,
        "dearer": pages.dearer(variants, axes),
        "wish": wish,
        "scarce": pages.scarce(campaign),
        "voters": pages.voters_of(campaign),
        "updates": pages.updates(campaign),
        "has_sample": pages.has_sample(campaign),
        "is_ours": has_role(request.user, campaign.brand, *MERCHANT),
        "choice_error": _("Choose one of each.") if "choose" in request.GET else "",
    }
