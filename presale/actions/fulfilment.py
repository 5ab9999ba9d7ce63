"""After production: sent, received, returned, closed, and what that means in the books."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from core.states import WrongState, advance
from fans.models import Contribution
from presale import ledger, pricing, states
from presale.actions import gifts, refunds
from presale.actions.places import give_back, lock_order, uncount
from presale.actions.settlement import contribute
from presale.actions.telling import campaign_changed, mail_buyer, order_changed
from presale.errors import Disputed, ReasonMissing
from presale.models import Campaign, PreOrder, Shipment
from presale.states import CAMPAIGN_MOVES, ORDER_MOVES

S = PreOrder.State


@transaction.atomic
def ship_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The parcel is on its way: the sale is booked, the campaign is shipping.

    Call it in the transaction that writes the `Shipment`. Refuses with `Disputed`, `WrongState`.
    """
    order = lock_order(order.pk)
    if order.hold_reason:
        raise Disputed
    campaign = order.campaign
    # The campaign's row is the gate against a cancellation: whoever has it first decides.
    going = Campaign.objects.filter(pk=campaign.pk, state__in=states.SENDS_PARCELS)
    if not going.update(version=F("version") + 1):
        raise WrongState(campaign, "first_shipment", campaign.state)
    advance(order, "ship", moves=ORDER_MOVES, actor=actor, now=now)
    paid = -ledger.balance(ledger.held_for(order), order.currency)
    ledger.post_sale(order, campaign, paid, _tax(paid, campaign), now)
    if campaign.state == Campaign.State.PRODUCTION:
        try:
            advance(campaign, "first_shipment", moves=CAMPAIGN_MOVES, actor=actor, now=now)
        except WrongState:
            # Another parcel was the first one.
            campaign.refresh_from_db()
            if campaign.state != Campaign.State.SHIPPING:
                raise
    shipment = Shipment.objects.filter(order=order).first()
    mail_buyer(order, "shipped", "order_shipped", shipment=shipment)
    if shipment:
        gifts.tell_recipient(order, shipment.carrier, shipment.tracking)
    campaign_changed(campaign.pk, "phase")
    order_changed(order)
    return order


@transaction.atomic
def deliver_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The parcel has arrived (the buyer says so, or the brand); recorded as a contribution."""
    order = lock_order(order.pk)
    advance(order, "deliver", moves=ORDER_MOVES, actor=actor, now=now)
    Shipment.objects.filter(order=order, delivered_at=None).update(delivered_at=now)
    contribute(order, Contribution.Kind.ORDER_RECEIVED, now)
    order_changed(order)
    return order


@transaction.atomic
def accept_return(order: PreOrder, *, actor: str, reason: str, now: dt.datetime) -> PreOrder:
    """A sent order came back: the sale is undone and everything paid is refunded.

    Refuses with `ReasonMissing`, `Disputed`, `WrongState`.
    """
    if not reason.strip():
        raise ReasonMissing
    order = lock_order(order.pk)
    if order.hold_reason:
        raise Disputed
    advance(
        order, "accept_return", moves=ORDER_MOVES, actor=actor, now=now, reason=reason,
        state_reason=reason,
    )  # fmt: skip
    paid = ledger.amount_in(f"sale:{order.pk}", ledger.held_for(order))
    ledger.post_return(order, order.campaign, paid, _tax(paid, order.campaign), now)
    give_back(order)
    uncount(order)
    promised = refunds.promise_all(order, cause=f"return:{order.pk}", reason=reason, now=now)
    amount = promised.amount_minor if promised else 0
    mail_buyer(order, "returned", "order_returned", amount_minor=amount, reason=reason)
    order_changed(order)
    return order


@transaction.atomic
def close_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The time for a return is over."""
    order = lock_order(order.pk)
    advance(order, "close", moves=ORDER_MOVES, actor=actor, now=now)
    return order


def _tax(paid: int, campaign: Campaign) -> int:
    return pricing.tax_included(paid, campaign.tax_rate_bp)
