"""A brand's settings: about, money, shipping, tiers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from fans import actions, queries
from fans.access import SETS_UP, brand_for
from fans.forms import BrandForm, TiersForm, Zones
from fans.locks import currency_is_locked
from fans.models import Brand


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def brand_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """All settings of a brand; POST writes its first part (about and money)."""
    brand = brand_for(request.user, slug, *SETS_UP)
    form = BrandForm(
        request.POST or None, instance=brand, currency_locked=currency_is_locked(brand)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_brand(brand=brand, fields=form.changes())
        except actions.CurrencyLocked:
            form.add_error("currency", _("A campaign in this currency was made meanwhile."))
        else:
            messages.success(request, _("Settings saved."))
            return redirect("fans:brand-settings", slug)
    return _page(request, slug, form=form)


@require_POST
@login_required
def zones(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the table of shipping."""
    brand = brand_for(request.user, slug, *SETS_UP)
    formset = Zones(
        request.POST,
        instance=brand,
        prefix="zones",
        form_kwargs={"currency": brand.currency},
    )
    if formset.is_valid():
        with transaction.atomic():
            formset.save()
        messages.success(request, _("Shipping saved."))
        return redirect("fans:brand-settings", slug)
    return _page(request, slug, zones=formset)


@require_POST
@login_required
def thresholds(request: HttpRequest, slug: str) -> HttpResponse:
    """Try other thresholds out (`try`), or apply them."""
    brand = brand_for(request.user, slug, *SETS_UP)
    form = TiersForm(request.POST)
    if not form.is_valid():
        return _page(request, slug, tiers=form)
    if "try" in request.POST:
        terms = [queries.tiers.terms_of(brand), form.terms()]
        before, after = queries.people_by_tier(brand, terms, now())
        preview = [(tier, before[tier], after[tier]) for tier in before]
        return _page(request, slug, tiers=form, preview=preview)
    actions.set_thresholds(brand=brand, terms=form.terms())
    messages.success(request, _("Tiers changed. Everybody's standing follows at once."))
    return redirect("fans:brand-settings", slug)


def _page(request: HttpRequest, slug: str, **forms: Any) -> HttpResponse:
    # A bound form has put its values into its own brand; the page shows the stored one.
    brand = Brand.objects.get(slug=slug)
    wrong = any(f.is_bound and not f.is_valid() for f in forms.values() if hasattr(f, "is_bound"))
    context = {
        "brand": brand,
        "form": BrandForm(instance=brand, currency_locked=currency_is_locked(brand)),
        "zones": Zones(instance=brand, prefix="zones", form_kwargs={"currency": brand.currency}),
        "tiers": TiersForm(
            initial={
                "fan": brand.fan_threshold,
                "honorary": brand.honorary_threshold,
                "window_days": brand.window_days,
            }
        ),
        **forms,
    }
    return render(request, "fans/brand_settings.html", context, status=422 if wrong else 200)
