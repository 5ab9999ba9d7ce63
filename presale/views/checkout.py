"""Ordering in three steps: the form, a code for guests, the review; then the bank."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import db_now, now
from core.ratelimit import who_is
from fans.voters import voter_of
from presale import access, email_codes, pages
from presale.actions import payments
from presale.actions.orders import Buyer, Wanted, reserve
from presale.countries import country_name
from presale.errors import (
    BadOrder,
    EmailNotVerified,
    NotOpen,
    OverLimit,
    PriceChanged,
    Refused,
    SoldOut,
)
from presale.forms.checkout import CheckoutForm, CodeForm, ReviewForm
from presale.models import Campaign, PreOrder, Variant
from presale.pricing import Quote
from presale.queries import quote
from presale.tickets import Ticket, read_ticket
from presale.views.answers import refusal
from presale.wishes import wish_of


@never_cache
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Who orders what, and where to."""
    campaign = access.visible_campaign(request.user, pk)
    if campaign.state != Campaign.State.OPEN or now() >= campaign.closes_at:
        return _not_open(request, campaign)
    if request.method == "GET":
        return _start(request, campaign)
    form = CheckoutForm(request.POST, campaign=campaign, known_email=_known_email(request))
    if not form.is_valid():
        return _details(request, campaign, form, status=422)
    ticket = _ticket(request, campaign, form)
    if not _is_proved(request, ticket):
        return _send_code(request, campaign, ticket)
    return _review(request, campaign, ticket)


@never_cache
@require_POST
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The guest types the code from the mail, or asks for another."""
    campaign = access.visible_campaign(request.user, pk)
    ticket = read_ticket(request.POST.get("ticket", ""), pk)
    if ticket is None:
        return _stale(request, campaign)
    if "again" in request.POST:
        return _send_code(request, campaign, ticket)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, campaign, ticket, form, status=422)
    try:
        email_codes.check_code(
            request.session, ticket.email, form.cleaned_data["code"].strip(), now=now()
        )
    except email_codes.WrongCode as wrong:
        form.add_error("code", str(wrong))
        return _code_page(request, campaign, ticket, form, status=wrong.status)
    return _review(request, campaign, ticket)


@never_cache
@require_POST
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the units and go to the bank. The same review page sent twice is one order."""
    campaign = access.visible_campaign(request.user, pk)
    ticket = read_ticket(request.POST.get("ticket", ""), pk)
    if ticket is None:
        return _stale(request, campaign)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _review(request, campaign, ticket, form=form, status=422)
    try:
        order = _place(request, campaign, ticket, form)
    except Refused as refused:
        return _refused(request, campaign, ticket, refused)
    return to_bank(request, order)


def to_bank(request: HttpRequest, order: PreOrder) -> HttpResponse:
    """Send the buyer to the page where the deposit is paid, or say why there is nothing to pay."""
    try:
        url = payments.start_deposit(order, now=db_now())
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("presale:order", order.code)
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer


def _place(request: HttpRequest, campaign: Campaign, ticket: Ticket, form: ReviewForm) -> PreOrder:
    seen = form.cleaned_data["total_seen"]
    if not PreOrder.objects.filter(form_key=ticket.form_key).exists():
        total = _quote(campaign, ticket).total_minor
        # A lower price stops here too: what a person agreed to is what they see.
        if total != seen:
            raise PriceChanged(seen, total)
    wish = wish_of(voter_of(request), campaign)
    return reserve(
        campaign,
        buyer=_buyer(request, ticket),
        address=ticket.address,
        wanted=[Wanted(ticket.variant_id, ticket.quantity)],
        total_seen_minor=seen,
        consent_text=pages.consent_text(
            campaign, _quote(campaign, ticket), auto_charge=form.cleaned_data["auto_charge"]
        ),
        form_key=ticket.form_key,
        auto_charge=form.cleaned_data["auto_charge"],
        from_ballot=wish.ballot if wish else None,
    )


def _refused(
    request: HttpRequest, campaign: Campaign, ticket: Ticket, refused: Refused
) -> HttpResponse:
    campaign.refresh_from_db()
    if isinstance(refused, NotOpen):
        return _not_open(request, campaign)
    if isinstance(refused, PriceChanged):
        return _review(request, campaign, ticket, changed=refused, status=refused.status)
    if isinstance(refused, EmailNotVerified):
        return _send_code(request, campaign, ticket)
    field = None
    if isinstance(refused, SoldOut):
        field = "quantity" if refused.left else "variant"
    elif isinstance(refused, OverLimit):
        field = "quantity"
    elif isinstance(refused, BadOrder):
        field = refused.field
    form = CheckoutForm(_typed(ticket), campaign=campaign, known_email=_known_email(request))
    form.is_valid()
    form.add_error(field if field in form.fields else None, str(refused))
    return _details(request, campaign, form, status=refused.status)


