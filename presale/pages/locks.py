"""Until when what about an order can be changed, and what giving it back would mean, in words."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.dates import moment_words
from presale import terms
from presale.models import Attempt, Campaign, PreOrder
from presale.pages.orders import may_cancel, may_change, may_move
from presale.queries import OrderMoney
from presale.states import ENDED_CAMPAIGNS, ENDED_ORDERS, UNPAID_BALANCE

S = PreOrder.State


@dataclass(frozen=True)
class Lock:
    """One thing about an order and until when it may be changed; `at` None: until it is sent."""

    label: str
    at: dt.datetime | None
    is_open: bool


def locks(order: PreOrder) -> list[Lock]:
    """What can still be changed and until when; nothing for an order that has ended."""
    if order.state in ENDED_ORDERS:
        return []
    campaign = order.campaign
    return [
        Lock(_("Variant, quantity, cancelling"), campaign.closes_at, may_change(order)),
        Lock(_("Address"), campaign.address_locks_at, may_move(order)),
    ]


@dataclass(frozen=True)
class Leaving:
    """What cancelling an order now would mean; where it is not possible, why, and what is."""

    may: bool
    back_minor: int
    paid_at: dt.datetime | None
    why: str
    instead: str = ""


def leaving(order: PreOrder, money: OrderMoney) -> Leaving:
    """Whether the order can be given back now, what comes back, and else why it cannot."""
    paid = Attempt.objects.filter(obligation__order=order, state=Attempt.State.SUCCEEDED)
    first = paid.order_by("pk").values_list("created_at", flat=True).first()
    if may_cancel(order):
        return Leaving(True, money.kept_minor, first, "")
    return Leaving(False, 0, first, _closed(order), _instead(order))


def _closed(order: PreOrder) -> str:
    campaign = order.campaign
    if order.state in ENDED_ORDERS or order.state == S.CLOSED:
        return _("This order has ended already: %(state)s.") % {"state": order.get_state_display()}
    if campaign.state in ENDED_CAMPAIGNS:
        return _("The campaign has ended. What you paid goes back by itself.")
    return _("Orders could be cancelled until deposits closed: %(at)s.") % {
        "at": moment_words(campaign.closes_at, campaign.time_zone, with_year=True)
    }


def _instead(order: PreOrder) -> str:
    campaign = order.campaign
    if order.state in ENDED_ORDERS or campaign.state in ENDED_CAMPAIGNS:
        return ""
    if order.state == S.BALANCE_DUE and order.auto_charge:
        return _(
            "You agreed that the balance is charged to your card. You can take that back on the "
            "order's page; an order whose balance is not paid ends as the terms say."
        )
    if order.state in UNPAID_BALANCE and campaign.grace_ends_at:
        until = moment_words(campaign.grace_ends_at, campaign.time_zone, with_year=True)
        if campaign.forfeit == Campaign.Forfeit.FORFEIT:
            return _(
                "If the balance is not paid until %(until)s, the order ends and the brand keeps "
                "the deposit, as the terms say. Nothing else is charged."
            ) % {"until": until}
        return _(
            "If the balance is not paid until %(until)s, the order ends and the deposit comes "
            "back. Nothing else is charged."
        ) % {"until": until}
    if order.state in (S.PAID, S.IN_PRODUCTION):
        return _("It is being made. The brand can end the order and refund it: write to them.")
    if order.state in (S.SHIPPED, S.DELIVERED):
        return _(
            "The parcel is sent. A return is agreed with the brand, up to %(days)d days after it "
            "arrived; when the brand accepts it, everything you paid comes back."
        ) % {"days": terms.RETURN_WINDOW.days}
    return _("Orders are being counted. If the minimum is missed, your deposit comes back.")
