"""Changes of an order that stands: variant, quantity, consent. The caller decides who may."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.states import advance
from presale.actions import refunds
from presale.actions.endings import in_words, live_attempt
from presale.actions.places import give_back_units, lock_order, take_variant, uncount_units
from presale.actions.telling import campaign_changed, mail_buyer, order_changed
from presale.errors import BadOrder, StillChecking, TooLate
from presale.models import Attempt, Campaign, PreOrder, PreOrderLine, Variant
from presale.states import ORDER_MOVES


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
def reduce_order(
    order: PreOrder, *, variant: Variant, quantity: int, actor: str, now: dt.datetime
) -> PreOrder:
    """Keep only `quantity` of a variant; the deposit of the others is refunded. While it is open.

    Refuses with `BadOrder` at `quantity`, `TooLate`.
    """
    order = lock_order(order.pk)
    campaign = order.campaign
    if (order.state, "reduce") not in ORDER_MOVES or now >= campaign.closes_at:
        raise TooLate
    line = order.lines.filter(variant=variant).select_related("variant").first()
    if line is None or not 0 < quantity < line.quantity:
        raise BadOrder("quantity", _("Choose fewer units than you have, and at least 1."))
    fewer, was = line.quantity - quantity, line.quantity
    back = fewer * campaign.deposit_minor
    give_back_units(order, variant.pk, fewer)
    # The campaign's row is the gate against the close, as it is for a cancellation.
    if not uncount_units(order, fewer):
        raise TooLate
    PreOrderLine.objects.filter(pk=line.pk).update(quantity=quantity)
    words = f"{line.variant.sku} x {was} > {quantity}"
    advance(order, "reduce", moves=ORDER_MOVES, actor=actor, now=now, reason=words)
    refunds.promise_part(
        order, "fewer", back, reason=in_words(order, gettext_lazy("You took fewer units.")), now=now
    )
    mail_buyer(
        order, f"fewer:{now:%Y%m%d%H%M%S%f}", "order_reduced", label=line.variant.label, was=was,
        quantity=quantity, back_minor=back,
    )  # fmt: skip
    campaign_changed(campaign.pk, "ladder", "variants")
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
