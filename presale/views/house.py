"""The rules a brand states, and the earnest money it owes twice under them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clock import db_now
from core.states import WrongState
from designs.access import signed_in
from fans.access import OWNER, brand_for
from presale import access, jurisdictions
from presale.actions import house
from presale.errors import BadOrder
from presale.forms.house import CompensationForm, RulesForm, as_typed
from presale.models import BrandRules, Campaign, Compensation


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """State the rules, starting from those of a place if one was asked for."""
    brand = brand_for(request.user, slug, OWNER)
    asked = request.GET.get("preset", "")
    is_preset = asked in BrandRules.Preset.values and asked != BrandRules.Preset.OWN
    shown = jurisdictions.preset(asked) if is_preset else jurisdictions.profile_of(brand)
    form = RulesForm(request.POST or None, initial=as_typed(shown))
    if request.method == "POST" and form.is_valid():
        house.state_rules(brand, form.profile(), author=signed_in(request), now=db_now())
        messages.success(request, _("Saved. Campaigns published from now on print these rules."))
        return redirect("presale:brand-rules", slug)
    context = {
        "brand": brand,
        "form": form,
        "stated": BrandRules.objects.filter(brand=brand).select_related("updated_by").first(),
        "asked": asked if is_preset else "",
        "presets": [one for one in BrandRules.Preset.choices if one[0] != BrandRules.Preset.OWN],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "presale/brand_rules.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def compensations(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Earnest money owed twice: to whom, and which of it was paid how."""
    campaign = access.managed_campaign(request.user, slug, pk)
    if request.method == "GET":
        return _compensations(request, campaign, CompensationForm())
    form = CompensationForm(request.POST)
    if not form.is_valid():
        return _compensations(request, campaign, form, status=422)
    row = get_object_or_404(_owed(campaign), order__number=form.cleaned_data["number"])
    try:
        house.note_compensated(
            row,
            reference=form.cleaned_data["reference"],
            actor=signed_in(request).actor,
            now=db_now(),
        )
    except WrongState:
        form.add_error(None, _("This one was paid already."))
        return _compensations(request, campaign, form, status=409)
    except BadOrder as refused:
        form.add_error(refused.field, str(refused))
        return _compensations(request, campaign, form, status=refused.status)
    messages.success(request, _("Noted. The buyer is told."))
    return redirect("presale:compensations", slug, pk)


def _owed(campaign: Campaign):  # type: ignore[no-untyped-def]
    rows = Compensation.objects.filter(order__campaign=campaign)
    return rows.select_related("order__campaign__brand").order_by("state", "order_id")


def _compensations(
    request: HttpRequest, campaign: Campaign, form: CompensationForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "campaign": campaign,
        "brand": campaign.brand,
        "form": form,
        "rows": _owed(campaign)[:500],
        "number": form.data.get("number", ""),
    }
    return render(request, "presale/compensations.html", context, status=status)
