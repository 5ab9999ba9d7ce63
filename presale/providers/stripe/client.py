"""The official client as we use it, and its errors in the words all providers share."""

import contextlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, TypeVar

import stripe
from django.conf import settings

from presale.providers.base import Declined, Misconfigured, Rejected, Unknown
from presale.providers.guard import refuse_inside_transaction
from presale.providers.stripe.declines import decline_of

# Endpoint, client and this must agree: what is sent, what comes back and what events carry.
API_VERSION: Final = "2026-10-28.endive"
# Seconds to connect and to wait. The client's own 80 would hold a worker for as long.
TIMEOUT: Final = (3.05, 15.0)
# The client does not try again by itself: a repetition here begins with a look at what exists,
# and a stored 500 would only be repeated. Rows with a due time ask again.
RETRIES: Final = 0
LIVE_KEYS: Final = ("sk_live_", "rk_live_")
# How many failed answers stored under one key we step over before we wait for another day.
STORED_FAILURES: Final = 3
T = TypeVar("T")


class StoredFailure(Unknown):
    """Stripe repeats a failure it remembers under this key: that request is over."""


class KeyUsed(Rejected):
    """The key was used before with other parameters."""


def client() -> stripe.StripeClient:
    """The client for the key of the settings. Raises `Misconfigured` without one."""
    if not settings.STRIPE_API_KEY:
        raise Misconfigured("STRIPE_API_KEY")
    return _client(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)


@cache
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else {},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=RETRIES,
    )


def is_live() -> bool:
    """Whether the key moves real money."""
    return settings.STRIPE_API_KEY.startswith(LIVE_KEYS)


@contextlib.contextmanager
def asking() -> Iterator[stripe.StripeClient]:
    """The client, for one or more requests; what goes wrong comes out as a `ProviderError`."""
    refuse_inside_transaction()
    try:
        yield client()
    except stripe.StripeError as error:
        raise _translated(error) from error


def _translated(error: stripe.StripeError) -> Exception:
    status = error.http_status or 0
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if status >= 500 and headers.get("idempotent-replayed") == "true":
        return StoredFailure(str(status))
    # Lost, broken, busy: it may have happened all the same, so nothing is concluded from it.
    if status in (0, 409, 429) or status >= 500:
        return Unknown(f"{type(error).__name__} {status}")
    if isinstance(error, stripe.CardError):
        return Declined(decline_of(error.error), _intent_of(error))
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Misconfigured(f"{type(error).__name__} {status}")
    if isinstance(error, stripe.IdempotencyError):
        return KeyUsed("idempotency_mismatch")
    if isinstance(error, stripe.InvalidRequestError):
        return Rejected(error.code or error.user_message or "invalid_request")
    return Unknown(f"{type(error).__name__} {status}")


def _intent_of(error: stripe.CardError) -> str:
    intent = getattr(error.error, "payment_intent", None)
    return intent["id"] if intent else ""


def once(create: Callable[[str], T], look: Callable[[], T | None], key: str) -> T:
    """Create under a key, past failures that Stripe has stored under it.

    A repeated failure is the answer to a request that is over. When a look then finds nothing, it
    did nothing, and the next key is safe; the same key would fail until Stripe forgets it.
    """
    for n in range(STORED_FAILURES):
        try:
            return create(f"{key}-{n}" if n else key)
        except StoredFailure:
            found = look()
            if found is not None:
                return found
    raise Unknown("stored failures")
