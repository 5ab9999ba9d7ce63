"""Payment providers by their slug; which one takes new payments is a setting."""

from django.conf import settings
from django.db import connection

from presale.providers.base import Misconfigured, Provider
from presale.providers.demo import DemoProvider

_providers: dict[str, Provider] = {"demo": DemoProvider()}


def get(slug: str) -> Provider:
    """The provider an attempt was made with."""
    try:
        return _providers[slug]
    except KeyError:
        raise Misconfigured(slug) from None


def current() -> Provider:
    """The provider for new payments. Raises `Misconfigured` when there is none."""
    return get(settings.PAYMENT_PROVIDER)


def refuse_inside_transaction() -> None:
    """A provider must not be called in a transaction: its answer could not be undone with it."""
    # A test case's own wrapper is not a transaction of ours.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("A payment provider was about to be called inside a transaction.")
