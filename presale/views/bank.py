"""The demo bank's own page: what a payment provider would host. No real money exists here."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.clock import now
from presale.providers.demo import bank_decide, bank_page

# What each button says, and how it is drawn; the first two are what people come for.
BUTTONS = {
    "pay": (_("Pay"), "btn--primary"),
    "authenticate": (_("Pay with a card that asks for confirmation"), ""),
    "decline": (_("Pay with a card that is declined"), ""),
    "insufficient": (_("Pay with too little money on the card"), ""),
    "abandon": (_("Leave without paying"), "btn--quiet"),
    "confirm": (_("Yes, it is me: confirm"), "btn--primary"),
    "refuse": (_("No: refuse"), "btn--danger"),
    "dispute": (_("Dispute this payment at the bank"), "btn--quiet"),
    "give-up": (_("The buyer gives up: the shop wins"), "btn--primary"),
    "insist": (_("The bank agrees with the buyer: the shop loses"), "btn--danger"),
}


@never_cache
@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest, ref: str) -> HttpResponse:
    """Pay, fail, confirm or walk away."""
    if settings.PAYMENT_PROVIDER != "demo":
        raise Http404
    try:
        if request.method == "POST":
            return _decide(request, ref)
        page = bank_page(ref)
    except LookupError:
        raise Http404 from None
    except ValueError:
        return HttpResponse(status=422)
    buttons = [(value, *BUTTONS[value]) for value in page.decisions if value in BUTTONS]
    return render(request, "presale/bank.html", {"page": page, "buttons": buttons})


def _decide(request: HttpRequest, ref: str) -> HttpResponse:
    url = bank_decide(
        ref,
        request.POST.get("decision", ""),
        now=now(),
        card=request.POST.get("card", ""),
    )
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer
