"""Clearing with limit orders, beside a model that tries every price and every set of people."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presale import clearing, pricing

STEPS = [(1, 329), (3, 289), (5, 259)]


@st.composite
def ladders(draw):
    """A ladder whose prices fall from step to step."""
    count = draw(st.integers(1, 5))
    prices = sorted(draw(st.sets(st.integers(1, 99), min_size=count, max_size=count)), reverse=True)
    later = draw(st.sets(st.integers(2, 40), min_size=count - 1, max_size=count - 1))
    return list(zip([1, *sorted(later)], prices, strict=True))


@st.composite
def markets(draw):
    """A ladder and orders in the order of their coming: (units, limit or None)."""
    steps = draw(ladders())
    limits = st.one_of(st.none(), st.sampled_from([price for _units, price in steps]))
    return steps, draw(st.lists(st.tuples(st.integers(1, 6), limits), max_size=14))


def book_of(orders):
    """Ordinary units, and the limited ones by their limit."""
    ordinary = sum(units for units, limit in orders if limit is None)
    book: dict[int, int] = {}
    for units, limit in orders:
        if limit is not None:
            book[limit] = book.get(limit, 0) + units
    return ordinary, book


def by_brute_force(steps, orders):
    """Every fixed point: sets of people who are in at the very price that they make.

    A price puts a set of people in; their units make a price. Where the two agree it stands. Of
    all that stand the one with the most people is taken. Written without the code under test.
    """
    standing = []
    for candidate in {price for _units, price in steps}:
        people = [one for one in orders if one[1] is None or one[1] >= candidate]
        units = sum(one[0] for one in people)
        made = [price for need, price in sorted(steps) if need <= units]
        if made and made[-1] == candidate:
            standing.append((len(people), units, candidate))
    return max(standing, default=(0, 0, None))[1:]


def cleared(steps, orders):
    found = clearing.clear(steps, *book_of(orders))
    return found.units, found.unit_minor


def test_thousands_of_random_books_clear_as_by_brute_force():
    lot = random.Random(24)
    several = 0
    for _book in range(5_000):
        count = lot.randint(1, 5)
        prices = sorted(lot.sample(range(10, 60), count), reverse=True)
        needs = [1, *sorted(lot.sample(range(2, 30), count - 1))]
        steps = list(zip(needs, prices, strict=True))
        orders = [
            (lot.randint(1, 5), lot.choice([None, *prices])) for _order in range(lot.randint(0, 12))
        ]
        assert cleared(steps, orders) == by_brute_force(steps, orders), (steps, orders)
        several += cleared(steps, orders)[1] not in (
            None,
            pricing.ladder(steps, book_of(orders)[0]),
        )
    # The books are not trivial: limit orders decide the price in many of them.
    assert several > 1_000


@given(markets())
def test_who_is_in_makes_the_price_that_lets_them_in(market):
    steps, orders = market
    units, price = cleared(steps, orders)
    if price is not None:
        assert pricing.ladder(steps, units) == price
        assert units == sum(n for n, limit in orders if limit is None or limit >= price)


@given(markets(), st.randoms())
def test_the_price_depends_on_the_orders_not_on_their_sequence(market, lot):
    steps, orders = market
    mixed = lot.sample(orders, len(orders))
    assert cleared(steps, orders) == cleared(steps, mixed)


@given(markets())
def test_one_order_more_never_raises_the_price(market):
    steps, orders = market
    for place in range(len(orders)):
        before, after = cleared(steps, orders[:place])[1], cleared(steps, orders[: place + 1])[1]
        assert before is None or (after is not None and after <= before)


@given(markets())
def test_a_limit_order_that_is_not_in_changes_nothing(market):
    steps, orders = market
    price = cleared(steps, orders)[1]
    if price is not None:
        inside = [one for one in orders if one[1] is None or one[1] >= price]
        assert cleared(steps, inside) == cleared(steps, orders)


@given(markets())
def test_so_many_units_more_reach_the_next_price_and_one_fewer_does_not(market):
    steps, orders = market
    ordinary, book = book_of(orders)
    found = clearing.clear(steps, ordinary, book)
    if found.unit_minor is None:
        return
    ahead = clearing.next_step(steps, found.units, book, found.unit_minor)
    if ahead is None:
        assert found.unit_minor == min(price for _units, price in steps)
        return
    missing, price = ahead
    assert clearing.clear(steps, ordinary + missing, book).unit_minor == price
    assert clearing.clear(steps, ordinary + missing - 1, book).unit_minor == found.unit_minor


@given(markets(), st.data())
def test_cancellations_never_raise_the_final_price_above_what_anybody_was_shown(market, data):
    steps, orders = market
    reached, held, shown = None, [], []
    for units, limit in orders:
        price = clearing.final(steps, *book_of(held), reached, []).unit_minor
        now = steps[0][1] if price is None else price
        held.append((units, limit))
        shown.append(now if limit is None else limit)
        reached = clearing.final(steps, *book_of(held), reached, []).unit_minor
        if data.draw(st.booleans()):
            place = data.draw(st.integers(0, len(held) - 1))
            del held[place], shown[place]
    ordinary = [price for price, one in zip(shown, held, strict=True) if one[1] is None]
    end = clearing.final(steps, *book_of(held), reached, ordinary)
    for price, (_units, limit) in zip(shown, held, strict=True):
        is_in = limit is None or end.unit_minor is None or end.unit_minor <= limit
        assert not is_in or end.unit_minor is None or end.unit_minor <= price


@pytest.mark.parametrize(
    ("ordinary", "book", "price", "units"),
    [
        (0, {}, None, 0),
        (2, {}, 329, 2),
        (2, {289: 1}, 289, 3),  # "at most" includes the price itself
        (2, {259: 3}, 259, 5),  # the second step is jumped over
        (2, {259: 2}, 329, 2),  # one too few: they stay out and move nothing
        (2, {289: 1, 259: 2}, 259, 5),  # those of 289 are in at 259 as well
        (0, {259: 5}, 259, 5),  # nobody without a limit
        (0, {259: 4}, None, 0),
    ],
)
def test_by_hand(ordinary, book, price, units):
    assert clearing.clear(STEPS, ordinary, book) == clearing.Cleared(price, units)


def test_the_next_price_is_the_one_with_the_fewest_units_missing():
    # The 289 needs two more; the 259 has four who wait for it and needs one.
    assert clearing.next_step([(1, 329), (4, 289), (7, 259)], 2, {259: 4}, 329) == (1, 259)
    # Equally near: the cheaper one would hold.
    assert clearing.next_step(STEPS, 2, {259: 2}, 329) == (1, 259)
    assert clearing.next_step(STEPS, 2, {}, 329) == (1, 289)
    assert clearing.next_step(STEPS, 4, {}, 259) is None
