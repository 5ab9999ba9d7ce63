"""A person's own orders: where each stands, and what can still be done with it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.clock import db_now, now
from designs.access import signed_in
from fans.claims import FIELD, Claim
from presale import access, charging, claiming, pages, stories
from presale.actions import payments
from presale.countries import country_name
from presale.models import Obligation, PreOrder
from presale.queries import money_of, order_money
from presale.states import HOLDING, ORDER_MOVES

State = PreOrder.State
PER_PAGE = 20


@never_cache
@login_required
@require_safe
def my_orders(request: HttpRequest) -> HttpResponse:
    """The orders of the signed-in person, the newest first."""
    mine = (
        PreOrder.objects.filter(user=signed_in(request))
        .select_related("campaign__brand", "campaign__revision__design")
        .prefetch_related("campaign__revision__placements__picture")
    )
    page = Paginator(mine.order_by("-created_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    money = money_of(list(page))
    rows = [
        {
            "order": order,
            "money": money[order.pk],
            "next_step": stories.next_step(order, money[order.pk]),
        }
        for order in page
    ]
    return render(request, "presale/my_orders.html", {"rows": rows, "page": page})


@never_cache
@require_safe
def order(request: HttpRequest, code: str) -> HttpResponse:
    """The order's page; its code is the key, no account is needed."""
    if request.GET.get("from") == "bank":
        return redirect("presale:order-return", code)
    return _page(request, access.order_by_code(code))


@never_cache
@require_safe
def order_return(request: HttpRequest, code: str) -> HttpResponse:
    """Where the bank sends people back to. What happened is asked of the bank, never the URL."""
    found = access.order_by_code(code)
    before = found.state
    found, is_unpaid = payments.ask_again(found, now=db_now())
    money = order_money(found)
    if money.owed_minor and found.state in (State.RESERVED, *stories.UNPAID_BALANCE):
        context = {**pages.about_order(found, money), "is_unpaid": is_unpaid}
        return render(request, "presale/checking.html", context)
    if before != found.state and money.paid_minor:
        messages.success(request, _("Payment received. Thank you."))
    return redirect("presale:order", found.code)


@never_cache
@require_safe
def order_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was paid for what, to print."""
    found = access.order_by_code(code)
    context = {
        **pages.about_order(found, order_money(found)),
        "movements": stories.movements(found),
    }
    return render(request, "presale/receipt.html", context)


@require_POST
def order_attach(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the order in an account: at once for its owner, after the code for a guest."""
    found = access.order_by_code(code)
    if request.user.is_authenticated:
        if claiming.attach(found, request.user):
            messages.success(request, _("The order is in your account now."))
        return redirect("presale:order", code)
    named = {"next": reverse("presale:order", args=[code]), FIELD: Claim(claiming.KIND, found.pk)}
    return redirect(f"{reverse('account_login')}?{urlencode(named)}")


def _page(request: HttpRequest, order: PreOrder) -> HttpResponse:
    context = {
        **stories.order_context(order, now()),
        **pages.said_once(order.campaign),
        "ladder": pages.ladder_view(order.campaign),
        "page_part": f"order-{order.pk}-page",
        "place": pages.placements(order.campaign).first(),
        "country": country_name(order.country),
        "may_change": pages.may_change(order),
        "may_move": pages.may_move(order),
        "may_cancel": pages.may_cancel(order),
        "locks": pages.locks(order),
        "joined": order.joined.filter(state__in=HOLDING).order_by("pk"),
        "now_at": now(),
        "may_stop_charge": order.auto_charge and (order.state, "stop_auto_charge") in ORDER_MOVES,
        "charge": charging.plan(order),
        "may_order_again": order.state == State.EXPIRED and pages.takes_changes(order),
        "obligation": order.obligations.filter(state=Obligation.State.OPEN).first(),
        "is_mine": request.user.is_authenticated and order.user_id == request.user.pk,
        "may_attach": order.user_id is None and claiming.may_attach(order, request.user),
    }
    return render(request, "presale/order.html", context)
