"""What was agreed to: the words of consent, and what happened otherwise than planned."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.models import StateLog
from core.money import format_minor
from presale import pricing, promises
from presale.models import Campaign
from presale.states import ENDED_CAMPAIGNS

State = Campaign.State


def consent_text(
    campaign: Campaign,
    quote: pricing.Quote,
    *,
    auto_charge: bool,
    limit_minor: int | None = None,
) -> str:
    """The words a buyer agrees to, with the figures of this order; kept with the order."""
    currency = campaign.currency
    text = ngettext(
        "I agree to the terms of this campaign. I pay %(deposit)s now and at most %(later)s "
        "when deposits have closed. If fewer than %(minimum)s unit is ordered, everything I "
        "paid comes back.",
        "I agree to the terms of this campaign. I pay %(deposit)s now and at most %(later)s "
        "when deposits have closed. If fewer than %(minimum)s units are ordered, everything I "
        "paid comes back.",
        campaign.minimum,
    ) % {
        "deposit": format_minor(quote.deposit_minor, currency, get_language() or "en"),
        "later": format_minor(quote.later_minor, currency, get_language() or "en"),
        "minimum": campaign.minimum,
    }
    if limit_minor is not None:
        text += " " + _(
            "I am in only if the price of a unit is at most %(limit)s when deposits close; "
            "otherwise everything I paid comes back."
        ) % {"limit": format_minor(limit_minor, currency, get_language() or "en")}
    if not auto_charge:
        return text
    return f"{text} {auto_charge_text()}"


def auto_charge_text() -> str:
    """The consent to charge the balance without being there."""
    return _(
        "The balance may be charged to the same card, once, 24 hours after the final price was "
        "mailed to me. I can pay in another way before that."
    )


@dataclass(frozen=True)
class Change:
    """What happened otherwise than the frozen terms planned, when, and what the brand said."""

    text: str
    at: dt.datetime
    reason: str


def _changes(log: Sequence[StateLog]) -> list[Change]:
    """The terms are never rewritten: what was agreed to stays, and this stands beside it."""
    words = {
        "open_early": _("Deposits opened before the time named here."),
        "extend": _("The brand moved the close of deposits."),
        "delay": _("The day to ship by was moved; everybody whose parcel was not sent is asked."),
        "close": _("The brand closed deposits before the time named here."),
    }
    return [
        Change(words[step.event], step.at, step.reason)
        for step in log
        # Without a reason it was the time itself that closed them.
        if step.event in words and (step.reason or step.event != "close")
    ]


def said_once(campaign: Campaign) -> dict[str, Any]:
    """Figures and dates of the terms that several pages print."""
    steps = StateLog.objects.filter(entity="presale.campaign", object_id=campaign.pk)
    log = list(steps.order_by("id"))
    ended = [step.at for step in log if step.to_state in ENDED_CAMPAIGNS]
    return {
        "changes_of_terms": _changes(log),
        "promises": promises.sentences(campaign),
        "credit_minor": pricing.credit(campaign.deposit_minor, campaign.deposit_worth_bp),
        "tax_percent": f"{campaign.tax_rate_bp / 100:g}",
        "ended_at": ended[0] if ended else None,
        "missed": max(0, campaign.minimum - 1),
    }
