"""Limits on bursts."""

import pytest

from core.ratelimit import Limit, TooMany, spend

TWO = Limit("two", 2, 60)


def test_the_limit_holds_within_the_window_and_says_when_to_come_back():
    spend("ada", TWO, at=120.0)
    spend("ada", TWO, at=130.0)
    with pytest.raises(TooMany) as refused:
        spend("ada", TWO, at=150.0)
    assert refused.value.retry_after == 30
    spend("ada", TWO, at=180.0)


def test_everybody_and_every_thing_is_counted_apart():
    for _time in range(2):
        spend("ada", TWO, at=120.0)
    spend("kenji", TWO, at=120.0)
    spend("ada", Limit("other", 2, 60), at=120.0)


def test_several_limits_all_hold():
    many = Limit("many", 100, 10)
    for _time in range(2):
        spend("ada", many, TWO, at=120.0)
    with pytest.raises(TooMany):
        spend("ada", many, TWO, at=120.0)
