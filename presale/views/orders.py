"""A person's own orders: where each stands, and what can still be done with it."""

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import db_now, now
from core.states import WrongState
from designs.access import signed_in
from fans.claims import FIELD, Claim
from presale import access, claiming, pages, stories
from presale.actions import links as link_actions
from presale.actions import orders as order_actions
from presale.actions import payments
from presale.actions.fulfilment import deliver_order
from presale.actions.orders import Address
from presale.countries import country_name
from presale.errors import Refused
from presale.forms.checkout import AddressForm, VariantChangeForm
from presale.models import Campaign, Obligation, PreOrder
from presale.paylinks import OpenedLink, open_link
from presale.queries import money_of, order_money
from presale.states import ORDER_MOVES
from presale.views.answers import refusal
from presale.views.checkout import to_bank

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
        context = {**_about(found, money), "is_unpaid": is_unpaid}
        return render(request, "presale/checking.html", context)
    if before != found.state and money.paid_minor:
        messages.success(request, _("Payment received. Thank you."))
    return redirect("presale:order", found.code)


@require_POST
def order_pay(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the bank with whatever is due now."""
    found = access.order_by_code(code)
    if found.state == State.RESERVED:
        return to_bank(request, found)
    return _pay_balance(request, found, other_card="other_card" in request.POST)


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
                actor=_actor(request),
                now=db_now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return _change(request, found, form, _("Change the variant"), refused.status)
        messages.success(request, _("Changed."))
        return redirect("presale:order", code)
    if not _may_change(found):
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
            order_actions.change_address(found, form.address(), actor=_actor(request), now=db_now())
        except Refused as refused:
            field = getattr(refused, "field", None)
            form.add_error(field if field in form.fields else None, str(refused))
            return _change(request, found, form, _("Change the address"), refused.status)
        messages.success(request, _("Address changed."))
        return redirect("presale:order", code)
    if found.state not in _ADDRESS_OPEN:
        return _locked(request, found)
    return _change(request, found, form, _("Change the address"), _status(request))


@never_cache
@require_http_methods(["GET", "POST"])
def order_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give the order back; the page says first what comes back."""
    found = access.order_by_code(code)
    if request.method == "POST":
        try:
            ended = order_actions.cancel_order(found, actor=_actor(request), now=db_now())
        except (Refused, WrongState) as refused:
            return _cannot_cancel(request, found, refused)
        if order_money(ended).paid_minor:
            messages.success(request, _("Cancelled. What you paid is on its way back."))
        else:
            messages.success(request, _("Cancelled. Nothing was charged."))
        return redirect("presale:order", code)
    if not _may_cancel(found):
        return _cannot_cancel(request, found, None)
    return render(request, "presale/order_cancel.html", _about(found, order_money(found)))


@require_POST
def order_stop_charge(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer takes back the consent to charge the saved card."""
    found = access.order_by_code(code)
    try:
        order_actions.stop_auto_charge(found, actor=_actor(request), now=db_now())
    except (Refused, WrongState) as refused:
        late = _("Not changed: the order has moved on.")
        messages.warning(request, str(refused) if isinstance(refused, Refused) else late)
    else:
        messages.success(request, _("Your card will not be charged by itself."))
    return redirect("presale:order", code)


@require_POST
def order_received(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer says that the parcel has arrived."""
    found = access.order_by_code(code)
    try:
        deliver_order(found, actor=_actor(request), now=db_now())
    except (Refused, WrongState):
        messages.warning(request, _("This order is not on its way."))
        return redirect("presale:order", code)
    messages.success(request, _("Noted. Thank you for telling us."))
    return redirect("presale:order", code)


@never_cache
@require_safe
def order_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was paid for what, to print."""
    found = access.order_by_code(code)
    context = {**_about(found, order_money(found)), "movements": stories.movements(found)}
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
    return {**_about(order, order_money(order)), "obligation": opened.obligation}


_ADDRESS_OPEN = [
    State.RESERVED, State.DEPOSITED, State.BALANCE_DUE, State.ACTION_NEEDED, State.PAID,
    State.IN_PRODUCTION,
]  # fmt: skip


def _page(request: HttpRequest, order: PreOrder) -> HttpResponse:
    context = {
        **stories.order_context(order, now()),
        **pages.said_once(order.campaign),
        "ladder": pages.ladder_view(order.campaign),
        "page_part": f"order-{order.pk}-page",
        "place": pages.placements(order.campaign).first(),
        "country": country_name(order.country),
        "may_change": _may_change(order),
        "may_move": order.state in _ADDRESS_OPEN,
        "may_cancel": _may_cancel(order),
        "may_stop_charge": order.auto_charge and (order.state, "stop_auto_charge") in ORDER_MOVES,
        "may_order_again": order.state == State.EXPIRED and _is_open(order),
        "obligation": order.obligations.filter(state=Obligation.State.OPEN).first(),
        "is_mine": request.user.is_authenticated and order.user_id == request.user.pk,
        "may_attach": order.user_id is None and claiming.may_attach(order, request.user),
    }
    return render(request, "presale/order.html", context)


def _about(order: PreOrder, money: Any) -> dict[str, Any]:
    return {
        "order": order,
        "campaign": order.campaign,
        "money": money,
        "country": country_name(order.country),
        "place": pages.placements(order.campaign).first(),
        **pages.said_once(order.campaign),
    }


def _may_change(order: PreOrder) -> bool:
    return order.state == State.DEPOSITED and _is_open(order)


def _may_cancel(order: PreOrder) -> bool:
    return order.state in (State.RESERVED, State.DEPOSITED) and _is_open(order)


def _is_open(order: PreOrder) -> bool:
    campaign = order.campaign
    return campaign.state == Campaign.State.OPEN and now() < campaign.closes_at


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


def _actor(request: HttpRequest) -> str:
    # Whoever holds the code acts; without an account the order itself names them.
    return request.user.actor if request.user.is_authenticated else "guest"
