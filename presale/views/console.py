"""The console of a brand: what waits, its briefs, rounds and campaigns, and one campaign."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.clock import db_now, now
from core.states import WrongState
from designs.access import signed_in
from fans.access import MERCHANT, brand_for
from presale import access, boards, pages, reports
from presale.actions import campaigns
from presale.errors import Refused
from presale.forms.console import OrderFilterForm
from presale.models import Campaign, PreOrder
from presale.states import CANCELLABLE
from presale.views.answers import attachment
from presale.views.decisions import wrong_state

PER_PAGE = 50


@login_required
@require_safe
def brands(request: HttpRequest) -> HttpResponse:
    """The brands of this person; with only one, its console at once."""
    roles = signed_in(request).memberships.select_related("brand").filter(brand__state="approved")
    mine = list(roles.order_by("brand__name"))
    if len(mine) == 1 and mine[0].role in MERCHANT:
        return redirect("presale:console", mine[0].brand.slug)
    return render(request, "presale/console_list.html", {"memberships": mine})


@login_required
@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, then everything the brand runs."""
    brand = brand_for(request.user, slug, *MERCHANT)
    context = {"brand": brand, "board": boards.board(brand, now())}
    return render(request, "presale/console.html", context)


@login_required
@require_safe
def campaign(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One campaign: figures, ladder, orders by option, what can be done in its phase."""
    found = access.managed_campaign(request.user, slug, pk)
    return render(request, "presale/manage.html", _manage(found))


@login_required
@require_safe
def orders(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The orders, filtered; the address of the page is the filter."""
    found = access.managed_campaign(request.user, slug, pk)
    form, rows = _filtered(request, found)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "campaign": found,
        "brand": found.brand,
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
    }
    return render(request, "presale/orders.html", context)


@login_required
@require_safe
def orders_csv(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Exactly the orders of this filter, as CSV."""
    found = access.managed_campaign(request.user, slug, pk)
    _form, rows = _filtered(request, found)
    return attachment(
        reports.orders_csv(found, rows), f"orders-{found.pk}.csv", "text/csv; charset=utf-8"
    )


@login_required
@require_safe
def packing_csv(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What is printed for the parcels that are to be sent: no prices, gifts with their cards."""
    found = access.managed_campaign(request.user, slug, pk)
    rows = found.orders.filter(state=PreOrder.State.IN_PRODUCTION).order_by("pk")
    rows = rows.select_related("gift", "joins__gift").prefetch_related("lines__variant")
    return attachment(
        reports.packing_csv(rows), f"parcels-{found.pk}.csv", "text/csv; charset=utf-8"
    )


@login_required
@require_safe
def matrix_csv(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Orders by option, as CSV."""
    found = access.managed_campaign(request.user, slug, pk)
    return attachment(
        reports.matrix_csv(found), f"options-{found.pk}.csv", "text/csv; charset=utf-8"
    )


@login_required
@require_POST
def unpublish(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Back to a draft, before anybody could order."""
    found = access.managed_campaign(request.user, slug, pk)
    try:
        campaigns.unpublish(found, actor=signed_in(request).actor, now=db_now())
    except (Refused, WrongState):
        messages.warning(request, _("Deposits are open already, so it stays published."))
    return redirect("presale:campaign-manage", slug, pk)


@login_required
@require_POST
def open_now(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open deposits before their time."""
    found = access.managed_campaign(request.user, slug, pk)
    try:
        campaigns.open_now(found, actor=signed_in(request).actor, now=db_now())
    except Refused as refused:
        messages.warning(request, str(refused))
    except WrongState:
        messages.warning(request, wrong_state(found))
    else:
        messages.success(request, _("Deposits are open now."))
    return redirect("presale:campaign-manage", slug, pk)


def _manage(campaign: Campaign) -> dict[str, Any]:
    shown = pages.overview(campaign, now())
    return {
        **shown,
        **boards.figures_context(campaign, now()),
        "matrix": reports.option_matrix(campaign),
        "step": boards.campaign_step(campaign),
        "updates": pages.updates(campaign),
        "sheets": campaign.sheets.select_related("frozen_by").order_by("-number"),
        "is_silent": boards.is_silent(campaign, now()),
        "may_cancel": campaign.state in CANCELLABLE,
        "may_end_balance": settings.DEMO and campaign.state == Campaign.State.BALANCE,
    }


def _filtered(request: HttpRequest, campaign: Campaign) -> tuple[OrderFilterForm, Any]:
    form = OrderFilterForm(request.GET, campaign=campaign)
    form.is_valid()
    data = form.cleaned_data
    variant = data.get("variant")
    rows = boards.filtered_orders(
        campaign,
        state=data.get("state", ""),
        variant_id=variant.pk if variant else None,
        search=data.get("q", ""),
    )
    return form, rows