def _start(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    variants = list(campaign.variants.all())
    chose = any(request.GET.get(axis.field) for axis in pages.axes(variants))
    picked = pages.picked(variants, request.GET)
    if chose and not picked:
        return redirect(reverse("presale:campaign", args=[campaign.pk]) + "?choose=1#order")
    wish = wish_of(voter_of(request), campaign)
    variant = pages.variant_for(variants, picked or (wish.options if wish else {}))
    named = request.GET.get("variant", "")
    variant = next((one for one in variants if str(one.pk) == named), variant)
    initial: dict[str, Any] = {
        "variant": variant,
        "quantity": request.GET.get("quantity", "1"),
        "country": campaign.brand.country,
        "form_key": uuid.uuid4(),
        "name": getattr(request.user, "name", ""),
    }
    form = CheckoutForm(initial=initial, campaign=campaign, known_email=_known_email(request))
    unknown = "" if variant or not picked else _("This combination is not made.")
    return _details(request, campaign, form, unknown=unknown)


def _details(
    request: HttpRequest,
    campaign: Campaign,
    form: CheckoutForm,
    *,
    status: int = 200,
    unknown: str = "",
) -> HttpResponse:
    context = {
        **_about(campaign),
        "form": form,
        "known_email": _known_email(request),
        "shipping": pages.shipping_table(campaign),
        "due": _due(campaign, form),
        "unknown": unknown,
        "scarce": pages.scarce(campaign),
    }
    return render(request, "presale/checkout.html", context, status=status)


def _due(campaign: Campaign, form: CheckoutForm) -> pages.MoneyBlock:
    """The four lines for what the form says now, as far as it makes sense."""
    variant, quantity = form.chosen()
    return pages.money_block(
        campaign,
        quantity=quantity,
        surcharge_minor=variant.surcharge_minor if variant else None,
    )


def _code_page(
    request: HttpRequest, campaign: Campaign, ticket: Ticket, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    context = {**_about(campaign), "form": form, "ticket": ticket}
    return render(request, "presale/checkout_code.html", context, status=status)


def _send_code(request: HttpRequest, campaign: Campaign, ticket: Ticket) -> HttpResponse:
    try:
        email_codes.send_code(
            request.session,
            ticket.email,
            campaign,
            asked_by=who_is(request),
            language=get_language() or "en",
            now=now(),
        )
    except email_codes.TooManyCodes as refused:
        return refusal(
            request,
            title=_("No more codes for now"),
            text=str(refused),
            url=reverse("presale:campaign", args=[campaign.pk]),
            link=_("Back to the pre-order"),
            status=refused.status,
        )
    return _code_page(request, campaign, ticket, CodeForm())


def _review(
    request: HttpRequest,
    campaign: Campaign,
    ticket: Ticket,
    *,
    form: ReviewForm | None = None,
    changed: PriceChanged | None = None,
    status: int = 200,
) -> HttpResponse:
    variant = Variant.objects.get(pk=ticket.variant_id, campaign=campaign)
    try:
        priced = _quote(campaign, ticket)
    except BadOrder as refused:
        return _refused(request, campaign, ticket, refused)
    context = {
        **_about(campaign),
        "ticket": ticket,
        "variant": variant,
        "country": country_name(ticket.address.country),
        "quote": priced,
        "due": pages.money_block(
            campaign,
            quantity=ticket.quantity,
            surcharge_minor=variant.surcharge_minor,
            shipping_minor=priced.shipping_minor,
        ),
        "form": form,
        "changed": changed,
        "consent": pages.consent_text(campaign, priced, auto_charge=False),
        "auto_charge": pages.auto_charge_text(),
        **pages.said_once(campaign),
    }
    return render(request, "presale/checkout_review.html", context, status=status)


def _about(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "brand": campaign.brand,
        "place": pages.placements(campaign).first(),
    }


def _quote(campaign: Campaign, ticket: Ticket) -> Quote:
    variant = Variant.objects.get(pk=ticket.variant_id, campaign=campaign)
    return quote(campaign, [(variant, ticket.quantity)], ticket.address.country)


def _ticket(request: HttpRequest, campaign: Campaign, form: CheckoutForm) -> Ticket:
    data = form.cleaned_data
    return Ticket(
        campaign_id=campaign.pk,
        variant_id=data["variant"].pk,
        quantity=data["quantity"],
        email=_known_email(request) or data["email"].lower(),
        address=form.address(),
        form_key=data["form_key"],
    )


def _typed(ticket: Ticket) -> dict[str, Any]:
    address = {name: getattr(ticket.address, name) for name in ticket.address.__dataclass_fields__}
    return {
        **address,
        "variant": ticket.variant_id,
        "quantity": str(ticket.quantity),
        "email": ticket.email,
        "form_key": str(ticket.form_key),
    }


def _buyer(request: HttpRequest, ticket: Ticket) -> Buyer:
    return Buyer(
        email=ticket.email,
        user=request.user if request.user.is_authenticated else None,
        email_is_verified=_is_proved(request, ticket),
        language=get_language() or "en",
    )


def _known_email(request: HttpRequest) -> str:
    return request.user.email if request.user.is_authenticated else ""


def _is_proved(request: HttpRequest, ticket: Ticket) -> bool:
    # A ticket written before signing in may carry another address than the account's.
    is_own = ticket.email == _known_email(request)
    return is_own or email_codes.is_proved(request.session, ticket.email)


def _not_open(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    context = {"campaign": campaign, "is_soon": campaign.state == Campaign.State.SCHEDULED}
    return render(request, "presale/not_open.html", context, status=409)


def _stale(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    return refusal(
        request,
        title=_("This page is too old"),
        text=_("Nothing was ordered and nothing was charged. Please start again."),
        url=reverse("presale:checkout", args=[campaign.pk]),
        link=_("Start again"),
    )
