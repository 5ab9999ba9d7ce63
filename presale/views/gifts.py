"""A gift: what its giver says with it, and the page on which its recipient enters the address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import db_now
from presale import access, pages
from presale.actions import gifts
from presale.errors import Refused
from presale.forms.checkout import AddressForm
from presale.forms.gifts import GiftForm
from presale.models import Gift
from presale.views.answers import refusal


@never_cache
@require_http_methods(["GET", "POST"])
def order_gift(request: HttpRequest, code: str) -> HttpResponse:
    """Make the order a gift, or change its card."""
    found = access.order_by_code(code)
    gift = Gift.objects.filter(order=found).first()
    if not pages.may_move(found):
        return _too_late(found.code)
    form = GiftForm(request.POST or None, initial=_said(gift))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            gifts.wrap(found, **form.cleaned_data, now=db_now())
        except Refused as refused:
            form.add_error(None, str(refused))
            status = refused.status
        else:
            messages.success(request, _("It is a gift. Nothing in the parcel shows a price."))
            return redirect("presale:order-gift", code)
    context = {
        "order": found,
        "campaign": found.campaign,
        "form": form,
        "gift": gift,
        "gift_url": gifts.gift_url(gift) if gift else "",
    }
    return render(request, "presale/order_gift.html", context, status=status)


@require_POST
def order_gift_not(request: HttpRequest, code: str) -> HttpResponse:
    """It is no gift any more."""
    found = access.order_by_code(code)
    try:
        gifts.unwrap(found, now=db_now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("It is no gift any more. The address stays as it is."))
    return redirect("presale:order", code)


@never_cache
@require_http_methods(["GET", "POST"])
def gift_address(request: HttpRequest, code: str) -> HttpResponse:
    """The recipient's page: from whom, what, and where it may go; no price, no order."""
    gift = get_object_or_404(
        Gift.objects.select_related("order__campaign__brand", "order__campaign__revision__design"),
        code=code,
    )
    campaign = gift.order.campaign
    if not pages.may_move(gift.order):
        return refusal(
            request,
            title=_("Too late for another address"),
            text=_("The parcel is being prepared or on its way, or it will not be sent."),
            url=reverse("presale:campaign-list"),
            link=_("Pre-orders"),
        )
    form = AddressForm(request.POST or None, campaign=campaign, initial=_country(gift))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            gifts.enter_address(gift, form.address(), now=db_now())
        except Refused as refused:
            field = getattr(refused, "field", None)
            form.add_error(field if field in form.fields else None, str(refused))
            status = refused.status
        else:
            thanked = {"gift": gift, "campaign": campaign}
            return render(request, "presale/gift_thanks.html", thanked)
    place = pages.placements(campaign).first()
    context = {"gift": gift, "campaign": campaign, "form": form, "place": place}
    return render(request, "presale/gift_address.html", context, status=status)


def _said(gift: Gift | None) -> dict[str, str]:
    if gift is None:
        return {}
    return {name: getattr(gift, name) for name in ("giver", "message", "recipient_email")}


def _country(gift: Gift) -> dict[str, str]:
    # What the giver wrote of the address is the giver's; only the country is shown.
    return {"country": gift.order.country}


def _too_late(code: str) -> HttpResponse:
    return redirect("presale:order", code)
