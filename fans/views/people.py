"""A person's page, their settings, and a brand's people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from fans import actions, queries, sections
from fans.access import MERCHANT, brand_for, person_of
from fans.forms import SettingsForm, StandingForm
from fans.models import Brand, User


@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Who somebody is and how they stand; the reasons in full only for themselves."""
    person = get_object_or_404(User, handle=handle, is_active=True)
    at = now()
    return render(
        request,
        "fans/profile.html",
        {
            "person": person,
            "is_self": person == request.user,
            "standings": queries.standings(person, at),
            "deeds": queries.public_deeds(person),
            "memberships": queries.public_memberships(person),
            "blocks": sections.blocks("profile", request, person),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What a person says about themselves and how they want the site."""
    person = User.objects.get(pk=person_of(request).pk)
    form = SettingsForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        actions.update_person(user=person, fields=form.cleaned_data)
        messages.success(request, _("Settings saved."))
        return redirect("fans:settings")
    status = 422 if form.is_bound else 200
    return render(
        request, "fans/settings.html", {"form": form, **queries.security_of(person)}, status=status
    )


@login_required
@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """A brand's people by standing, for its team."""
    brand = brand_for(request.user, slug, *MERCHANT)
    rows = queries.people_of(brand, now())
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "fans/people.html", {"brand": brand, "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """One person's ledger with the brand; POST grants points, suspends, or lifts."""
    brand = brand_for(request.user, slug, *MERCHANT)
    who = get_object_or_404(User, handle=handle)
    form = StandingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _judge(request, brand, who, form)
        return redirect("fans:person", slug, handle)
    return render(
        request,
        "fans/person.html",
        {
            "brand": brand,
            "person": who,
            "standing": queries.standing(who, brand, now()),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


def _judge(request: HttpRequest, brand: Brand, who: User, form: StandingForm) -> None:
    data = form.cleaned_data
    told = {
        "user": who,
        "brand": brand,
        "reason": data["reason"],
        "actor": person_of(request).actor,
        "at": now(),
    }
    if data["event"] == "grant":
        actions.grant_points(points=data["points"], **told)
        messages.success(request, _("Points granted."))
    elif data["event"] == "suspend":
        actions.suspend_person(**told)
        messages.success(request, _("Standing suspended."))
    else:
        actions.lift_suspension(**told)
        messages.success(request, _("Suspension lifted."))
