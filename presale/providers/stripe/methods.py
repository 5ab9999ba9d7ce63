"""Ways to pay: which of them a currency allows, how long each can be refunded."""

import datetime as dt
from typing import Any, Final

from django.conf import settings

from core.money import MAXIMUM_CHARGE, MINIMUM_CHARGE
from presale.providers.base import Caps

# Days after the payment in which money can go back, by Stripe's documentation. A card has no
# printed end; after half a year banks begin to refuse.
REFUND_WINDOWS: Final = {"card": 180, "link": 180, "alipay": 90, "wechat_pay": 180}
CURRENCIES: Final = {
    "alipay": {"AUD", "CAD", "CNY", "EUR", "GBP", "HKD", "JPY", "NZD", "SGD", "USD"},
    "wechat_pay": {
        "AUD", "CAD", "CHF", "CNY", "DKK", "EUR", "GBP", "HKD", "JPY", "NOK", "SEK", "SGD", "USD",
    },
}  # fmt: skip
# Stripe takes 30 minutes to 24 hours, counted when the request arrives; a minute is left for that.
SESSION_MIN: Final = dt.timedelta(minutes=31)
SESSION_MAX: Final = dt.timedelta(hours=24) - dt.timedelta(minutes=1)


def methods_for(currency: str) -> list[str]:
    """The ways to pay that are switched on and take that currency; cards always are."""
    wanted = dict.fromkeys(["card", *settings.STRIPE_METHODS])
    return [name for name in wanted if currency in CURRENCIES.get(name, {currency})]


def caps_for(currency: str) -> Caps:
    """What may be asked for in that currency."""
    shortest = min(methods_for(currency), key=lambda name: REFUND_WINDOWS[name])
    return Caps(
        off_session=True,
        reusable=True,
        refund_window_days=REFUND_WINDOWS[shortest],
        shortest_method=shortest,
        min_minor=MINIMUM_CHARGE[currency],
        max_minor=MAXIMUM_CHARGE,
        session_min=SESSION_MIN,
        session_max=SESSION_MAX,
    )


def options_for(methods: list[str], save: bool) -> dict[str, Any]:
    """What each way is told. Only cards are saved, so that wallets stay on the deposit's page."""
    options: dict[str, Any] = {}
    if save:
        options["card"] = {"setup_future_usage": "off_session"}
    if "wechat_pay" in methods:
        options["wechat_pay"] = {"client": "web"}
    return options
