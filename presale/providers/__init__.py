"""Payment providers by their slug; which one takes new payments is a setting."""

from collections.abc import Callable
from functools import cache

from django.conf import settings

from presale.providers.base import Misconfigured, Provider
from presale.providers.demo import DemoProvider
from presale.providers.guard import refuse_inside_transaction

__all__ = ["current", "get", "refuse_inside_transaction"]


def _stripe() -> Provider:
    # Its client takes a second to import; an installation without Stripe never waits for it.
    from presale.providers.stripe import StripeProvider

    return StripeProvider()


_makers: dict[str, Callable[[], Provider]] = {"demo": DemoProvider, "stripe": _stripe}


@cache
def get(slug: str) -> Provider:
    """The provider an attempt was made with."""
    if slug not in _makers:
        raise Misconfigured(slug)
    return _makers[slug]()


def current() -> Provider:
    """The provider for new payments. Raises `Misconfigured` when there is none."""
    return get(settings.PAYMENT_PROVIDER)
