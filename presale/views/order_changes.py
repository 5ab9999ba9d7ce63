"""Changing an order or giving it back, for whoever holds its link."""

from dataclasses import fields
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
from presale.actions import orders as order_actions
from presale.actions.fulfilment import deliver_order
from presale.actions.orders import Address
from presale.errors import Refused
from presale.forms.checkout import AddressForm, VariantChangeForm
from presale.models import PreOrder
from presale.queries import order_money
from presale.views.answers import actor_of, refusal


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
def order_address(request: HttpRequest, code: str) -> HttpResponse:
    """Another address, until the parcel is sent."""
    found = access.order_by_code(code)
    form = AddressForm(
        request.POST or None,
        campaign=found.campaign,
        initial={field.name: getattr(found, field.name) for field in fields(Address)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            order_actions.change_address(
                found, form.address(), actor=actor_of(request), now=db_now()
            )
        except Refused as refused:
            field = getattr(refused, "field", None)
            form.add_error(field if field in form.fields else None, str(refused))
            return _change(request, found, form, _("Change the address"), refused.status)
        messages.success(request, _("Address changed."))
        return redirect("presale:order", code)
    if not pages.may_move(found):
        return _locked(request, found)
    return _change(request, found, form, _("Change the address"), _status(request))


@never_cache
@require_http_methods(["GET", "POST"])
def order_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give the order back; the page says first what comes back."""
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
    if not pages.may_cancel(found):
        return _cannot_cancel(request, found, None)
    return render(
        request, "presale/order_cancel.html", pages.about_order(found, order_money(found))
    )


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
        text=_("Deposits have closed, or the order has moved on."),
        url=reverse("presale:order", args=[order.code]),
        link=_("Back to the order"),
    )


def _cannot_cancel(
    request: HttpRequest, order: PreOrder, refused: Exception | None
) -> HttpResponse:
    text = (
        str(refused)
        if isinstance(refused, Refused)
        else _("An order can be cancelled while deposits are open. Nothing was changed.")
    )
    return refusal(
        request,
        title=_("Not cancelled"),
        text=text,
        url=reverse("presale:order", args=[order.code]),
        link=_("Back to the order"),
    )
