"""Variants that miss their own minimum: decided at the close, then order by order."""

import datetime as dt
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from core.states import advance
from presale import rehoming, terms
from presale.actions.endings import end_order
from presale.actions.telling import campaign_changed, mail_brand, mail_buyer, order_changed
from presale.errors import Refused
from presale.models import Campaign, PreOrder, PreOrderLine, Variant
from presale.states import ORDER_MOVES

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Line(TypedDict):
        variant_pk: int
        units: int

    LinedOrder = WithAnnotations[PreOrder, _Line]

S, Fate, If = PreOrder.State, Variant.Fate, PreOrder.IfMissed


def decide_variants(campaign: Campaign, price: int, now: dt.datetime) -> int:
    """Write what becomes of the orders of short variants; units that will go back.

    Inside the transaction of the close, which holds the campaign. Only orders that are in at
    the price count. A variant that has its minimum cannot lose it here, so only the orders of
    the short ones are read: fewer than their minimums.
    """
    variants = list(campaign.variants.order_by("position", "pk"))
    if all(one.minimum is None for one in variants):
        return 0
    units = _units(campaign, price)
    is_short = {
        one.pk for one in variants if one.minimum and 0 < units.get(one.pk, 0) < one.minimum
    }
    orders = _orders(campaign, price, is_short)
    asked = [
        rehoming.Asked(row.pk, row.variant_pk, row.units, row.if_missed, row.other_variant_id)
        for row in orders
    ]
    offered = [
        rehoming.Offered(
            one.pk,
            one.minimum if one.pk in is_short else None,
            None if one.quota is None else one.quota - one.taken,
        )
        for one in variants
    ]
    outcome = rehoming.decide(offered, asked)
    for row in orders:
        row.missed = _verdict(row, outcome)
    PreOrder.objects.bulk_update([row for row in orders if row.missed], ["missed"])
    waiting = {row.variant_pk for row in orders if row.missed == If.WAIT}
    given_up = Variant.objects.filter(pk__in=outcome.given_up)
    given_up.update(fate=Fate.GIVEN_UP)
    by = now + terms.VARIANT_DECISION
    given_up.filter(pk__in=waiting).update(fate=Fate.ASKED, decide_by=by)
    if waiting:
        labels = ", ".join(one.label for one in variants if one.pk in waiting)
        mail_brand(campaign, "variants", "campaign_variants", labels=labels, decide_at=by)
    return sum(row.units for row in orders if row.missed == If.REFUND)


def _verdict(row: PreOrder, outcome: rehoming.Outcome) -> str:
    if row.pk in outcome.refunded:
        return If.REFUND
    if row.pk in outcome.waiting:
        return If.WAIT
    return If.MOVE if row.pk in outcome.moved else ""


def _in_at(price: int) -> Q:
    return Q(limit_minor=None) | Q(limit_minor__gte=price)


def _units(campaign: Campaign, price: int) -> dict[int, int]:
    orders = campaign.orders.filter(_in_at(price), state=S.DEPOSITED)
    lines = PreOrderLine.objects.filter(order__in=orders).values_list("variant")
    return dict(lines.annotate(units=Sum("quantity")).order_by())


def _orders(campaign: Campaign, price: int, variants: set[int]) -> "list[LinedOrder]":
    """Orders in those variants in the order of their coming; each is of one variant."""
    rows = campaign.orders.filter(_in_at(price), state=S.DEPOSITED, lines__variant__in=variants)
    rows = rows.annotate(variant_pk=F("lines__variant"), units=F("lines__quantity"))
    return list(rows.order_by("created_at", "pk"))


# -- Order by order -------------------------------------------------------------------------
def follow(order: PreOrder, *, actor: str, now: dt.datetime) -> bool:
    """Do with a locked order what was decided; whether its balance is to be announced now."""
    if order.missed == If.WAIT:
        return False
    if order.missed == If.REFUND:
        end_order(
            order.pk, "variant_missed", actor=actor, now=now, template="order_variant_missed",
            reason=_("The variant did not reach its own minimum."),
        )  # fmt: skip
        return False
    if order.missed == If.MOVE:
        _move(order, actor=actor, now=now)
    return True


def _move(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    """The line goes to the other variant; its room was counted when the close decided."""
    line = order.lines.select_related("variant").get()
    other = order.other_variant
    assert other, "a move has a variant to go to"
    for pk in sorted([line.variant_id, other.pk]):
        sign = 1 if pk == other.pk else -1
        Variant.objects.filter(pk=pk).update(taken=F("taken") + sign * line.quantity)
    words = f"{line.variant.sku} > {other.sku} x {line.quantity}"
    PreOrderLine.objects.filter(pk=line.pk).update(variant=other)
    advance(order, "rehome", moves=ORDER_MOVES, actor=actor, now=now, reason=words, missed="")
    mail_buyer(order, "rehomed", "order_rehomed", was=line.variant.label, label=other.label)
    campaign_changed(order.campaign_id, "variants")
    order_changed(order)


# -- What the brand decides -----------------------------------------------------------------
@transaction.atomic
def decide_variant(variant: Variant, *, make: bool, actor: str, now: dt.datetime) -> Variant:
    """Make a short variant for those who wait, or send their money back.

    When it is made, everybody has the whole time for the balance from now on. Refuses with
    `Refused` when nothing is to be decided any more.
    """
    campaign = Campaign.objects.select_for_update().get(pk=variant.campaign_id)
    fate = Fate.MADE if make else Fate.GIVEN_UP
    row = Variant.objects.filter(pk=variant.pk, fate=Fate.ASKED)
    if campaign.state != Campaign.State.BALANCE or not row.update(fate=fate):
        raise Refused(_("This variant has been decided."))
    waiting = campaign.orders.filter(missed=If.WAIT, lines__variant=variant, state=S.DEPOSITED)
    waiting.update(missed="" if make else If.REFUND)
    if make:
        ends = now + dt.timedelta(days=campaign.balance_days)
        Campaign.objects.filter(pk=campaign.pk, balance_closes_at__lt=ends).update(
            balance_closes_at=ends, grace_ends_at=ends + terms.GRACE
        )
    campaign_changed(campaign.pk, "phase", "variants")
    variant.refresh_from_db()
    return variant
