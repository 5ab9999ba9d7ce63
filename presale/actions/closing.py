"""The close of deposits and of balances: moved, brought forward, come to by time."""

import dataclasses
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.states import advance
from presale import terms
from presale.actions.places import lock_order
from presale.actions.publishing import terms_of
from presale.actions.telling import campaign_changed, order_changed
from presale.errors import BadDate, ReasonMissing, Refused, TooLate
from presale.models import Campaign, PreOrder, Variant
from presale.promises import windows
from presale.states import CAMPAIGN_MOVES, ORDER_MOVES

C, S = Campaign.State, PreOrder.State


@transaction.atomic
def extend(
    campaign: Campaign, *, closes_at: dt.datetime, actor: str, reason: str, now: dt.datetime
) -> Campaign:
    """Move the close once, at most 30 days; everybody who ordered is told and may cancel freely.

    Refuses with `ReasonMissing`, `BadDate`, `TooLate`.
    """
    if not reason.strip():
        raise ReasonMissing
    campaign.refresh_from_db()
    if campaign.state != C.OPEN or now >= campaign.closes_at:
        raise TooLate(_("Deposits have closed; the date can no longer be moved."))
    if campaign.extensions >= terms.MAX_EXTENSIONS:
        raise BadDate(_("The close can be moved only once."))
    _check_new_close(campaign, closes_at)
    advance(
        campaign, "extend", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        closes_at=closes_at, extensions=campaign.extensions + 1, state_reason=reason,
    )  # fmt: skip
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def accept_close(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The buyer agrees to the moved close; cancelling stays free until then.

    Refuses with `TooLate` when nothing was moved, it was agreed to already, or deposits closed.
    """
    order = lock_order(order.pk)
    campaign = order.campaign
    is_asked = campaign.extensions > order.accepted_extensions
    if campaign.state != C.OPEN or now >= campaign.closes_at or not is_asked:
        raise TooLate(_("This question is no longer open."))
    advance(
        order, "accept_close", moves=ORDER_MOVES, actor=actor, now=now,
        accepted_extensions=campaign.extensions,
    )  # fmt: skip
    order_changed(order)
    return order


def close_early(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Stop taking deposits now; fans see the reason. Counting follows by itself."""
    if not reason.strip():
        raise ReasonMissing
    return close_campaign(campaign, actor=actor, reason=reason, now=now)


@transaction.atomic
def close_campaign(
    campaign: Campaign, *, actor: str, now: dt.datetime, reason: str = ""
) -> Campaign:
    """No new reservation from here on: the variants close under the locks that orders take."""
    Variant.objects.filter(campaign=campaign).order_by("pk").update(is_open=False)
    changes: dict[str, Any] = {"state_reason": reason} if reason else {}
    if reason and now < campaign.closes_at:
        changes["closes_at"] = max(now, campaign.opens_at + dt.timedelta(seconds=1))
    advance(campaign, "close", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason, **changes)
    campaign_changed(campaign.pk, "phase", "variants")
    return campaign


@transaction.atomic
def close_balance_early(
    campaign: Campaign, *, actor: str, reason: str, now: dt.datetime
) -> Campaign:
    """End the balance window and its grace now; only in the demo. Refuses with `Refused`."""
    if not settings.DEMO:
        raise Refused(_("The time to pay the balance was promised and cannot be cut short."))
    if not reason.strip():
        raise ReasonMissing
    campaign.refresh_from_db()
    if campaign.state != C.BALANCE:
        raise Refused(_("No balance is being collected now."))
    if PreOrder.objects.filter(campaign=campaign, state=S.DEPOSITED).exists():
        raise Refused(_("The balances are still being announced. Please try again in a moment."))
    Campaign.objects.filter(pk=campaign.pk, state=C.BALANCE).update(
        balance_closes_at=now, grace_ends_at=now, state_reason=reason
    )
    campaign_changed(campaign.pk, "phase")
    campaign.refresh_from_db()
    return campaign


def _check_new_close(campaign: Campaign, closes_at: dt.datetime) -> None:
    if closes_at <= campaign.closes_at:
        raise BadDate(_("The close can only be moved to a later time."))
    if closes_at > campaign.closes_at + terms.MAX_EXTENSION:
        raise BadDate(
            _("The close can be moved by %(days)d days at most.")
            % {"days": terms.MAX_EXTENSION.days}
        )
    moved = dataclasses.replace(terms_of(campaign), closes_at=closes_at)
    if moved.last_payment_day >= campaign.ship_by:
        raise BadDate(_("Balances would still be open on the day the goods are to ship."))
    for problem in windows.problems(moved):
        raise BadDate(problem.text)
