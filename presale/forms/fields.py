"""Fields that read figures and times strictly: no signs, no exponents, plain digits only."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.money import EXPONENTS, MAXIMUM_CHARGE, NotMoney, parse_minor


class WholeNumberField(forms.CharField):
    """A whole number in plain ASCII digits between two limits."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        kwargs.setdefault("max_length", 12)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The number, or None where it may be left empty."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        if not re.fullmatch(r"[0-9]{1,12}", text, re.ASCII):
            raise ValidationError(_("Write a whole number in digits."), code="not-whole")
        number = int(text)
        if not self.least <= number <= self.most:
            raise ValidationError(
                _("It must be between %(least)s and %(most)s."),
                code="out-of-range",
                params={"least": self.least, "most": self.most},
            )
        return number


class MoneyField(forms.CharField):
    """An amount in major units of `currency`, cleaned to minor units."""

    def __init__(self, *, currency: str, least: int = 0, **kwargs: Any) -> None:
        self.currency, self.least = currency, least
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        kwargs.setdefault("max_length", 12)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Minor units become what a person types; typed text stays as it was."""
        return amount_text(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Minor units, or None where it may be left empty."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            minor = parse_minor(text, self.currency)
        except NotMoney:
            raise ValidationError(
                _("Write an amount in %(currency)s, such as 289 or 28.50."),
                code="not-money",
                params={"currency": self.currency},
            ) from None
        if not self.least <= minor <= MAXIMUM_CHARGE:
            raise ValidationError(
                _("It must be between %(least)s and %(most)s %(currency)s."),
                code="out-of-range",
                params={
                    "least": amount_text(self.least, self.currency),
                    "most": amount_text(MAXIMUM_CHARGE, self.currency),
                    "currency": self.currency,
                },
            )
        return minor


def amount_text(minor: int, currency: str) -> str:
    """`28950, "CNY"` becomes `289.50`; whole amounts lose their empty decimals."""
    digits = EXPONENTS[currency]
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}d}" if part else str(whole)


class LocalTimeField(forms.CharField):
    """A wall-clock time in the zone of `zone_name`, cleaned to an instant.

    A time that the zone skips or has twice (a change of the clocks) is refused, because nobody
    could tell which instant was promised.
    """

    def __init__(self, *, zone_name: str, **kwargs: Any) -> None:
        self.zone_name = zone_name
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The instant as the browser's own control writes it."""
        if isinstance(value, dt.datetime):
            return value.astimezone(ZoneInfo(self.zone_name)).strftime("%Y-%m-%dT%H:%M")
        return value

    def clean(self, value: Any) -> Any:
        """The instant in UTC, or None where it may be left empty."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            naive = dt.datetime.fromisoformat(text)
        except ValueError:
            naive = None
        if naive is None or naive.tzinfo or not 2000 < naive.year < 2200:
            raise ValidationError(
                _("Write a date and a time, such as 2027-03-01T20:00."), code="not-a-time"
            )
        return self._instant(naive)

    def _instant(self, naive: dt.datetime) -> dt.datetime:
        zone = ZoneInfo(self.zone_name)
        first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            raise ValidationError(
                _("The clocks in %(zone)s change at that time. Choose another hour."),
                code="clock-change",
                params={"zone": self.zone_name},
            )
        return first.astimezone(dt.UTC)
