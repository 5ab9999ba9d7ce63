"""Changing an order or giving it back, for whoever holds its link."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import db_now
from core.states import WrongState
from presale import access, pages
from presale.actions import joining
from presale.actions import orders as order_actions
from presale.actions.fulfilment import deliver_order
from presale.actions.orders import Wanted
from presale.errors import Refused, ShippingChanged
from presale.forms.checkout import AddressForm, ReviewForm
from presale.forms.orders import QuantityForm, VariantChangeForm
from presale.models import PreOrder, Variant
from presale.queries import order_money, quote_with
from presale.views.answers import actor_of, refusal
from presale.views.checkout import to_bank


@never_cache
@require_http_methods(["GET", "POST"])
def order_variant(request: HttpRequest, code: str) -> HttpResponse:
    """Another size or colour of the same price, while deposits are open."""
    found = access.order_by_code(code)
    form = VariantChangeForm(request.POST or None, order=found)
    if request.method == "POST" and form.is_valid():
        try:
            order_actions.change_variant(
                found,
                from_variant=form.cleaned_data["line"],
                to_variant=form.cleaned_data["to"],
                actor=actor_of(request),
                now=db_now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return _change(request, found, form, _("Change the variant"), refused.status)
        messages.success(request, _("Changed."))
        return redirect("presale:order", code)
    if not pages.may_change(found):
        return _locked(request, found)
    return _change(request, found, form, _("Change the variant"), _status(request))


@never_cache
@require_http_methods(["GET", "POST"])
def order_quantity(request: HttpRequest, code: str) -> HttpResponse:
    """Fewer or more units: first what it means in money, then, confirmed, the step."""
    found = access.order_by_code(code)
    if not pages.may_change(found):
        return _locked(request, found)
    form = QuantityForm(request.POST or None, order=found)
    if request.method == "GET" or not form.is_valid():
        return _quantity(request, found, form, status=_status(request))
    if form.more < 0:
        return _fewer(request, found, form)
    if found.joins_id:
        form.add_error("quantity", _("Add units to the order in whose parcel this one travels."))
        return _quantity(request, found, form, status=409)
    return _more(request, found, form)


@never_cache
@require_http_methods(["GET", "POST"])
def order_address(request: HttpRequest, code: str) -> HttpResponse:
    """Another address, until the address lock; another price of shipping is shown before."""
    found = access.order_by_code(code)
    initial = vars(joining.address_of(found))
    form = AddressForm(request.POST or None, campaign=found.campaign, initial=initial)
    if not pages.may_move(found):
        return _locked(request, found)
    if request.method == "GET" or not form.is_valid():
        return _address(request, found, form, _status(request))
    seen = request.POST.get("shipping_seen", "")
    try:
        order_actions.change_address(
            found,
            form.address(),
            actor=actor_of(request),
            now=db_now(),
            shipping_seen_minor=int(seen) if seen.isascii() and seen.isdigit() else None,
        )
    except ShippingChanged as changed:
        return _address(request, found, form, changed.status, changed)
    except Refused as refused:
        field = getattr(refused, "field", None)
        form.add_error(field if field in form.fields else None, str(refused))
        return _address(request, found, form, refused.status)
    messages.success(request, _("Address changed."))
    return redirect("presale:order", code)


@never_cache
@require_http_methods(["GET", "POST"])
def order_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give the order back; the page says first what comes back, or why it is too late."""
    found = access.order_by_code(code)
    if request.method == "POST":
        try:
            ended = order_actions.cancel_order(found, actor=actor_of(request), now=db_now())
        except (Refused, WrongState) as refused:
            return _cannot_cancel(request, found, refused)
        if order_money(ended).paid_minor:
            messages.success(request, _("Cancelled. What you paid is on its way back."))
        else:
            messages.success(request, _("Cancelled. Nothing was charged."))
        return redirect("presale:order", code)
    money = order_money(found)
    found_out = pages.leaving(found, money)
    if not found_out.may:
        return _cannot_cancel(request, found, None)
    context = {**pages.about_order(found, money), "leaving": found_out}
    return render(request, "presale/order_cancel.html", context)


