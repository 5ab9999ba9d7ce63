"""One order as its brand sees it: what it is, where it stands, what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.clock import db_now
from core.states import WrongState
from designs.access import signed_in
from presale import access, stories
from presale.actions.fulfilment import accept_return
from presale.actions.orders import release_order
from presale.countries import country_name
from presale.errors import Refused
from presale.forms.console import OrderReasonForm
from presale.models import PreOrder
from presale.queries import order_money
from presale.states import ORDER_MOVES


@dataclass(frozen=True)
class Step:
    """What a brand may do with an order, in words; the buyer reads the reason in a mail."""

    event: str
    take: Callable[..., PreOrder]
    title: Promise
    text: Promise
    done: Promise


STEPS = (
    Step(
        "release",
        release_order,
        gettext_lazy("End the order and refund it"),
        gettext_lazy("Out of goodwill, before the parcel is sent. All that was paid goes back."),
        gettext_lazy("The order has ended. What was paid is on its way back."),
    ),
    Step(
        "accept_return",
        accept_return,
        gettext_lazy("Accept the return"),
        gettext_lazy("The parcel came back. The sale is undone and all that was paid goes back."),
        gettext_lazy("Return accepted. What was paid is on its way back."),
    ),
)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, slug: str, pk: int, number: str) -> HttpResponse:
    """The order; a posted `step` is taken with its reason."""
    found = access.managed_order(request.user, slug, pk, number)
    if request.method == "GET":
        return _page(request, found, OrderReasonForm())
    form = OrderReasonForm(request.POST)
    step = next((one for one in STEPS if one.event == request.POST.get("step")), None)
    if step is None or not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        step.take(
            found,
            actor=signed_in(request).actor,
            reason=form.cleaned_data["reason"],
            now=db_now(),
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, found, form, status=refused.status)
    except WrongState:
        form.add_error(None, _("The order has moved on meanwhile. Nothing was changed."))
        return _page(request, found, form, status=409)
    messages.success(request, str(step.done))
    return redirect("presale:order-manage", slug, pk, number)


def _page(
    request: HttpRequest, order: PreOrder, form: OrderReasonForm, *, status: int = 200
) -> HttpResponse:
    order.refresh_from_db(fields=["state", "state_reason"])
    money = order_money(order)
    context = {
        "order": order,
        "campaign": order.campaign,
        "brand": order.campaign.brand,
        "money": money,
        "stations": stories.stations(order, money),
        "movements": stories.movements(order),
        "moved_at": stories.moved_at(order),
        "country": country_name(order.country),
        "form": form,
        # At most one can be taken: a parcel that is sent can only come back.
        "step": next((one for one in STEPS if (order.state, one.event) in ORDER_MOVES), None),
    }
    return render(request, "presale/manage_order.html", context, status=status)
