"""The provider protocol over Stripe."""

import datetime as dt
from typing import Any

from django.conf import settings

from core.clock import now
from presale.providers.base import (
    Anchor,
    AnchorState,
    Caps,
    DisputeState,
    Event,
    Movement,
    Provider,
    RefundState,
    Rejected,
    Unknown,
)
from presale.providers.stripe import events, finding, methods, statement
from presale.providers.stripe.client import asking, is_live, once
from presale.providers.stripe.reading import (
    INTENT_PARTS,
    SESSION_PARTS,
    plain,
    stamp,
    state_of_dispute,
    state_of_intent,
    state_of_refund,
    state_of_session,
)


class StripeProvider(Provider):
    """Stripe: sessions (`cs_`) for pages, intents (`pi_`) for saved cards."""

    slug = "stripe"

    def caps(self, currency: str) -> Caps:
        """What may be asked for in that currency."""
        return methods.caps_for(currency)

    def ensure_customer(self, *, email: str, key: str) -> str:
        """The customer made for that key, or a new one.

        Looked up instead of kept by an idempotency key, which would be forgotten after a day. Two
        made at the same moment do no harm: an order keeps the one it was given.
        """
        with asking() as client:
            for found in client.v1.customers.list({"email": email, "limit": 100}).data:
                if plain(found.metadata).get("key") == key:
                    return found.id
            return client.v1.customers.create({"email": email, "metadata": {"key": key}}).id

    def open_checkout(
        self,
        *,
        amount_minor: int,
        currency: str,
        customer: str,
        key: str,
        metadata: dict[str, str],
        save_method: bool,
        success_url: str,
        cancel_url: str,
        expires_at: dt.datetime,
    ) -> Anchor:
        """Open a Checkout Session; its card is saved for later when asked."""
        ways = methods.methods_for(currency)
        marks = {**metadata, "key": key, "via": "checkout"}
        soonest, latest = now() + methods.SESSION_MIN, now() + methods.SESSION_MAX
        params: Any = {
            "mode": "payment",
            "customer": customer,
            "success_url": success_url,
            "cancel_url": cancel_url,
            # Sent late, the page would live less than Stripe allows; ending it is our job anyway.
            "expires_at": stamp(min(max(expires_at, soonest), latest)),
            "line_items": [_line(amount_minor, currency, metadata)],
            "allowed_payment_method_types": ways,
            "payment_method_options": methods.options_for(ways, save_method),
            # Paid in other money, the amount would not be the one we asked for.
            "adaptive_pricing": {"enabled": False},
            "metadata": marks,
            "payment_intent_data": {"metadata": marks, "capture_method": "automatic"},
        }

        def create(key: str) -> Anchor:
            with asking() as client:
                made = client.v1.checkout.sessions.create(params, {"idempotency_key": key})
            return Anchor(made.id, made.url or "")

        return finding.once_found(create, key, customer, amount_minor, currency)

    def create_charge(
        self,
        *,
        amount_minor: int,
        currency: str,
        customer: str,
        key: str,
        metadata: dict[str, str],
    ) -> Anchor:
        """Create a PaymentIntent for a saved card; nothing moves before it is confirmed."""
        params: Any = {
            "amount": amount_minor,
            "currency": currency.lower(),
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            # Only then the fee is there together with the payment.
            "capture_method": "automatic",
            "metadata": {**metadata, "key": key, "via": "charge"},
        }

        def create(key: str) -> Anchor:
            with asking() as client:
                made = client.v1.payment_intents.create(params, {"idempotency_key": key})
            return Anchor(made.id)

        return finding.once_found(create, key, customer, amount_minor, currency)

    def confirm_charge(
        self, ref: str, *, method: str, off_session: bool, key: str, return_url: str
    ) -> AnchorState:
        """Move the money by the saved card; with its holder there, their bank may ask them."""
        params: Any = {
            "payment_method": method,
            "return_url": return_url,
            "expand": INTENT_PARTS,
            **({"off_session": True} if off_session else {}),
        }
        try:
            with asking() as client:
                done = client.v1.payment_intents.confirm(ref, params, {"idempotency_key": key})
            return state_of_intent(done)
        except Rejected as error:
            # Somebody was faster: what they did is the answer, unless nothing can come of it.
            state = self.fetch(ref)
            if state.status in ("dead", "open"):
                raise error
            return state

    def kill(self, ref: str) -> AnchorState:
        """Expire the session or cancel the intent; `dead` and `paid` are looked at, not assumed.

        Money that is under way can neither be stopped nor counted: that is `Unknown`.
        """
        try:
            with asking() as client:
                if ref.startswith("cs_"):
                    client.v1.checkout.sessions.expire(ref)
                else:
                    client.v1.payment_intents.cancel(ref)
        except Rejected:
            pass  # it is over already, in one way or the other
        state = self.fetch(ref)
        if state.status not in ("dead", "paid"):
            raise Unknown(state.status)
        return state

    def fetch(self, ref: str) -> AnchorState:
        """The state of a session or an intent now."""
        with asking() as client:
            if ref.startswith("cs_"):
                wish: Any = {"expand": SESSION_PARTS}
                return state_of_session(client.v1.checkout.sessions.retrieve(ref, wish))
            return state_of_intent(
                client.v1.payment_intents.retrieve(ref, {"expand": INTENT_PARTS})
            )

    def find(self, *, key: str, customer: str, since: dt.datetime) -> list[Anchor]:
        """Sessions and intents made with that key; by list, because search lags behind."""
        return finding.anchors(key, customer, since)

    def refund(
        self, *, charge_ref: str, amount_minor: int, key: str, metadata: dict[str, str]
    ) -> RefundState:
        """Send money back, once per key; above what is left Stripe refuses."""
        params: Any = {"charge": charge_ref, "amount": amount_minor, "metadata": metadata}

        def create(key: str) -> RefundState:
            with asking() as client:
                return state_of_refund(client.v1.refunds.create(params, {"idempotency_key": key}))

        def look() -> RefundState | None:
            if not metadata:  # nothing to know it by, so another must not be sent
                raise Unknown("stored failure")
            rows = self.find_refunds(charge_ref)
            return next((row for row in rows if row.metadata == metadata), None)

        return once(create, look, key)

    def fetch_refund(self, ref: str) -> RefundState:
        """The state of a refund now."""
        with asking() as client:
            return state_of_refund(client.v1.refunds.retrieve(ref))

    def find_refunds(self, charge_ref: str) -> list[RefundState]:
        """All refunds of a charge, those made by hand included."""
        with asking() as client:
            rows = client.v1.refunds.list({"charge": charge_ref, "limit": 100})
            return [state_of_refund(row) for row in rows.auto_paging_iter()]

    def fetch_dispute(self, ref: str) -> DisputeState:
        """The state of a dispute now."""
        with asking() as client:
            return state_of_dispute(client.v1.disputes.retrieve(ref))

    def dispute_url(self, ref: str) -> str:
        """The dispute in Stripe's dashboard, where it is answered."""
        mode = "" if is_live() else "test/"
        return f"https://dashboard.stripe.com/{mode}disputes/{ref}"

    def parse_event(self, body: bytes, headers: dict[str, str], now: dt.datetime) -> Event:
        """Check signature and time with each secret before a byte of the body is read."""
        return events.parse_event(body, headers, now)

    def movements(self, since: dt.datetime, until: dt.datetime) -> list[Movement]:
        """The account's balance transactions, as charges, fees and refunds."""
        return statement.movements(since, until)


def _line(amount_minor: int, currency: str, metadata: dict[str, str]) -> dict[str, Any]:
    name = f"{settings.SITE_NAME} {metadata.get('order', '')}".strip()
    price = {
        "currency": currency.lower(),
        "unit_amount": amount_minor,
        "product_data": {"name": name},
    }
    return {"quantity": 1, "price_data": price}