@require_POST
def order_received(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer says that the parcel has arrived."""
    found = access.order_by_code(code)
    try:
        deliver_order(found, actor=actor_of(request), now=db_now())
    except (Refused, WrongState):
        messages.warning(request, _("This order is not on its way."))
        return redirect("presale:order", code)
    messages.success(request, _("Noted. Thank you for telling us."))
    return redirect("presale:order", code)


# -- Fewer, more ----------------------------------------------------------------------------
def _fewer(request: HttpRequest, order: PreOrder, form: QuantityForm) -> HttpResponse:
    back_minor = -form.more * order.campaign.deposit_minor
    if "confirm" not in request.POST:
        return _quantity(request, order, form, back_minor=back_minor)
    try:
        order_actions.reduce_order(
            order,
            variant=form.cleaned_data["line"],
            quantity=form.cleaned_data["quantity"],
            actor=actor_of(request),
            now=db_now(),
        )
    except (Refused, WrongState) as refused:
        text = str(refused) if isinstance(refused, Refused) else ""
        form.add_error("quantity", text or _("The order has moved on meanwhile."))
        return _quantity(request, order, form, status=409)
    messages.success(request, _("Changed. The deposit of these units is on its way back."))
    return redirect("presale:order", order.code)


def _more(request: HttpRequest, order: PreOrder, form: QuantityForm) -> HttpResponse:
    review = ReviewForm(request.POST if "confirm" in request.POST else None)
    if "confirm" not in request.POST:
        return _quantity(request, order, form, review=review)
    if not review.is_valid():
        return _quantity(request, order, form, review=review, status=422)
    try:
        added = _add(order, form.cleaned_data["line"], form.more, review, request.POST)
    except Refused as refused:
        form.add_error("quantity", str(refused))
        return _quantity(request, order, form, status=refused.status)
    return to_bank(request, added)


def _add(order: PreOrder, variant: Variant, units: int, review: ReviewForm, sent: Any) -> PreOrder:
    campaign = order.campaign
    quote = quote_with(campaign, [(variant, units)], 0)
    auto_charge = review.cleaned_data["auto_charge"]
    return order_actions.reserve(
        campaign,
        buyer=joining.buyer_of(order),
        address=joining.address_of(order),
        wanted=[Wanted(variant.pk, units)],
        total_seen_minor=review.cleaned_data["total_seen"],
        consent_text=pages.consent_text(campaign, quote, auto_charge=auto_charge),
        form_key=_key(sent.get("form_key", "")),
        auto_charge=auto_charge,
        joins=order,
    )


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _quantity(
    request: HttpRequest, order: PreOrder, form: QuantityForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"order": order, "campaign": order.campaign, "form": form, **more}
    if "review" in more:
        campaign, variant = order.campaign, form.cleaned_data["line"]
        quote = quote_with(campaign, [(variant, form.more)], 0)
        context |= {
            "quote": quote,
            "units": form.more,
            "due": pages.money_block(
                campaign, quantity=form.more, surcharge_minor=variant.surcharge_minor
            ),
            "consent": pages.consent_text(campaign, quote, auto_charge=False),
            "auto_charge": pages.auto_charge_text(),
            "form_key": uuid.uuid4(),
        }
    return render(request, "presale/order_quantity.html", context, status=status)


# -- Pages ----------------------------------------------------------------------------------
def _address(
    request: HttpRequest,
    order: PreOrder,
    form: AddressForm,
    status: int,
    changed: ShippingChanged | None = None,
) -> HttpResponse:
    context = {"order": order, "campaign": order.campaign, "form": form, "changed": changed}
    return render(request, "presale/order_address.html", context, status=status)


def _change(
    request: HttpRequest, order: PreOrder, form: Any, title: str, status: int
) -> HttpResponse:
    context = {"order": order, "campaign": order.campaign, "form": form, "title": title}
    return render(request, "presale/order_change.html", context, status=status)


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _locked(request: HttpRequest, order: PreOrder) -> HttpResponse:
    return refusal(
        request,
        title=_("This can no longer be changed"),
        text=_("Its time is over, or the order has moved on. The order's page has the dates."),
        url=reverse("presale:order", args=[order.code]),
        link=_("Back to the order"),
    )


def _cannot_cancel(
    request: HttpRequest, order: PreOrder, refused: Exception | None
) -> HttpResponse:
    found_out = pages.leaving(order, order_money(order))
    text = str(refused) if isinstance(refused, Refused) and found_out.may else found_out.why
    context = {"order": order, "title": _("Not cancelled"), "text": text, "leaving": found_out}
    return render(request, "presale/order_not_cancelled.html", context, status=409)
