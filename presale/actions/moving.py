"""Where a parcel goes, and until when that may be changed."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.states import advance
from presale import shipping, terms
from presale.actions import refunds
from presale.actions.buyers import Address
from presale.actions.endings import in_words
from presale.actions.places import lock_order
from presale.actions.telling import campaign_changed, mail_buyer, order_changed
from presale.errors import BadDate, BadOrder, Refused, ShippingChanged, TooLate
from presale.models import Campaign, Obligation, PreOrder
from presale.states import HOLDING, ORDER_MOVES, SENDS_PARCELS

C, S = Campaign.State, PreOrder.State
LOCKABLE = [C.OPEN, C.CLOSING, C.BALANCE, C.DECISION, *SENDS_PARCELS]


@transaction.atomic
def change_address(
    order: PreOrder,
    address: Address,
    *,
    actor: str,
    now: dt.datetime,
    shipping_seen_minor: int | None = None,
) -> PreOrder:
    """Send the order elsewhere, until the address lock; shipping is priced as the terms say.

    Before the balance is announced the order takes the price of the new place; afterwards a
    dearer place is refused, and for a cheaper one the difference is refunded.
    `shipping_seen_minor` is the price the page showed; None agrees to no other than the present.
    Refuses with `TooLate`, `BadOrder` at `country`, `ShippingChanged`.
    """
    order = lock_order(order.pk)
    if (order.state, "move") not in ORDER_MOVES:
        raise TooLate(_("The parcel is on its way, or the order has ended."))
    locks_at = order.campaign.address_locks_at
    if locks_at and now >= locks_at:
        raise TooLate(_("Addresses are locked: the parcels are being prepared."))
    if order.joins_id:
        raise Refused(_("This order travels in the parcel of another; change the address there."))
    was, price = order.shipping_minor, shipping.price_to(order.campaign, address.country)
    is_announced = order.obligations.filter(kind=Obligation.Kind.BALANCE).exclude(
        state=Obligation.State.VOID
    )
    if price > was and (is_announced.exists() or order.state not in (S.RESERVED, S.DEPOSITED)):
        raise BadOrder("country", _("Shipping there costs more, and the balance is fixed already."))
    if price != was and shipping_seen_minor != price:
        raise ShippingChanged(was, price)
    if price < was and order.state not in (S.RESERVED, S.DEPOSITED):
        words = in_words(order, gettext_lazy("Shipping to the new address costs less."))
        refunds.promise_part(order, "shipping", was - price, reason=words, now=now)
    advance(
        order, "move", moves=ORDER_MOVES, actor=actor, now=now,
        shipping_minor=price, **asdict(address),
    )  # fmt: skip
    order.joined.filter(state__in=HOLDING).update(**asdict(address))
    mail_buyer(
        order, f"moved:{now:%Y%m%d%H%M%S%f}", "order_moved", was_minor=was, shipping_minor=price,
        has_new_price=price != was,
    )  # fmt: skip
    order_changed(order)
    return order


@transaction.atomic
def lock_addresses(campaign: Campaign, *, at: dt.datetime, now: dt.datetime) -> Campaign:
    """Set or move the address lock; buyers are told 48 hours before it, again when it moves.

    Refuses with `BadDate` when it is less than that ahead, `Refused` when nothing is to be sent.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.state not in LOCKABLE:
        raise Refused(_("No parcels wait for an address in this campaign."))
    if at < now + terms.LOCK_NOTICE:
        raise BadDate(_("Buyers are told 48 hours before. Choose a time at least so far ahead."))
    if at <= campaign.closes_at:
        raise BadDate(_("Addresses can be locked only after deposits have closed."))
    Campaign.objects.filter(pk=campaign.pk).update(address_locks_at=at)
    campaign.address_locks_at = at
    campaign_changed(campaign.pk, "phase")
    return campaign
