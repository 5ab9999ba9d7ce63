import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import NotMoney, format_minor, parse_minor, split_largest_remainder


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (28900, "CNY", "en", "¥289"),
        (28950, "CNY", "zh-hans", "¥289.50"),
        (500, "JPY", "en", "¥500"),
        (123456, "EUR", "en", "€1,234.56"),
        (-5000, "USD", "en", "-$50"),
    ],
)
def test_amounts_are_written_as_people_write_them(minor, currency, language, text):
    assert format_minor(minor, currency, language) == text


@pytest.mark.parametrize("text", ["", "-1", "1e3", "1.005", "１２", "1,000", "NaN", "1.5.2"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(NotMoney):
        parse_minor(text, "CNY")


@given(st.integers(0, 10**8), st.lists(st.integers(0, 10**5), min_size=1, max_size=9))
def test_parts_add_up_to_the_whole(total, weights):
    parts = split_largest_remainder(total, weights)
    assert sum(parts) == (total if sum(weights) else 0)
