"""Changes of an order that stands: variant, address, consent. Who may do it: the caller decides."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.states import advance
from presale import shipping
from presale.actions.buyers import Address
from presale.actions.endings import live_attempt
from presale.actions.places import lock_order, take_variant
from presale.actions.telling import campaign_changed, order_changed
from presale.errors import BadOrder, StillChecking, TooLate
from presale.models import Attempt, Campaign, PreOrder, PreOrderLine, Variant
from presale.states import ORDER_MOVES

S = PreOrder.State
_ENDED = [S.EXPIRED, S.CLOSED, S.DEFAULTED, S.CANCELLED, S.RETURNED]


@transaction.atomic
def change_variant(
    order: PreOrder, *, from_variant: Variant, to_variant: Variant, actor: str, now: dt.datetime
) -> PreOrder:
    """Swap a line for another variant of the same price, while deposits are open.

    Refuses with `BadOrder`, `SoldOut`, `TooLate`.
    """
    order = lock_order(order.pk)
    campaign = order.campaign
    is_open = campaign.state == Campaign.State.OPEN and now < campaign.closes_at
    if (order.state, "change_variant") not in ORDER_MOVES or not is_open:
        raise TooLate
    line = order.lines.filter(variant=from_variant).first()
    other = Variant.objects.filter(pk=to_variant.pk, campaign=campaign).first()
    if line is None or other is None or other.pk == from_variant.pk:
        raise BadOrder("variant", _("An option is not part of this campaign."))
    if other.surcharge_minor != from_variant.surcharge_minor:
        raise BadOrder("variant", _("This option has another price. Please order it anew."))
    units = line.quantity
    for pk in sorted([from_variant.pk, other.pk]):
        if pk == other.pk:
            take_variant(campaign, pk, units)
        else:
            Variant.objects.filter(pk=pk).update(taken=F("taken") - units)
    line.delete()
    merged = order.lines.filter(variant=other).update(quantity=F("quantity") + units)
    if not merged:
        PreOrderLine.objects.create(order=order, variant=other, quantity=units)
    words = f"{from_variant.sku} > {other.sku} x {units}"
    advance(order, "change_variant", moves=ORDER_MOVES, actor=actor, now=now, reason=words)
    campaign_changed(campaign.pk, "variants")
    order_changed(order)
    return order


@transaction.atomic
def stop_auto_charge(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """Take back the consent to charge the balance to the saved card; again changes nothing.

    The words that were agreed to stay with the order; the log says when they were taken back.
    Refuses with `StillChecking` while the card is being charged, and with `TooLate`.
    """
    order = lock_order(order.pk)
    if not order.auto_charge:
        return order
    attempt = live_attempt(order)
    if attempt and attempt.channel == Attempt.Channel.OFF_SESSION:
        raise StillChecking
    if (order.state, "stop_auto_charge") not in ORDER_MOVES:
        raise TooLate(_("There is no balance left that could be charged."))
    advance(order, "stop_auto_charge", moves=ORDER_MOVES, actor=actor, now=now, auto_charge=False)
    order_changed(order)
    return order


@transaction.atomic
def change_address(order: PreOrder, address: Address, *, actor: str, now: dt.datetime) -> PreOrder:
    """Correct the address until the order is sent; not to where shipping costs more.

    Refuses with `TooLate` and `BadOrder` at `country`.
    """
    order = lock_order(order.pk)
    if (order.state, "accept_return") in ORDER_MOVES or order.state in _ENDED:
        raise TooLate(_("The parcel is on its way, or the order has ended."))
    if shipping.price_to(order.campaign, address.country) > order.shipping_minor:
        raise BadOrder("country", _("Shipping there costs more than was agreed."))
    PreOrder.objects.filter(pk=order.pk).update(**asdict(address))
    order.refresh_from_db()
    return order
