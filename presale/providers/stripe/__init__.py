"""Stripe behind the provider protocol, through its official client.

The deposit is a Checkout Session, the balance a PaymentIntent that is created, stored, looked at
and only then confirmed. What the client says is translated here; nothing outside imports it.
"""

from presale.providers.stripe.provider import StripeProvider

__all__ = ["StripeProvider"]
