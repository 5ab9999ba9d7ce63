"""What the checkout shows at each of its steps, and after a refusal."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.clock import now
from core.ratelimit import who_is
from fans.voters import voter_of
from presale import email_codes, pages
from presale.countries import country_name
from presale.errors import (
    BadOrder,
    EmailNotVerified,
    LimitReached,
    NotOpen,
    OverLimit,
    PriceChanged,
    Refused,
    SoldOut,
)
from presale.forms.checkout import CheckoutForm, CodeForm, ReviewForm
from presale.forms.limits import limit_within
from presale.models import Campaign, Variant
from presale.pricing import Quote
from presale.queries import quote, unit_now
from presale.tickets import Ticket
from presale.views.answers import refusal
from presale.wishes import wish_of


def start(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The empty form, with what the page before chose."""
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
        "limit": request.GET.get("limit", limit_within(campaign, wish.cap_minor if wish else None)),
    }
    form = CheckoutForm(initial=initial, campaign=campaign, known_email=known_email(request))
    unknown = "" if variant or not picked else _("This combination is not made.")
    return details_page(request, campaign, form, unknown=unknown)


def details_page(
    request: HttpRequest,
    campaign: Campaign,
    form: CheckoutForm,
    *,
    status: int = 200,
    unknown: str = "",
) -> HttpResponse:
    """The form, with the money of what it says now."""
    context = {
        **_about(campaign),
        "form": form,
        "known_email": known_email(request),
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
        limit_minor=form.chosen_limit(),
    )


def code_page(
    request: HttpRequest, campaign: Campaign, ticket: Ticket, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    """Where a guest types the code from the mail."""
    context = {**_about(campaign), "form": form, "ticket": ticket}
    return render(request, "presale/checkout_code.html", context, status=status)


def send_code(request: HttpRequest, campaign: Campaign, ticket: Ticket) -> HttpResponse:
    """Mail a code and ask for it."""
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
    return code_page(request, campaign, ticket, CodeForm())


def review_page(
    request: HttpRequest,
    campaign: Campaign,
    ticket: Ticket,
    *,
    form: ReviewForm | None = None,
    changed: PriceChanged | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole order once more, before the bank."""
    variant = Variant.objects.get(pk=ticket.variant_id, campaign=campaign)
    try:
        priced = quote_of(campaign, ticket)
    except BadOrder as refused:
        return refused_page(request, campaign, ticket, refused)
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
            limit_minor=ticket.limit_minor,
        ),
        "unit_now_minor": unit_now(campaign),
        "fallback": pages.fallback_words(variant, ticket.if_missed, ticket.other_variant_id),
        "form": form,
        "changed": changed,
        "consent": pages.consent_text(
            campaign, priced, auto_charge=False, limit_minor=ticket.limit_minor
        ),
        "auto_charge": pages.auto_charge_text(),
        **pages.said_once(campaign),
    }
    return render(request, "presale/checkout_review.html", context, status=status)


def refused_page(
    request: HttpRequest, campaign: Campaign, ticket: Ticket, refused: Refused
) -> HttpResponse:
    """The page on which a refusal can be mended, with its reason."""
    campaign.refresh_from_db()
    if isinstance(refused, NotOpen):
        return not_open(request, campaign)
    if isinstance(refused, PriceChanged):
        return review_page(request, campaign, ticket, changed=refused, status=refused.status)
    if ticket.offer:
        return _offer_refused(request, ticket, refused)
    if isinstance(refused, EmailNotVerified):
        return send_code(request, campaign, ticket)
    field = None
    if isinstance(refused, SoldOut):
        field = "quantity" if refused.left else "variant"
    elif isinstance(refused, OverLimit):
        field = "quantity"
    elif isinstance(refused, BadOrder):
        field = refused.field
    typed = _typed(ticket)
    if isinstance(refused, LimitReached):
        # The price now is at most what they wanted: that is the answer the page proposes.
        field, typed["limit"] = "limit", ""
    form = CheckoutForm(typed, campaign=campaign, known_email=known_email(request))
    form.is_valid()
    form.add_error(field if field in form.fields else None, str(refused))
    return details_page(request, campaign, form, status=refused.status)


def _offer_refused(request: HttpRequest, ticket: Ticket, refused: Refused) -> HttpResponse:
    return refusal(
        request,
        title=_("Nothing was ordered"),
        text=str(refused),
        url=reverse("presale:waiting", args=[ticket.offer]),
        link=_("Back to your place on the list"),
        status=refused.status,
    )


def _about(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "brand": campaign.brand,
        "place": pages.placements(campaign).first(),
    }


def quote_of(campaign: Campaign, ticket: Ticket) -> Quote:
    """The ticket's order priced as of now."""
    variant = Variant.objects.get(pk=ticket.variant_id, campaign=campaign)
    wanted = [(variant, ticket.quantity)]
    return quote(campaign, wanted, ticket.address.country, ticket.limit_minor)


def _typed(ticket: Ticket) -> dict[str, Any]:
    address = {name: getattr(ticket.address, name) for name in ticket.address.__dataclass_fields__}
    return {
        **address,
        "variant": ticket.variant_id,
        "quantity": str(ticket.quantity),
        "email": ticket.email,
        "form_key": str(ticket.form_key),
        "if_missed": ticket.if_missed
        if ticket.other_variant_id is None
        else f"{ticket.if_missed}:{ticket.other_variant_id}",
        "limit": "" if ticket.limit_minor is None else str(ticket.limit_minor),
    }


def known_email(request: HttpRequest) -> str:
    """The account's address, or "" for a guest."""
    return request.user.email if request.user.is_authenticated else ""


def not_open(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Deposits are not taken now."""
    context = {"campaign": campaign, "is_soon": campaign.state == Campaign.State.SCHEDULED}
    return render(request, "presale/not_open.html", context, status=409)


def stale(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The page was open for too long."""
    return refusal(
        request,
        title=_("This page is too old"),
        text=_("Nothing was ordered and nothing was charged. Please start again."),
        url=reverse("presale:checkout", args=[campaign.pk]),
        link=_("Start again"),
    )
