"""Paying for an order: from its page, by the link of a mail, and no longer by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import db_now, now
from core.states import WrongState
from presale import access, pages
from presale.actions import links as link_actions
from presale.actions import orders as order_actions
from presale.actions import payments
from presale.errors import Refused
from presale.models import Obligation, PreOrder
from presale.paylinks import OpenedLink, open_link
from presale.queries import order_money
from presale.views.answers import actor_of
from presale.views.checkout import to_bank

State = PreOrder.State


@require_POST
def order_pay(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the bank with whatever is due now."""
    found = access.order_by_code(code)
    if found.state == State.RESERVED:
        return to_bank(request, found)
    return _pay_balance(request, found, other_card="other_card" in request.POST)


@require_POST
def order_stop_charge(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer takes back the consent to charge the saved card."""
    found = access.order_by_code(code)
    try:
        order_actions.stop_auto_charge(found, actor=actor_of(request), now=db_now())
    except (Refused, WrongState) as refused:
        late = _("Not changed: the order has moved on.")
        messages.warning(request, str(refused) if isinstance(refused, Refused) else late)
    else:
        messages.success(request, _("Your card will not be charged by itself."))
    return redirect("presale:order", code)


@never_cache
@require_http_methods(["GET", "POST"])
def pay_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: opens one payment and nothing else."""
    opened = open_link(token)
    if opened is None:
        return render(request, "presale/pay_link_unknown.html", status=404)
    if opened.is_expired:
        return render(request, "presale/pay_link_expired.html", {"token": token}, status=410)
    found = access.order_by_code(opened.obligation.order.code)
    if opened.obligation.state != Obligation.State.OPEN:
        return render(request, "presale/pay_link_done.html", _pay_context(found, opened))
    if request.method == "POST":
        return _pay_balance(request, found, other_card="other_card" in request.POST)
    return render(request, "presale/pay_link.html", _pay_context(found, opened))


@require_POST
def pay_link_new(request: HttpRequest, token: str) -> HttpResponse:
    """Mail a new link to the address of the order; the answer is the same for everybody."""
    opened = open_link(token)
    if opened:
        link_actions.mail_pay_link(obligation=opened.obligation, now=now())
    return render(request, "presale/pay_link_sent.html")


def _pay_balance(request: HttpRequest, order: PreOrder, *, other_card: bool) -> HttpResponse:
    try:
        url = payments.start_balance(order, now=db_now(), other_card=other_card)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("presale:order", order.code)
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer


def _pay_context(order: PreOrder, opened: OpenedLink) -> dict[str, Any]:
    return {**pages.about_order(order, order_money(order)), "obligation": opened.obligation}
