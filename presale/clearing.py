"""Which price the close gives when some orders hold only up to a price of their own.

Pure functions of figures: no database, no clock. All amounts are minor units.

The rule. An ordinary order is in at every price. A limit order names one of the ladder's prices
and is in at that price and below ("at most" includes it). Let D(p) be the units that are in at
price p. The price is the lowest step price p whose minimum D(p) reaches; in are the orders that
D(p) counts, all others are not.

Why it is fair, and exact:
- It is a fixed point. The ladder's price for D(p) units is p itself: if D(p) reached a later,
  cheaper step q, then D(q) >= D(p) would reach it too, and q would have been taken. So nobody is
  counted in whom the price then puts out, and nobody is left out whom the price would have let in.
- It is unique. There may be several fixed points (100 without anybody's limit, 90 with all of
  them); of finitely many step prices one is the lowest. It is best for every buyer at once:
  whoever is in at a higher fixed point is in at the lowest as well, and pays less.
- There are no ties to break. Orders with the same limit are in or out together; nothing is
  rationed by time, for places are held from the reservation on. The result depends on the orders
  alone, not on the order of their coming.
- One order more can only lower the price; a limit order that is not in leaves it as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from presale.pricing import Step

Book = Mapping[int, int]  # limit price: units of the orders that named it


@dataclass(frozen=True)
class Cleared:
    """The price, and the units that are in at it. Nobody in: no price."""

    unit_minor: int | None
    units: int


def demand(ordinary: int, book: Book, unit_minor: int) -> int:
    """D(p): the units that are in at that price."""
    return ordinary + sum(units for limit, units in book.items() if limit >= unit_minor)


def clear(steps: Sequence[Step], ordinary: int, book: Book) -> Cleared:
    """The lowest step price whose minimum is reached by those who are in at it."""
    reached = [
        price for min_units, price in steps if 0 < demand(ordinary, book, price) >= min_units
    ]
    if not reached:
        return Cleared(None, 0)
    return Cleared(min(reached), demand(ordinary, book, min(reached)))


def final(
    steps: Sequence[Step],
    ordinary: int,
    book: Book,
    reached_minor: int | None,
    shown: Sequence[int],
) -> Cleared:
    """What the close fixes: the cleared price, never above one that was reached before.

    `shown` are prices that ordinary orders which still stand were shown. A price reached once
    holds when units are given back; whoever is in at it is counted, as ever.
    """
    prices = [clear(steps, ordinary, book).unit_minor, reached_minor, *shown]
    price = min((one for one in prices if one is not None), default=None)
    return Cleared(price, 0 if price is None else demand(ordinary, book, price))


def waiting(book: Book, unit_minor: int, price_now: int) -> int:
    """Units that are not in at the price now, and would be at `unit_minor`."""
    return demand(0, book, unit_minor) - demand(0, book, price_now)


def next_step(
    steps: Sequence[Step], units: int, book: Book, price_now: int
) -> tuple[int, int] | None:
    """(units still missing, price) of the cheaper step that is nearest; None at the end.

    `units` are in at the price now. With many who wait for a low price, its step can be nearer
    than the one before it; of two equally near the cheaper one would hold.
    """
    ahead = [
        (min_units - units - waiting(book, price, price_now), price)
        for min_units, price in steps
        if price < price_now
    ]
    missing = [one for one in ahead if one[0] > 0]
    return min(missing) if missing else None
