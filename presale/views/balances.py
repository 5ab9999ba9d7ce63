"""The balance run as a page of the console, and the day a buyer chooses for its charge."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.clock import db_now
from core.states import WrongState
from designs.access import signed_in
from presale import access
from presale.actions import balances as actions
from presale.boards import balances as boards
from presale.errors import Refused
from presale.models import Campaign

PER_PAGE = 50
# Before the close nothing is known, afterwards it is all history.
SHOWN_IN = [state for state in Campaign.State.values if state not in ("draft", "scheduled")]


class ChargeDayForm(forms.Form):
    """One of the days that the order's page offers."""

    day = forms.DateField(input_formats=["%Y-%m-%d"])


@login_required
@require_safe
def run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Who would be charged what, who gets a link; once announced, what became of each."""
    found = access.managed_campaign(request.user, slug, pk)
    way = request.GET.get("way", "")
    way = way if way in boards.WAYS else ""
    shown = boards.balance_run(found)
    orders = boards.rows(found, way)
    if shown.is_forecast:
        orders = orders.filter(state="deposited")
    page = Paginator(orders, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    boards.with_amounts(page.object_list, shown.unit_minor)
    context = {
        "campaign": found,
        "brand": found.brand,
        "run": shown,
        "way": way,
        "page": page,
        "may_remind": found.state == Campaign.State.BALANCE,
    }
    return render(request, "presale/balances.html", context)


@login_required
@require_POST
def remind(request: HttpRequest, slug: str, pk: int, number: str) -> HttpResponse:
    """Mail the link of one open balance again."""
    order = access.managed_order(request.user, slug, pk, number)
    try:
        actions.remind_now(order, actor=signed_in(request).actor, now=db_now())
    except (Refused, WrongState) as refused:
        late = _("The order has moved on meanwhile. Nothing was changed.")
        messages.warning(request, str(refused) if isinstance(refused, Refused) else late)
    else:
        messages.success(request, _("The link was mailed to %(name)s.") % {"name": order.name})
    return redirect("presale:balances", slug, pk)


@require_POST
def charge_day(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer says on which day of the window the saved card is charged."""
    order = access.order_by_code(code)
    form = ChargeDayForm(request.POST)
    actor = request.user.actor if request.user.is_authenticated else "guest"
    if not form.is_valid():
        messages.warning(request, _("Choose one of the days on which the balance can be charged."))
        return redirect("presale:order", code)
    try:
        actions.choose_charge_day(order, day=form.cleaned_data["day"], actor=actor, now=db_now())
    except (Refused, WrongState) as refused:
        late = _("Not changed: the order has moved on.")
        messages.warning(request, str(refused) if isinstance(refused, Refused) else late)
    else:
        messages.success(request, _("Your card is charged on the day you chose."))
    return redirect("presale:order", code)
