"""The waiting list of a campaign: joining, one's own place, taking what is offered."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import db_now
from core.codes import public_code
from core.mail import queue_mail
from core.ratelimit import Limit, TooMany, spend, who_is
from presale import access, email_codes, links, pages
from presale.actions import waiting
from presale.actions.buyers import Buyer
from presale.actions.places import person_of
from presale.errors import Refused
from presale.forms.waiting import JoinForm, TakeForm
from presale.models import Campaign, Variant, WaitingPlace
from presale.queues import MOST_PASSED
from presale.tickets import Ticket
from presale.views.answers import actor_of, refusal
from presale.views.checkout_pages import known_email, review_page

LINK_LIFE = dt.timedelta(hours=24)
PER_VISITOR = Limit("waiting-by", most=20, seconds=3600)
PER_ADDRESS = Limit("waiting-to", most=6, seconds=3600)
_SALT = "presale.waiting"
S = WaitingPlace.State


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand in line: at once for a proved address, by a mailed link for another."""
    campaign = access.visible_campaign(request.user, pk)
    email = known_email(request)
    form = JoinForm(
        request.POST or None, campaign=campaign, known_email=email, initial=request.GET.dict()
    )
    if request.method == "GET" or not form.is_valid():
        return _join_page(request, campaign, form, 422 if request.method == "POST" else 200)
    wish = form.cleaned_data
    address = email or wish["email"].lower()
    try:
        if email or email_codes.is_proved(request.session, address):
            place = _join(request, campaign, wish["variant"], wish["quantity"], address)
            return redirect("presale:waiting", place.code)
        _send_link(request, campaign, wish["variant"], wish["quantity"], address)
    except Refused as refused:
        field = getattr(refused, "field", None)
        form.add_error(field if field in form.fields else None, str(refused))
        return _join_page(request, campaign, form, refused.status)
    return render(request, "presale/waiting_sent.html", {"campaign": campaign, "email": address})


@never_cache
@require_http_methods(["GET", "POST"])
def join_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: whoever opens it owns the address, and takes the place by a press."""
    try:
        wish = signing.loads(token, salt=_SALT, max_age=LINK_LIFE)
    except signing.BadSignature:
        return _no_link(request)
    campaign = access.visible_campaign(request.user, wish["campaign"])
    variant = get_object_or_404(Variant, pk=wish["variant"], campaign=campaign)
    context = {"campaign": campaign, "variant": variant, "quantity": wish["quantity"]}
    if request.method == "GET":
        return render(request, "presale/waiting_confirm.html", context)
    try:
        place = _join(request, campaign, variant, wish["quantity"], wish["email"])
    except Refused as refused:
        return _refused(request, campaign, refused)
    return redirect("presale:waiting", place.code)


@never_cache
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Where one stands in line, what is offered until when, and the way out."""
    found = _by_code(code)
    context = {
        "place": found,
        "campaign": found.campaign,
        "position": waiting.position(found),
        "ahead": waiting.position(found) - 1,
        "passes": MOST_PASSED,
        "is_offered": _is_offered(found),
    }
    return render(request, "presale/waiting_place.html", context)


@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Step out of the line."""
    found = _by_code(code)
    try:
        waiting.leave(found, actor=actor_of(request), now=db_now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("You have left the list."))
    return redirect("presale:waiting", code)


@never_cache
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Order the units that are kept: the address here, then the review of the checkout."""
    found = _by_code(code)
    if not _is_offered(found):
        return redirect("presale:waiting", code)
    initial = {"form_key": uuid.uuid4(), "country": found.campaign.brand.country}
    form = TakeForm(request.POST or None, place=found, initial=initial)
    if request.method == "GET" or not form.is_valid():
        context = {
            "place": found,
            "campaign": found.campaign,
            "form": form,
            "due": pages.money_block(
                found.campaign, quantity=found.quantity,
                surcharge_minor=found.variant.surcharge_minor,
            ),
        }  # fmt: skip
        status = 422 if request.method == "POST" else 200
        return render(request, "presale/waiting_take.html", context, status=status)
    ticket = Ticket(
        campaign_id=found.campaign_id,
        variant_id=found.variant_id,
        quantity=form.cleaned_data["quantity"],
        email=found.email,
        address=form.address(),
        form_key=form.cleaned_data["form_key"],
        offer=found.code,
    )
    return review_page(request, found.campaign, ticket)


def _by_code(code: str) -> WaitingPlace:
    # The code came by mail, to the address that was proved; whoever has it may act.
    rows = WaitingPlace.objects.select_related(
        "campaign__brand", "campaign__revision__design", "variant", "user", "order"
    )
    return get_object_or_404(rows, code=code)


def _is_offered(place: WaitingPlace) -> bool:
    until = place.offer_until
    return place.state == S.OFFERED and until is not None and db_now() < until


def _join(
    request: HttpRequest, campaign: Campaign, variant: Variant, quantity: int, email: str
) -> WaitingPlace:
    user = request.user if request.user.is_authenticated else None
    buyer = Buyer(
        email=email,
        user=user if user and user.email.lower() == email.lower() else None,
        email_is_verified=True,
        language=get_language() or "en",
    )
    return waiting.join(campaign, variant=variant, quantity=quantity, buyer=buyer, now=db_now())


@transaction.atomic
def _send_link(
    request: HttpRequest, campaign: Campaign, variant: Variant, quantity: int, email: str
) -> None:
    try:
        spend(who_is(request), PER_VISITOR)
        spend(person_of(email), PER_ADDRESS)
    except TooMany:
        raise email_codes.TooManyCodes(_("Too many links were asked for. Try later.")) from None
    wish = {"campaign": campaign.pk, "variant": variant.pk, "quantity": quantity, "email": email}
    token = signing.dumps(wish, salt=_SALT)
    queue_mail(
        f"waiting-link:{public_code()}",
        email,
        "waiting_link",
        {
            "campaign": campaign,
            "variant": variant,
            "quantity": quantity,
            "join_url": links.absolute(reverse("presale:waiting-link", args=[token])),
        },
        language=get_language() or "en",
    )


def _join_page(
    request: HttpRequest, campaign: Campaign, form: JoinForm, status: int
) -> HttpResponse:
    context: dict[str, Any] = {"campaign": campaign, "form": form, "passes": MOST_PASSED}
    context["scarce"] = pages.scarce(campaign)
    return render(request, "presale/waiting_join.html", context, status=status)


def _no_link(request: HttpRequest) -> HttpResponse:
    return refusal(
        request,
        title=_("This link has expired"),
        text=_("Nothing was changed. Join the list again on the page of the pre-order."),
        url=reverse("presale:campaign-list"),
        link=_("Pre-orders"),
        status=410,
    )


def _refused(request: HttpRequest, campaign: Campaign, refused: Refused) -> HttpResponse:
    return refusal(
        request,
        title=_("Not on the list"),
        text=str(refused),
        url=reverse("presale:campaign", args=[campaign.pk]),
        link=_("Back to the pre-order"),
        status=refused.status,
    )
