"""Reads over several rows: the ladder, quotes, an order's money, orders by variant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, Sum, prefetch_related_objects

from presale import ledger, pricing, shipping, states
from presale.ladders import Ladder, StepShown, book_of, cleared, ladder, steps_of, unit_now
from presale.models import (
    Campaign,
    Dispute,
    Obligation,
    PreOrder,
    PreOrderLine,
    RefundAttempt,
    Variant,
)

# The ladder is read under this name as well.
__all__ = [
    "Ladder",
    "LinePrice",
    "OrderMoney",
    "StepShown",
    "VariantCount",
    "balance_at",
    "book_of",
    "cleared",
    "ladder",
    "lines_of",
    "made_smaller",
    "money_of",
    "order_money",
    "order_quote",
    "orders_by_variant",
    "paid",
    "quote",
    "quote_with",
    "refunded",
    "saved_method",
    "steps_of",
    "unit_now",
    "units_in",
]


def quote(
    campaign: Campaign,
    wanted: Sequence[tuple[Variant, int]],
    country: str,
    limit_minor: int | None = None,
) -> pricing.Quote:
    """Price an order as of now, or at its limit; what the four lines of the money block say."""
    return quote_with(campaign, wanted, shipping.price_to(campaign, country), limit_minor)


def quote_with(
    campaign: Campaign,
    wanted: Sequence[tuple[Variant, int]],
    shipping_minor: int,
    limit_minor: int | None = None,
) -> pricing.Quote:
    """The same with shipping at that price; nothing for what travels in another parcel."""
    return pricing.quote(
        [(quantity, variant.surcharge_minor) for variant, quantity in wanted],
        unit_now(campaign) if limit_minor is None else limit_minor,
        shipping_minor,
        campaign.deposit_minor,
        campaign.deposit_worth_bp,
    )


def lines_of(order: PreOrder) -> list[pricing.Line]:
    """The order's lines as figures: quantity, surcharge."""
    prefetch_related_objects([order], "lines__variant")
    lines = sorted(order.lines.all(), key=lambda line: line.variant_id)
    return [(line.quantity, line.variant.surcharge_minor) for line in lines]


def balance_at(order: PreOrder, unit_minor: int) -> int:
    """What the order still owes when a unit costs so much, its deposit taken off."""
    campaign = order.campaign
    return pricing.due(
        lines_of(order), unit_minor, order.shipping_minor, campaign.deposit_minor,
        campaign.deposit_worth_bp,
    )  # fmt: skip


def order_quote(order: PreOrder) -> pricing.Quote:
    """The order at its final price, or at the price now while the ladder can still fall."""
    campaign = order.campaign
    price = order.final_unit_minor
    if price is None:
        price = min(order.unit_shown_minor, unit_now(campaign))
    return pricing.quote(
        lines_of(order), price, order.shipping_minor, campaign.deposit_minor,
        campaign.deposit_worth_bp,
    )  # fmt: skip


def saved_method(order: PreOrder) -> str:
    """The provider's reference of the card saved with the deposit, or "" when there is none."""
    rows = order.obligations.filter(
        attempts__state="succeeded", attempts__method_reusable=True, kind="deposit"
    )
    return rows.values_list("attempts__method_ref", flat=True).first() or ""


@dataclass(frozen=True)
class LinePrice:
    """One line of an order as it is priced now; minor units, the surcharge for one unit."""

    label: str
    quantity: int
    unit_minor: int
    surcharge_minor: int

    @property
    def total_minor(self) -> int:
        """What the line costs."""
        return self.quantity * (self.unit_minor + self.surcharge_minor)


@dataclass(frozen=True)
class OrderMoney:
    """What moved and what is open for one order, read from the books; minor units.

    `later_minor` is the balance that is not due yet, at most; `is_over` says that nothing will
    be paid any more.
    """

    currency: str
    paid_minor: int
    refunded_minor: int
    refund_open_minor: int
    owed_minor: int
    quote: pricing.Quote
    lines: list[LinePrice]
    later_minor: int
    is_over: bool
    charged_back_minor: int = 0

    @property
    def kept_minor(self) -> int:
        """Paid and neither refunded, nor promised back, nor taken back through a bank."""
        gone = self.refunded_minor + self.refund_open_minor + self.charged_back_minor
        return self.paid_minor - gone


def order_money(order: PreOrder) -> OrderMoney:
    """Everything a page says about an order's money."""
    return money_of([order])[order.pk]


