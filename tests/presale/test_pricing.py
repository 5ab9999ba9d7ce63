"""Prices: pure functions, checked over many ladders and orders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presale import clearing, pricing

WORTH = 15_000


@st.composite
def ladders(draw):
    """A ladder whose prices fall from step to step."""
    count = draw(st.integers(1, 5))
    prices = sorted(
        draw(st.sets(st.integers(1_000, 99_999), min_size=count, max_size=count)), reverse=True
    )
    later = st.sets(st.integers(2, 500), min_size=count - 1, max_size=count - 1)
    return list(zip([1, *sorted(draw(later))], prices, strict=True))


lines = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5_000)), min_size=1, max_size=4)


def test_a_deposit_worth_more_than_paid_takes_off_its_worth():
    assert pricing.credit(100, WORTH) == 150
    assert pricing.due([(1, 0)], 1000, 0, 100, WORTH) == 850
    quote = pricing.quote([(1, 0)], 1000, 0, 100, WORTH)
    assert (quote.deposit_minor, quote.later_minor, quote.bonus_minor) == (100, 850, 50)
    assert quote.total_minor == 950


def test_credit_is_rounded_down():
    assert pricing.credit(333, 12_500) == 416


@pytest.mark.parametrize(
    ("units", "price"), [(0, 329), (1, 329), (2, 329), (3, 289), (4, 289), (5, 259), (99, 259)]
)
def test_the_step_reached_is_the_price(units, price):
    assert pricing.ladder([(1, 329), (3, 289), (5, 259)], units) == price


def test_a_price_once_reached_stays_when_units_are_cancelled():
    steps = [(1, 329), (3, 289), (5, 259)]
    assert pricing.unit_now(steps, 2, 259) == 259
    assert clearing.next_step(steps, 2, {}, 259) is None


@given(ladders(), st.integers(0, 600), st.integers(0, 600))
def test_more_units_never_cost_more(steps, few, more):
    few, more = sorted((few, more))
    assert pricing.ladder(steps, more) <= pricing.ladder(steps, few)


@given(ladders(), st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=30))
def test_nobody_pays_more_than_the_price_shown_when_they_ordered(steps, arrivals):
    units, reached, held = 0, None, []
    for quantity, stays in arrivals:
        shown = pricing.unit_now(steps, units, reached)
        units += quantity
        reached = pricing.unit_now(steps, units, reached)
        if stays:
            held.append(shown)
        else:
            units -= quantity
    final = clearing.final(steps, units, {}, reached, held).unit_minor or steps[0][1]
    assert all(final <= shown for shown in held)
    assert final in [price for _units, price in steps]
    assert final <= pricing.ladder(steps, units)


@given(ladders(), st.permutations(range(6)))
def test_the_final_price_does_not_depend_on_the_order_of_deposits(steps, order):
    quantities = [1, 7, 20, 60, 150, 3]
    units, reached = 0, None
    for place in order:
        units += quantities[place]
        reached = pricing.unit_now(steps, units, reached)
    assert clearing.final(steps, units, {}, reached, []).unit_minor == pricing.ladder(steps, 241)


@given(
    lines,
    st.integers(1, 99_999),
    st.integers(0, 9_999),
    st.integers(1, 9_999),
    st.integers(10_000, 20_000),
)
def test_a_quote_adds_up_and_owes_nothing_below_zero(lines, unit, shipping, deposit, worth):
    quote = pricing.quote(lines, unit, shipping, deposit, worth)
    whole = quote.goods_minor + quote.shipping_minor
    assert quote.later_minor >= 0
    assert quote.deposit_minor + quote.bonus_minor + quote.later_minor == whole
    units = sum(quantity for quantity, _ in lines)
    if units * pricing.credit(deposit, worth) <= whole:
        assert 0 <= quote.bonus_minor <= units * deposit


@given(lines, st.integers(1, 99_999), st.integers(1, 99_999))
def test_a_lower_price_never_raises_the_balance(lines, one, other):
    low, high = sorted((one, other))
    assert pricing.due(lines, low, 500, 900, 10_000) <= pricing.due(lines, high, 500, 900, 10_000)


def test_the_worst_case_of_the_brand():
    worst = pricing.worst_case([(1, 32900), (100, 25900)], 100, 5000, WORTH)
    # 25,900 less 2,500 that nobody paid, a hundred times.
    assert worst.revenue_minor == 100 * 23400
    assert worst.unpaid_revenue_minor == 500_000
    # 99 deposits refunded; 2.9 % and 0.30 of each are gone.
    assert worst.lost_fees_minor == 99 * (145 + 30)


@given(st.integers(0, 10**8), st.integers(0, 3_000))
def test_tax_inside_a_price_is_never_more_than_its_share(gross, rate):
    tax = pricing.tax_included(gross, rate)
    assert 0 <= tax <= gross
    assert tax * (10_000 + rate) <= gross * rate < (tax + 1) * (10_000 + rate)
