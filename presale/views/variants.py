"""A brand decides about a variant that missed its own minimum."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.clock import db_now
from designs.access import signed_in
from presale import access
from presale.actions.variants import decide_variant
from presale.errors import Refused


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, pk: int, variant: int) -> HttpResponse:
    """Make it for those who wait, or send their money back."""
    campaign = access.managed_campaign(request.user, slug, pk)
    found = get_object_or_404(campaign.variants, pk=variant)
    make = request.POST.get("make") == "1"
    try:
        decide_variant(found, make=make, actor=signed_in(request).actor, now=db_now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        words = _("%(label)s is made.") if make else _("%(label)s is not made; money goes back.")
        messages.success(request, words % {"label": found.label})
    return redirect("presale:campaign-manage", slug, pk)
