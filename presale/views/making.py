"""Production in the console: the sheet for the factory, news, parcels."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import db_now
from core.states import WrongState
from designs.access import signed_in
from presale import access, reports
from presale.actions import production
from presale.actions.fulfilment import deliver_order
from presale.errors import Refused
from presale.forms.console import ParcelsForm, typed_parcels
from presale.models import Campaign, PreOrder
from presale.views.answers import attachment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHIPMENT_ROWS = 50


@login_required
@require_safe
def sheet(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What a sheet frozen now would say, and those that were frozen before."""
    campaign = access.managed_campaign(request.user, slug, pk)
    return _sheet(request, campaign)


@login_required
@require_POST
def freeze(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Freeze what the page showed, if it is still what the orders say."""
    campaign = access.managed_campaign(request.user, slug, pk)
    seen = request.POST.get("units", "")
    try:
        made = production.freeze_sheet(
            campaign=campaign,
            seen_sha256=request.POST.get("seen", ""),
            seen_units=int(seen) if re.fullmatch("[0-9]{1,9}", seen) else 0,
            author=signed_in(request),
            now=db_now(),
        )
    except Refused as refused:
        return _sheet(request, campaign, refused=refused)
    messages.success(request, _("Sheet %(number)s is frozen.") % {"number": made.number})
    return redirect("presale:sheet-view", slug, pk, made.number)


@login_required
@require_safe
def sheet_view(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """One frozen sheet, to read and to print."""
    found = access.managed_sheet(request.user, slug, pk, number)
    before = found.campaign.sheets.filter(number=number - 1).first()
    variants = list(found.campaign.variants.all())
    by_sku = {row["sku"]: row["units"] for row in found.rows}
    context = {
        "sheet": found,
        "campaign": found.campaign,
        "brand": found.campaign.brand,
        "matrix": reports.matrix_of(variants, {v.pk: by_sku.get(v.sku, 0) for v in variants}),
        "before": before,
        "differences": reports.differences(before, found) if before else [],
    }
    return render(request, "presale/sheet_view.html", context)


@login_required
@require_safe
def sheet_file(request: HttpRequest, slug: str, pk: int, number: int, kind: str) -> HttpResponse:
    """A frozen sheet as a file for the factory."""
    found = access.managed_sheet(request.user, slug, pk, number)
    name = f"sheet-{pk}-{number}.{kind}"
    if kind == "csv":
        return attachment(reports.sheet_csv(found), name, "text/csv; charset=utf-8")
    return attachment(reports.sheet_xlsx(found), name, XLSX)


@login_required
@require_http_methods(["GET", "POST"])
def shipments(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mark parcels: row by row in the table, or by a list that is looked at first."""
    campaign = access.managed_campaign(request.user, slug, pk)
    if request.method == "GET":
        return _shipments(request, campaign, ParcelsForm())
    is_list = "csv" in request.POST or "file" in request.FILES
    form = ParcelsForm(request.POST, request.FILES) if is_list else ParcelsForm()
    if form.is_bound and not form.is_valid():
        return _shipments(request, campaign, form, status=422)
    parcels = form.parcels() if form.is_bound else typed_parcels(*_typed(request))
    if not parcels:
        form = form if form.is_bound else ParcelsForm()
        empty = _("No tracking number was filled in. Nothing was marked.")
        return _shipments(request, campaign, form, empty=empty, status=422)
    if form.is_bound and "confirmed" not in request.POST:
        return _preview(request, campaign, form)
    try:
        sent = production.mark_shipped(
            campaign=campaign, parcels=parcels, author=signed_in(request), now=db_now()
        )
    except Refused as refused:
        return _shipments(request, campaign, form, refused=refused, status=refused.status)
    n, known = len(sent), len(parcels) - len(sent)
    said = ngettext("%(n)s order is marked as sent.", "%(n)s orders are marked as sent.", n)
    also = ngettext("%(n)s line was marked before.", "%(n)s lines were marked before.", known)
    messages.success(request, said % {"n": n} + (" " + also % {"n": known} if known else ""))
    return redirect("presale:shipments", slug, pk)


@login_required
@require_POST
def delivered(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The carrier says that this parcel has arrived."""
    campaign = access.managed_campaign(request.user, slug, pk)
    order = get_object_or_404(campaign.orders, number=request.POST.get("number", ""))
    try:
        deliver_order(order, actor=signed_in(request).actor, now=db_now())
    except (Refused, WrongState):
        messages.warning(request, _("This order is not on its way."))
    else:
        messages.success(
            request, _("Order %(number)s is marked as delivered.") % {"number": order.number}
        )
    return redirect(reverse("presale:shipments", args=[slug, pk]) + "#sent")


def _preview(request: HttpRequest, campaign: Campaign, form: ParcelsForm) -> HttpResponse:
    """What the list would do; nothing is written, and it can be mended in place."""
    if campaign.state not in production.SHIPPABLE:
        refused = production.NotInProduction()
        return _shipments(request, campaign, form, refused=refused, status=refused.status)
    lines = production.check_parcels(campaign, form.parcels())
    problems = [(line.parcel.line, line.problem) for line in lines if line.problem]
    bad = production.BadParcels(problems) if problems else None
    again = ParcelsForm(initial={"csv": form.text})
    status = bad.status if bad else 200
    return _shipments(request, campaign, again, refused=bad, status=status, preview=lines)


def _typed(request: HttpRequest) -> tuple[list[str], list[str], list[str]]:
    post = request.POST
    return post.getlist("number"), post.getlist("carrier"), post.getlist("tracking")


def _sheet(
    request: HttpRequest, campaign: Campaign, *, refused: Refused | None = None
) -> HttpResponse:
    count = reports.count_for_production(campaign)
    variants = list(campaign.variants.all())
    by_sku = {row["sku"]: row["units"] for row in count.rows}
    sheets = list(campaign.sheets.select_related("frozen_by").order_by("-number"))
    context = {
        "campaign": campaign,
        "brand": campaign.brand,
        "count": count,
        "matrix": reports.matrix_of(variants, {v.pk: by_sku[v.sku] for v in variants}),
        "sheets": sheets,
        "may_freeze": campaign.state in production.FREEZABLE,
        "is_same": bool(sheets) and sheets[0].sha256 == count.sha256,
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "presale/sheet.html", context, status=status)


def _shipments(
    request: HttpRequest,
    campaign: Campaign,
    form: ParcelsForm,
    *,
    refused: Refused | None = None,
    empty: str = "",
    status: int = 200,
    preview: Sequence[production.Checked] = (),
) -> HttpResponse:
    waiting = campaign.orders.filter(state=PreOrder.State.IN_PRODUCTION)
    typed = dict(zip(*_typed(request)[:1], zip(*_typed(request)[1:], strict=False), strict=False))
    rows = [
        {"order": order, "typed": typed.get(order.number, ("", ""))}
        for order in waiting.prefetch_related("lines__variant").order_by("number")[:SHIPMENT_ROWS]
    ]
    sent = campaign.orders.filter(shipment__isnull=False).select_related("shipment", "campaign")
    context: dict[str, Any] = {
        "campaign": campaign,
        "brand": campaign.brand,
        "form": form,
        "rows": rows,
        "waiting": waiting.count(),
        "sent": sent.order_by("-shipment__shipped_at", "-pk")[:200],
        "refused": refused,
        "lines": getattr(refused, "lines", []),
        "empty": empty,
        "preview": preview,
        "to_mark": sum(not line.is_known for line in preview),
        "list_text": form.initial.get("csv", ""),
        "may_ship": campaign.state in production.SHIPPABLE,
    }
    return render(request, "presale/shipments.html", context, status=status)
