"""What a buyer is asked when a brand moves a date: answered on the order's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.clock import db_now
from core.states import WrongState
from presale import access
from presale.actions import campaigns, delays
from presale.errors import Refused
from presale.views.answers import actor_of


@require_POST
def delay(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the order with its later date, or get everything back."""
    found = access.order_by_code(code)
    keeps = request.POST.get("answer") == "keep"
    try:
        if keeps:
            delays.keep(found, actor=actor_of(request), now=db_now())
        elif request.POST.get("answer") == "leave":
            delays.leave(found, actor=actor_of(request), now=db_now())
    except WrongState:
        messages.warning(request, _("Not changed: the order has moved on."))
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        kept = _("Thank you. The order stands with its new date.")
        messages.success(request, kept if keeps else _("Everything you paid is on its way back."))
    return redirect("presale:order", code)


@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Agree to a close of deposits that was moved."""
    found = access.order_by_code(code)
    try:
        campaigns.accept_close(found, actor=actor_of(request), now=db_now())
    except WrongState:
        messages.warning(request, _("Not changed: the order has moved on."))
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("Thank you. You stay in."))
    return redirect("presale:order", code)
