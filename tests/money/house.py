"""A campaign, its buyers and Stripe's stand-in, by the shop's own actions and addresses."""

import datetime as dt
import os
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from designs.models import Thread
from presale import audit, ticks
from presale.actions import campaigns, orders, payments
from presale.actions.orders import Address, Buyer, Wanted
from presale.models import Attempt, Campaign, PreOrder, PriceStep, Variant
from tests import cast
from tests.stripe_peer.client import Peer

FULL = os.environ.get("FULL_PROOF") == "1"
HOUR, DAY, MINUTE = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(minutes=1)
STEPS = {1: 32900, 3: 28900, 5: 25900}
DEPOSIT = 5000
HOME = Address(name="Ada Byron", address1="1 Mill Lane", city="Leeds", country="GB")
GOOD, ASKS, LATER_NO = "4242424242424242", "4000002760003184", "4000000000000341"


def opened(quotas: dict[str, int | None] | None = None, **fields: Any) -> Campaign:
    """A campaign with open deposits; `quotas` by SKU, none for no bound."""
    design = cast.design()
    house, now = design.brief.brand, timezone.now()
    made = Campaign.objects.create(
        **{
            "brand": house, "revision": design.revisions.get(), "title": "Windbreaker",
            "story": "A jacket.", "risks": "The zip.", "currency": "CNY", "opens_at": now - HOUR,
            "closes_at": now + 14 * DAY, "ship_by": (now + 120 * DAY).date(), "minimum": 1,
            "delivery_promise": "In one parcel.", "time_zone": "Asia/Shanghai",
            "production_minimum": 1, "deposit_minor": DEPOSIT, "person_limit": 4,
            "tax_rate_bp": 1300, "thread": Thread.objects.create(), "form_key": uuid.uuid4(),
            "created_by": house.applicant, "created_at": now, **fields,
        }
    )  # fmt: skip
    PriceStep.objects.bulk_create(
        PriceStep(campaign=made, min_units=units, unit_minor=price)
        for units, price in STEPS.items()
    )
    for place, (sku, quota) in enumerate((quotas or {"B": None}).items()):
        Variant.objects.create(campaign=made, label=sku, sku=sku, position=place, quota=quota)
    return campaigns.publish(made, actor="user:1", now=now)


def reserved(campaign: Campaign, name: str = "Ada", **more: Any) -> PreOrder:
    """An order whose deposit is not paid; `sku`, `quantity`, `now` and others may be given."""
    who, sku, quantity = cast.person(name), more.pop("sku", "B"), more.pop("quantity", 1)
    return orders.reserve(
        campaign,
        **{
            "buyer": Buyer(email=who.email, user=who),
            "address": HOME,
            "wanted": [Wanted(campaign.variants.get(sku=sku).pk, quantity)],
            "total_seen_minor": 10**8,
            "consent_text": "I agree.",
            "form_key": uuid.uuid4(),
            "now": timezone.now(),
            "auto_charge": True,
            **more,
        },
    )


def fresh(order: PreOrder) -> PreOrder:
    """The order as it is now."""
    return PreOrder.objects.select_related("campaign").get(pk=order.pk)


def anchor_of(order: PreOrder) -> str:
    """The object at Stripe of the order's newest attempt."""
    found = Attempt.objects.filter(obligation__order=order).latest("pk").anchor_ref
    assert found
    return found


def pay_page(peer: Peer, order: PreOrder, card: str = GOOD, now: Any = None) -> None:
    """Open the deposit's page and pay there; nothing is heard of it yet."""
    payments.start_deposit(fresh(order), now=now or timezone.now())
    peer.tell("pay", ref=anchor_of(order), card=card)
    if card == ASKS:
        peer.tell("confirm", ref=anchor_of(order))


def deposited(peer: Peer, campaign: Campaign, name: str = "Ada", **more: Any) -> PreOrder:
    """An order with a paid deposit."""
    card = more.pop("card", GOOD)
    order = reserved(campaign, name, **more)
    pay_page(peer, order, card, more.get("now"))
    hear(peer, more.get("now"))
    return fresh(order)


def counted(campaign: Campaign, now: Any = None) -> Campaign:
    """Closed early and counted; balances are announced."""
    now = now or timezone.now()
    campaigns.close_early(campaign, actor="user:1", reason="Enough.", now=now)
    ticks.run_all(now)
    campaign.refresh_from_db()
    return campaign


def send(client: Client, one: dict[str, str]) -> int:
    """One event arrives; the status it is answered with."""
    return client.post(
        reverse("presale:webhook", args=["stripe"]), one["body"].encode(),
        content_type="application/json", headers={"Stripe-Signature": one["signature"]},
    ).status_code  # fmt: skip


def hear(peer: Peer, now: Any = None, **wish: Any) -> None:
    """All events that wait arrive and are worked on."""
    client = Client()
    for one in peer.tell("take", **wish):
        assert send(client, one) == 200
    while ticks.process_inbox(now or timezone.now()):
        pass


def sound(*but: str) -> None:
    """Every invariant of the money holds; `but` names checks broken on purpose."""
    assert list(audit.findings(but=but)) == []


# -- The truth, as the peer knows it -----------------------------------------------------------
def charged(peer: Peer) -> list[int]:
    """Amounts of all payments that succeeded, oldest first."""
    return [row["amount"] for row in peer.all("charge") if row["status"] == "succeeded"]


def returned(peer: Peer) -> list[int]:
    """Amounts of all refunds that did not fail."""
    return [row["amount"] for row in peer.all("refund") if row["status"] != "failed"]


# -- What a brand does -------------------------------------------------------------------------
SAYS = {"actor": "user:1", "reason": "A reason."}


def close_early(campaign: Campaign, now: dt.datetime) -> None:
    """No more deposits."""
    campaigns.close_early(campaign, **SAYS, now=now)


def extend(campaign: Campaign, closes_at: dt.datetime, now: dt.datetime) -> None:
    """The close is moved."""
    campaigns.extend(campaign, closes_at=closes_at, **SAYS, now=now)


def call_off(campaign: Campaign, now: dt.datetime) -> None:
    """The campaign is cancelled."""
    campaigns.cancel(campaign, **SAYS, now=now)


def proceed(campaign: Campaign, now: dt.datetime) -> None:
    """Made although fewer were paid."""
    campaigns.proceed(campaign, **SAYS, now=now)
