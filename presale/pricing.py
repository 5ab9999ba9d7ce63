"""Prices as pure functions of figures: no database, no clock. All amounts are minor units."""

from collections.abc import Sequence
from dataclasses import dataclass

Step = tuple[int, int]  # from so many units on, a unit costs so much
Line = tuple[int, int]  # quantity, surcharge per unit


def ladder(steps: Sequence[Step], units: int) -> int:
    """The price of a unit when `units` are ordered: the highest step reached.

    Below the first step (no unit yet) the first step's price is shown.
    """
    ordered = sorted(steps)
    reached = [price for min_units, price in ordered if min_units <= units]
    return reached[-1] if reached else ordered[0][1]


def unit_now(steps: Sequence[Step], units: int, reached_minor: int | None) -> int:
    """The price shown now: what the ladder says, never above a price already reached."""
    price = ladder(steps, units)
    return price if reached_minor is None else min(price, reached_minor)


def credit(deposit_minor: int, worth_bp: int) -> int:
    """What one unit's deposit takes off the price: 100 worth 150 % takes off 150."""
    return deposit_minor * worth_bp // 10_000


def goods(lines: Sequence[Line], unit_minor: int) -> int:
    """The goods without shipping: quantity times (unit price + surcharge)."""
    return sum(quantity * (unit_minor + surcharge) for quantity, surcharge in lines)


def due(
    lines: Sequence[Line], unit_minor: int, shipping_minor: int, deposit_minor: int, worth_bp: int
) -> int:
    """The balance after the deposit: never negative."""
    units = sum(quantity for quantity, _ in lines)
    whole = goods(lines, unit_minor) + shipping_minor
    return max(0, whole - units * credit(deposit_minor, worth_bp))


@dataclass(frozen=True)
class Quote:
    """What an order costs at a unit price: the four lines of the money block, in figures."""

    units: int
    unit_minor: int
    goods_minor: int
    shipping_minor: int
    deposit_minor: int
    bonus_minor: int
    later_minor: int

    @property
    def total_minor(self) -> int:
        """All the money that can be asked for: the deposit and the balance at most."""
        return self.deposit_minor + self.later_minor


def quote(
    lines: Sequence[Line], unit_minor: int, shipping_minor: int, deposit_minor: int, worth_bp: int
) -> Quote:
    """Price an order; `later_minor` is the balance at most, for the price can only fall."""
    units = sum(quantity for quantity, _ in lines)
    whole = goods(lines, unit_minor)
    later = due(lines, unit_minor, shipping_minor, deposit_minor, worth_bp)
    return Quote(
        units=units,
        unit_minor=unit_minor,
        goods_minor=whole,
        shipping_minor=shipping_minor,
        deposit_minor=units * deposit_minor,
        bonus_minor=whole + shipping_minor - units * deposit_minor - later,
        later_minor=later,
    )


@dataclass(frozen=True)
class WorstCase:
    """What a brand risks: the least it earns if the minimum is met, the fees if it is missed."""

    units: int
    unit_minor: int
    revenue_minor: int
    unpaid_revenue_minor: int
    lost_fees_minor: int


def worst_case(
    steps: Sequence[Step],
    minimum: int,
    deposit_minor: int,
    worth_bp: int,
    *,
    fee_bp: int = 290,
    fee_fixed_minor: int = 30,
) -> WorstCase:
    """Print before publishing. A price once reached stays, so the lowest step may apply to all.

    `unpaid_revenue_minor` is what is left when nobody pays the balance and deposits are kept;
    `lost_fees_minor` what the provider keeps when the minimum is missed by one order of one unit
    each, for fees do not come back with a refund.
    """
    lowest = min(price for _, price in steps)
    bonus = credit(deposit_minor, worth_bp) - deposit_minor
    fee = deposit_minor * fee_bp // 10_000 + fee_fixed_minor
    return WorstCase(
        units=minimum,
        unit_minor=lowest,
        revenue_minor=minimum * (lowest - min(bonus, lowest - deposit_minor)),
        unpaid_revenue_minor=minimum * deposit_minor,
        lost_fees_minor=max(0, minimum - 1) * fee,
    )


def tax_included(gross_minor: int, rate_bp: int) -> int:
    """The tax inside a price that includes it, rounded down."""
    return gross_minor * rate_bp // (10_000 + rate_bp)
