"""Money as integer minor units of one ISO currency. No floats, no decimals, no network."""

import re
from typing import Final

from babel.numbers import format_currency, get_currency_symbol

# Minor-unit digits of the currencies a brand may choose. Left out on purpose: currencies whose
# provider rules differ from ISO 4217 (ISK, UGX, HUF, TWD) and those with three digits.
EXPONENTS: Final[dict[str, int]] = {
    "AUD": 2, "CAD": 2, "CHF": 2, "CNY": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2,
    "JPY": 0, "KRW": 0, "NOK": 2, "NZD": 2, "SEK": 2, "SGD": 2, "USD": 2,
}  # fmt: skip
# The smallest charge a provider takes, about half a US dollar, in minor units.
MINIMUM_CHARGE: Final[dict[str, int]] = {
    "AUD": 50, "CAD": 50, "CHF": 50, "CNY": 400, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400,
    "JPY": 50, "KRW": 500, "NOK": 300, "NZD": 50, "SEK": 300, "SGD": 50, "USD": 50,
}  # fmt: skip
MAXIMUM_CHARGE: Final = 99_999_999
CURRENCY_CHOICES: Final = [(code, code) for code in EXPONENTS]


class NotMoney(ValueError):
    """The text is no amount of that currency."""


def format_minor(minor: int, currency: str, language: str = "en") -> str:
    """`28900, "CNY", "zh-hans"` becomes `¥289.00`; whole amounts keep no empty decimals."""
    digits = EXPONENTS[currency]
    whole = minor % 10**digits == 0
    locale = "zh_Hans_CN" if language.startswith("zh") else "en_US"
    pattern = "¤#,##0" if whole or not digits else "¤#,##0." + "0" * digits
    value = minor / 10**digits if digits else minor
    text = format_currency(value, currency, format=pattern, locale=locale, currency_digits=False)
    # In English "CN¥" would be printed; the brand has one currency, so its short sign is plain.
    short = get_currency_symbol(currency, locale="zh_Hans_CN")
    long = get_currency_symbol(currency, locale=locale)
    return text.replace(long, short) if currency == "CNY" else text


def parse_minor(text: str, currency: str) -> int:
    """`"289.5", "CNY"` becomes `28950`. Raises `NotMoney` for anything but a plain amount."""
    digits = EXPONENTS[currency]
    match = re.fullmatch(r"([0-9]{1,8})(?:\.([0-9]{1,3}))?", text.strip(), re.ASCII)
    if not match or len(match[2] or "") > digits:
        raise NotMoney(text)
    return int(match[1]) * 10**digits + int((match[2] or "").ljust(digits, "0") or 0)


def split_largest_remainder(total: int, weights: list[int]) -> list[int]:
    """Split `total` in proportion to `weights` so that the parts add up to it exactly."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
