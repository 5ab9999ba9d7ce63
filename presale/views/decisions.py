"""What a brand decides about a campaign: each with a reason that fans read, on one kind of page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.clock import db_now
from core.states import WrongState
from designs.access import signed_in
from presale import access, boards
from presale.actions import campaigns, delays
from presale.errors import Refused
from presale.forms.console import CancelForm, DelayForm, ExtendForm, ReasonForm
from presale.models import Campaign
from presale.states import CAMPAIGN
from presale.views.answers import refusal

State = Campaign.State


@dataclass(frozen=True)
class Decision:
    """A step with its words; `states` are those in which the page can be opened."""

    take: Callable[..., Campaign]
    states: tuple[str, ...]
    title: Promise
    text: Promise
    button: Promise
    done: Promise
    form: type[ReasonForm] = ReasonForm
    danger: bool = False


def _from(event: str) -> tuple[str, ...]:
    return tuple(state for state, step in CAMPAIGN if step == event)


DECISIONS = {
    "close": Decision(
        campaigns.close_early,
        _from("close"),
        title=_("Close deposits early"),
        text=_("Nobody can order any more. Orders are counted at once."),
        button=_("Close deposits now"),
        done=_("Deposits are closed. Orders are being counted."),
    ),
    "extend": Decision(
        campaigns.extend,
        _from("extend"),
        title=_("Move the close"),
        text=_(
            "Once, by 30 days at most. Everybody who ordered is told and can cancel until then."
        ),
        button=_("Move it"),
        done=_("Moved. Everybody who ordered is told."),
        form=ExtendForm,
    ),
    "end-balance": Decision(
        campaigns.close_balance_early,
        (State.BALANCE,),
        title=_("End the balance window now"),
        text=_("Only in the demo. Balances that are not paid are treated as the terms say."),
        button=_("End it now"),
        done=_("The balance window is over."),
    ),
    "proceed": Decision(
        campaigns.proceed,
        _from("proceed"),
        title=_("Too few balances were paid: decide"),
        text=_(
            "Make it anyway, or cancel and refund everybody. Without a decision within 7 days "
            "everybody is refunded."
        ),
        button=_("Make it anyway"),
        done=_("In production."),
    ),
    "delay": Decision(
        delays.state_delay,
        _from("delay"),
        title=_("Name a later date"),
        text=_(
            "Everybody whose parcel is not sent yet is asked: keep the order, or get everything "
            "back. For a first, short delay no answer counts as a yes; for any other, no answer "
            "is a refund."
        ),
        button=_("Name it and ask everybody"),
        done=_("Named. Everybody who waits is asked."),
        form=DelayForm,
    ),
    "cancel": Decision(
        campaigns.cancel,
        _from("cancel"),
        title=_("Cancel the campaign"),
        text=_("Everything that was paid goes back, order by order. This cannot be undone."),
        button=_("Cancel and refund everybody"),
        done=_("Cancelled. Refunds are on their way."),
        form=CancelForm,
        danger=True,
    ),
}


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, slug: str, pk: int, what: str) -> HttpResponse:
    """Say what it means, ask for the reason, take the step."""
    found = access.managed_campaign(request.user, slug, pk)
    decision = DECISIONS[what]
    if found.state not in decision.states:
        return _not_now(request, found, decision)
    form = decision.form(request.POST or None, campaign=found)
    if request.method == "GET" or not form.is_valid():
        return _page(request, found, decision, form)
    try:
        decision.take(found, actor=signed_in(request).actor, now=db_now(), **form.said())
    except WrongState:
        return _not_now(request, found, decision)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, found, decision, form, status=refused.status)
    messages.success(request, str(decision.done))
    return redirect("presale:campaign-manage", slug, pk)


def wrong_state(campaign: Campaign) -> str:
    """Why a step cannot be taken, from the state as it is now."""
    return _("Not possible: the campaign is now in the state “%(state)s”.") % {
        "state": Campaign.objects.get(pk=campaign.pk).get_state_display()
    }


def _page(
    request: HttpRequest, campaign: Campaign, decision: Decision, form: Any, *, status: int = 0
) -> HttpResponse:
    context = {
        "campaign": campaign,
        "brand": campaign.brand,
        "form": form,
        "title": decision.title,
        "decision": decision,
        "stakes": boards.stakes(campaign),
    }
    status = status or (422 if request.method == "POST" else 200)
    return render(request, "presale/manage_reason.html", context, status=status)


def _not_now(request: HttpRequest, campaign: Campaign, decision: Decision) -> HttpResponse:
    return refusal(
        request,
        title=str(decision.title),
        text=wrong_state(campaign),
        url=reverse("presale:campaign-manage", args=[campaign.brand.slug, campaign.pk]),
        link=str(_("To the campaign")),
    )
