"""Figures are read strictly: what a person did not plainly write is refused."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from presale.forms.fields import LocalTimeField, MoneyField, WholeNumberField


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1e3", "1000000000", "１２", "NaN", "+3", "6"])
def test_a_quantity_that_is_not_plainly_within_its_limits_is_refused(text):
    with pytest.raises(ValidationError):
        WholeNumberField(least=1, most=5).clean(text)


def test_a_plain_quantity_is_read():
    assert WholeNumberField(least=1, most=5).clean(" 5 ") == 5


@pytest.mark.parametrize("text", ["-1", "1e3", "28,90", "28.905", "０", "999999999", "0.001"])
def test_an_amount_that_is_not_plain_money_is_refused(text):
    with pytest.raises(ValidationError):
        MoneyField(currency="CNY").clean(text)


def test_an_amount_becomes_minor_units_and_back():
    field = MoneyField(currency="CNY")
    assert field.clean("28.5") == 2_850
    assert field.prepare_value(2_850) == "28.50"
    assert MoneyField(currency="JPY").clean("289") == 289


def test_a_wall_time_is_read_in_its_zone():
    field = LocalTimeField(zone_name="Asia/Shanghai")
    assert field.clean("2027-03-01T20:00") == dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
    assert field.prepare_value(dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)) == "2027-03-01T20:00"


@pytest.mark.parametrize("text", ["2027-03-28T02:30", "2027-10-31T02:30"])
def test_a_wall_time_that_is_skipped_or_doubled_is_refused(text):
    with pytest.raises(ValidationError):
        LocalTimeField(zone_name="Europe/Berlin").clean(text)


@pytest.mark.parametrize("text", ["tomorrow", "2027-03-01T20:00Z", "0001-01-01", "2027-13-01"])
def test_what_is_no_wall_time_is_refused(text):
    with pytest.raises(ValidationError):
        LocalTimeField(zone_name="Europe/Berlin").clean(text)
