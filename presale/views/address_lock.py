"""Until when buyers may change their addresses, set by the brand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clock import db_now
from presale import access
from presale.actions.moving import lock_addresses
from presale.errors import Refused
from presale.forms.orders import AddressLockForm


@login_required
@require_http_methods(["GET", "POST"])
def address_lock(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Set or move the address lock; buyers are told 48 hours before it."""
    found = access.managed_campaign(request.user, slug, pk)
    form = AddressLockForm(request.POST or None, campaign=found)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            lock_addresses(found, at=form.cleaned_data["locks_at"], now=db_now())
        except Refused as refused:
            form.add_error("locks_at", str(refused))
            status = refused.status
        else:
            messages.success(request, _("Set. Buyers are told 48 hours before."))
            return redirect("presale:campaign-manage", slug, pk)
    context = {"campaign": found, "brand": found.brand, "form": form, "title": _("Address lock")}
    return render(request, "presale/address_lock.html", context, status=status)
