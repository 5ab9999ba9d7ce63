"""Ordering in three steps: the form, a code for guests, the review; then the bank."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import db_now, now
from fans.voters import voter_of
from presale import access, email_codes, pages
from presale.actions import payments
from presale.actions.orders import Buyer, Wanted, reserve
from presale.errors import PriceChanged, Refused
from presale.forms.checkout import CheckoutForm, CodeForm, ReviewForm
from presale.models import Campaign, PreOrder, WaitingPlace
from presale.tickets import Ticket, read_ticket
from presale.views.checkout_pages import (
    code_page,
    details_page,
    known_email,
    not_open,
    quote_of,
    refused_page,
    review_page,
    send_code,
    stale,
    start,
)
from presale.wishes import wish_of


@never_cache
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Who orders what, and where to."""
    campaign = access.visible_campaign(request.user, pk)
    if campaign.state != Campaign.State.OPEN or now() >= campaign.closes_at:
        return not_open(request, campaign)
    if request.method == "GET":
        return start(request, campaign)
    form = CheckoutForm(request.POST, campaign=campaign, known_email=known_email(request))
    if not form.is_valid():
        return details_page(request, campaign, form, status=422)
    ticket = _ticket(request, campaign, form)
    if not _is_proved(request, ticket):
        return send_code(request, campaign, ticket)
    return review_page(request, campaign, ticket)


@never_cache
@require_POST
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The guest types the code from the mail, or asks for another."""
    campaign = access.visible_campaign(request.user, pk)
    ticket = read_ticket(request.POST.get("ticket", ""), pk)
    if ticket is None:
        return stale(request, campaign)
    if "again" in request.POST:
        return send_code(request, campaign, ticket)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, campaign, ticket, form, status=422)
    try:
        email_codes.check_code(
            request.session, ticket.email, form.cleaned_data["code"].strip(), now=now()
        )
    except email_codes.WrongCode as wrong:
        form.add_error("code", str(wrong))
        return code_page(request, campaign, ticket, form, status=wrong.status)
    return review_page(request, campaign, ticket)


@never_cache
@require_POST
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the units and go to the bank. The same review page sent twice is one order."""
    campaign = access.visible_campaign(request.user, pk)
    ticket = read_ticket(request.POST.get("ticket", ""), pk)
    if ticket is None:
        return stale(request, campaign)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return review_page(request, campaign, ticket, form=form, status=422)
    try:
        order = _place(request, campaign, ticket, form)
    except Refused as refused:
        return refused_page(request, campaign, ticket, refused)
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
        total = quote_of(campaign, ticket).total_minor
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
            campaign,
            quote_of(campaign, ticket),
            auto_charge=form.cleaned_data["auto_charge"],
            limit_minor=ticket.limit_minor,
        ),
        form_key=ticket.form_key,
        limit_minor=ticket.limit_minor,
        if_missed=ticket.if_missed,
        other_variant_id=ticket.other_variant_id,
        auto_charge=form.cleaned_data["auto_charge"],
        from_ballot=wish.ballot if wish else None,
        place=WaitingPlace.objects.get(code=ticket.offer) if ticket.offer else None,
    )


def _ticket(request: HttpRequest, campaign: Campaign, form: CheckoutForm) -> Ticket:
    data = form.cleaned_data
    return Ticket(
        campaign_id=campaign.pk,
        variant_id=data["variant"].pk,
        quantity=data["quantity"],
        email=known_email(request) or data["email"].lower(),
        address=form.address(),
        form_key=data["form_key"],
        limit_minor=data.get("limit"),
        if_missed=data["fallback"][0],
        other_variant_id=data["fallback"][1],
    )


def _buyer(request: HttpRequest, ticket: Ticket) -> Buyer:
    return Buyer(
        email=ticket.email,
        user=request.user if request.user.is_authenticated else None,
        email_is_verified=_is_proved(request, ticket),
        language=get_language() or "en",
    )


def _is_proved(request: HttpRequest, ticket: Ticket) -> bool:
    # A ticket written before signing in may carry another address than the account's.
    if ticket.offer:
        # We sealed the ticket on the page of a place in line, which only its mail opens.
        return True
    is_own = ticket.email == known_email(request)
    return is_own or email_codes.is_proved(request.session, ticket.email)
