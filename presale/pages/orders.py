"""What the pages about one order share: its frame, and what its holder may still do."""

from typing import Any

from core.clock import now
from presale.countries import country_name
from presale.models import Campaign, PreOrder
from presale.pages.offers import placements
from presale.pages.terms import said_once
from presale.queries import OrderMoney

State = PreOrder.State
_ADDRESS_OPEN = [
    State.RESERVED, State.DEPOSITED, State.BALANCE_DUE, State.ACTION_NEEDED, State.PAID,
    State.IN_PRODUCTION,
]  # fmt: skip


def about_order(order: PreOrder, money: OrderMoney) -> dict[str, Any]:
    """What every page about one order names: the order, its campaign, its money, where it goes."""
    return {
        "order": order,
        "campaign": order.campaign,
        "money": money,
        "country": country_name(order.country),
        "place": placements(order.campaign).first(),
        **said_once(order.campaign),
    }


def may_change(order: PreOrder) -> bool:
    """Whether another variant or quantity may be taken now."""
    return order.state == State.DEPOSITED and takes_changes(order)


def may_move(order: PreOrder) -> bool:
    """Whether another address may be written now; one parcel has one address."""
    locks_at = order.campaign.address_locks_at
    is_locked = locks_at is not None and now() >= locks_at
    return order.state in _ADDRESS_OPEN and not is_locked and order.joins_id is None


def may_cancel(order: PreOrder) -> bool:
    """Whether the buyer may give the order back now."""
    return order.state in (State.RESERVED, State.DEPOSITED) and takes_changes(order)


def takes_changes(order: PreOrder) -> bool:
    """Whether deposits are open."""
    campaign = order.campaign
    return campaign.state == Campaign.State.OPEN and now() < campaign.closes_at
