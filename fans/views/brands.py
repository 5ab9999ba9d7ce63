"""Pages of brands for everybody: the list, the brand, its tiers, following, applying."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from fans import actions, queries, sections
from fans.access import has_role, person_of, public_brand
from fans.forms import ApplyForm
from fans.models import Brand
from fans.views.preferences import next_page


@require_safe
def brand_list(request: HttpRequest) -> HttpResponse:
    """All brands at work."""
    page = Paginator(queries.brands_with_followers(), 24).get_page(request.GET.get("page"))
    return render(request, "fans/brand_list.html", {"page": page})


@require_safe
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """A brand, what it has open, and how the reader stands with it."""
    house = public_brand(slug)
    user = person_of(request) if request.user.is_authenticated else None
    return render(
        request,
        "fans/brand.html",
        {
            "brand": house,
            "followers": house.follows.count(),
            "follows": user is not None and house.follows.filter(user=user).exists(),
            "standing": queries.standing(user, house, now()) if user else None,
            "is_member": has_role(request.user, house),
            "designers": queries.designers_of(house),
            "blocks": sections.blocks("brand", request, house),
        },
    )


@require_safe
def tiers(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules of a brand's tiers, for everybody."""
    house = public_brand(slug)
    at = now()
    counts = queries.people_by_tier(house, [queries.tiers.terms_of(house)], at)[0]
    user = person_of(request) if request.user.is_authenticated else None
    return render(
        request,
        "fans/tiers.html",
        {
            "brand": house,
            "rules": queries.point_rules(),
            "counts": counts,
            "standing": queries.standing(user, house, at) if user else None,
        },
    )


@require_POST
@login_required
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow the brand, or no longer (`stop=1`); back to the page."""
    house = public_brand(slug)
    act = actions.unfollow_brand if request.POST.get("stop") else actions.follow_brand
    act(user=person_of(request), brand=house)
    return HttpResponseRedirect(next_page(request, reverse("fans:brand", args=[slug])))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def brand_apply(request: HttpRequest) -> HttpResponse:
    """Apply for a brand, or see how one's applications stand."""
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.apply_for_brand(user=person_of(request), fields=form.cleaned_data, now=now())
        except actions.ApplicationWaiting:
            messages.error(request, _("Your earlier application is waiting for an answer."))
            return redirect("fans:brand-apply")
        messages.success(request, _("Application sent. The answer comes by mail."))
        return redirect("fans:brand-apply")
    mine = Brand.objects.filter(applicant=person_of(request)).order_by("-applied_at")
    waiting = any(one.state == Brand.State.APPLIED for one in mine)
    return render(
        request, "fans/brand_apply.html", {"form": form, "mine": mine, "waiting": waiting}
    )
