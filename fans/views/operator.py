"""Brands as operators see them: who applied, who works, who is suspended."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.states import WrongState
from fans import actions, queries
from fans.access import operator_required, person_of
from fans.forms import DecideForm
from fans.models import Brand


@operator_required
@require_safe
def brands(request: HttpRequest) -> HttpResponse:
    """The queue of applications, or the brands in another state."""
    state = request.GET.get("state", Brand.State.APPLIED)
    if state not in Brand.State.values:
        state = Brand.State.APPLIED
    page = Paginator(queries.brands_in_state(state), 20).get_page(request.GET.get("page"))
    return render(
        request,
        "fans/operator_brands.html",
        {"page": page, "state": state, "states": queries.brand_counts(), "refused": None},
    )


@require_POST
@operator_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, decline, suspend or restore a brand."""
    brand = get_object_or_404(Brand, pk=pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _again(request, brand, form)
    try:
        _decide(form.cleaned_data["event"], brand, form.cleaned_data["reason"], request)
    except WrongState:
        messages.error(request, _("Somebody decided this before you; see its state now."))
    else:
        messages.success(
            request,
            _("%(brand)s: %(state)s")
            % {"brand": brand.name, "state": Brand.State(brand.state).label},
        )
    return redirect("fans:operator-brands")


def _decide(event: str, brand: Brand, reason: str, request: HttpRequest) -> None:
    actor, at = person_of(request).actor, now()
    if event == "approve":
        return actions.approve_brand(brand=brand, actor=actor, now=at)
    by_event = {
        "decline": actions.decline_brand,
        "reopen": actions.reopen_application,
        "suspend": actions.suspend_brand,
        "restore": actions.restore_brand,
    }
    return by_event[event](brand=brand, reason=reason, actor=actor, now=at)


def _again(request: HttpRequest, brand: Brand, form: DecideForm) -> HttpResponse:
    page = Paginator(queries.brands_in_state(brand.state), 20).get_page(1)
    return render(
        request,
        "fans/operator_brands.html",
        {
            "page": page,
            "state": brand.state,
            "states": queries.brand_counts(),
            "refused": brand.pk,
            "form": form,
        },
        status=422,
    )
