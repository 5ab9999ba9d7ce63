"""Money that waits for a person: on the brand's page, and on the operator's with its actions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.clock import db_now, now
from core.states import WrongState
from fans.access import MERCHANT, brand_for, operator_required, person_of
from presale import statements
from presale.actions import apart, refunds
from presale.boards import balances, money
from presale.errors import Refused
from presale.models import Attempt, RefundObligation, Unmatched
from presale.views.answers import attachment


@login_required
@require_safe
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """The brand's books in words, what its balances do, and what waits."""
    found = brand_for(request.user, slug, *MERCHANT)
    month = statements.month_of(request.GET.get("month", ""))
    context = {
        "brand": found,
        "groups": [group for group in money.groups(now(), found) if group.tasks],
        "runs": [(one, balances.balance_run(one)) for one in money.running(found)],
        "statement": statements.of_brand(found, month),
        "month": month,
        "months": statements.months(found),
    }
    return render(request, "presale/money.html", context)


@login_required
@require_safe
def brand_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every entry of the brand's books, for its accountant."""
    found = brand_for(request.user, slug, *MERCHANT)
    month = statements.month_of(request.GET.get("month", ""))
    name = f"books-{found.slug}{'-' + month if month else ''}.csv"
    return attachment(statements.entries_csv(found, month), name, "text/csv; charset=utf-8")


@operator_required
@require_safe
def operator(request: HttpRequest) -> HttpResponse:
    """The same for all brands, with what an operator can do about it."""
    context = {
        "groups": money.groups(now()),
        "runs": [(one, balances.balance_run(one)) for one in money.running()],
    }
    return render(request, "presale/ops_money.html", context)


@require_POST
@operator_required
def refund_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a refund again that the provider refused."""
    row = get_object_or_404(RefundObligation, pk=pk)
    said = request.POST.get("words", "").strip()[:500]
    return _act(
        request,
        lambda: refunds.retry_refund(
            row, actor=person_of(request).actor, reason=said, now=db_now()
        ),
        _("It is sent again."),
    )


@require_POST
@operator_required
def refund_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a refund was paid by bank transfer."""
    row = get_object_or_404(RefundObligation, pk=pk)
    said = request.POST.get("words", "").strip()[:500]
    return _act(
        request,
        lambda: refunds.pay_by_hand(
            row, actor=person_of(request).actor, reference=said, now=db_now()
        ),
        _("Noted as paid by bank transfer."),
    )


@require_POST
@operator_required
def payment_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the provider about a payment without an answer."""
    row = get_object_or_404(Attempt.objects.select_related("obligation__order"), pk=pk)
    return _act(
        request, lambda: apart.look_again(row, now=db_now()), _("Asked. This is how it stands.")
    )


@require_POST
@operator_required
def apart_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send money back that fits nothing."""
    row = get_object_or_404(Unmatched.objects.select_related("attempt"), pk=pk)
    return _act(
        request,
        lambda: apart.send_back(row, actor=person_of(request).actor, now=db_now()),
        _("Sent back to whoever paid it."),
    )


def _act(request: HttpRequest, take: Callable[[], Any], done: str) -> HttpResponse:
    try:
        take()
    except Refused as refused:
        messages.warning(request, str(refused))
    except WrongState:
        messages.warning(request, _("Somebody was faster; this is how it stands now."))
    else:
        messages.success(request, done)
    return redirect("presale:ops-money")