def money_of(orders: Sequence[PreOrder]) -> dict[int, OrderMoney]:
    """The money of many orders by their key, in so many queries however many they are."""
    prefetch_related_objects(orders, "lines__variant", "campaign__steps")
    asked, back_by, lost_by = _obligations(orders), _sent_back(orders), _charged_back(orders)
    accounts = [ledger.promised_to(order) for order in orders]
    promised = ledger.balances(accounts)
    by_hand = ledger.moved(accounts, "refund-by-hand")
    found = {}
    for order in orders:
        priced = order_quote(order)
        is_waiting = order.state in (PreOrder.State.RESERVED, PreOrder.State.DEPOSITED)
        found[order.pk] = OrderMoney(
            currency=order.currency,
            paid_minor=asked.get((order.pk, Obligation.State.SATISFIED), 0),
            refunded_minor=back_by.get(order.pk, 0) + by_hand.get(ledger.promised_to(order), 0),
            refund_open_minor=-promised.get((ledger.promised_to(order), order.currency), 0),
            owed_minor=asked.get((order.pk, Obligation.State.OPEN), 0),
            quote=priced,
            lines=_line_prices(order, priced.unit_minor),
            later_minor=priced.later_minor if is_waiting else 0,
            is_over=order.state in states.ENDED_ORDERS,
            charged_back_minor=lost_by.get(order.pk, 0),
        )
    return found


def _line_prices(order: PreOrder, unit_minor: int) -> list[LinePrice]:
    lines = sorted(order.lines.all(), key=lambda line: line.variant_id)
    return [
        LinePrice(line.variant.label, line.quantity, unit_minor, line.variant.surcharge_minor)
        for line in lines
    ]


# Causes of refunds that make an order smaller while it goes on: fewer units, cheaper shipping.
PARTS: Final = ("fewer", "shipping")


def made_smaller(order: PreOrder) -> int:
    """What was promised back because the order became smaller, in minor units."""
    causes = Q()
    for kind in PARTS:
        causes |= Q(cause__startswith=f"{kind}:")
    return order.refund_obligations.filter(causes).aggregate(t=Sum("amount_minor"))["t"] or 0


def paid(order: PreOrder) -> int:
    """All money received for the order, by its attempts that succeeded."""
    return _obligations([order]).get((order.pk, Obligation.State.SATISFIED), 0)


def refunded(order: PreOrder) -> int:
    """All money that went back to the buyer."""
    return _sent_back([order]).get(order.pk, 0)


def _obligations(orders: Sequence[PreOrder]) -> dict[tuple[int, str], int]:
    """What was asked of each order, by order and state."""
    rows = Obligation.objects.filter(order__in=orders).values_list("order", "state").order_by()
    sums = rows.annotate(total=Sum("amount_minor"))
    return {(order, state): total for order, state, total in sums}


def _sent_back(orders: Sequence[PreOrder]) -> dict[int, int]:
    gone = [RefundAttempt.State.PENDING, RefundAttempt.State.SUCCEEDED]
    rows = RefundAttempt.objects.filter(obligation__order__in=orders, state__in=gone)
    return dict(rows.values_list("obligation__order").annotate(total=Sum("amount_minor")))


def _charged_back(orders: Sequence[PreOrder]) -> dict[int, int]:
    rows = Dispute.objects.filter(attempt__obligation__order__in=orders, state=Dispute.State.LOST)
    by_order = rows.values_list("attempt__obligation__order").order_by()
    return dict(by_order.annotate(total=Sum("amount_minor")))


@dataclass(frozen=True)
class VariantCount:
    """Units of one variant by how far their orders are."""

    variant: Variant
    held: int
    deposited: int
    paid: int


def orders_by_variant(campaign: Campaign) -> list[VariantCount]:
    """Units per variant, in the variants' order: held, deposit paid, paid in full."""
    rows = Variant.objects.filter(campaign=campaign).annotate(
        deposited=Sum("lines__quantity", filter=Q(lines__order__state__in=states.COUNTED)),
        paid=Sum("lines__quantity", filter=Q(lines__order__state__in=states.FULLY_PAID)),
    )
    return [
        VariantCount(row, row.taken, row.deposited or 0, row.paid or 0)
        for row in rows.order_by("position", "pk")
    ]


def units_in(campaign: Campaign, order_states: Sequence[str]) -> int:
    """Units of the campaign's orders in any of those states."""
    rows = PreOrderLine.objects.filter(order__campaign=campaign, order__state__in=order_states)
    return rows.aggregate(total=Sum("quantity"))["total"] or 0
