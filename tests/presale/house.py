"""A campaign of Weft and people who order, for tests of the money."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from designs.models import Thread
from presale import queries, ticks
from presale.actions import campaigns, orders, payments
from presale.actions.orders import Address, Buyer, Wanted
from presale.models import BankIntent, Campaign, PreOrder, PriceStep, Variant
from presale.providers.demo import bank_decide
from tests import cast

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
HOME = Address(name="Ada Byron", address1="1 Mill Lane", city="Leeds", country="GB")


def draft(*, steps: Any = ((1, 32900), (3, 28900), (5, 25900)), **fields: Any) -> Campaign:
    """A draft with a blue variant without quota and a sand one limited to 4, 10.00 dearer."""
    design = cast.design()
    house = design.brief.brand
    now = timezone.now()
    made = Campaign.objects.create(
        **{
            "brand": house,
            "revision": design.revisions.get(),
            "title": "Windbreaker",
            "story": "A jacket.",
            "risks": "The zip may change.",
            "currency": "CNY",
            "opens_at": now - HOUR,
            "closes_at": now + 14 * DAY,
            "ship_by": (now + 90 * DAY).date(),
            "delivery_promise": "In one parcel.",
            "time_zone": "Asia/Shanghai",
            "minimum": 2,
            "production_minimum": 2,
            "deposit_minor": 5000,
            "person_limit": 4,
            "tax_rate_bp": 1300,
            "thread": Thread.objects.create(),
            "form_key": uuid.uuid4(),
            "created_by": house.applicant,
            "created_at": now,
            **fields,
        }
    )
    PriceStep.objects.bulk_create(
        PriceStep(campaign=made, min_units=units, unit_minor=price) for units, price in steps
    )
    Variant.objects.create(campaign=made, label="Blue", sku="B", position=0)
    Variant.objects.create(
        campaign=made, label="Sand", sku="S", position=1, surcharge_minor=1000, quota=4
    )
    Variant.objects.create(campaign=made, label="Grey", sku="G", position=2, quota=2)
    return made


def opened(*, zones: Any = (), **fields: Any) -> Campaign:
    """A campaign with open deposits; `zones` (name, countries, price) stand beside "Everywhere"."""
    made = draft(**fields)
    for name, countries, price in zones:
        made.brand.zones.create(name=name, countries=countries, price_minor=price)
    return campaigns.publish(made, actor="user:1", now=timezone.now())


def variant(campaign: Campaign, sku: str = "B") -> Variant:
    """Its variant of that SKU."""
    return campaign.variants.get(sku=sku)


def reserved(campaign: Campaign, name: str = "Ada", **more: Any) -> PreOrder:
    """An order of one blue unit, not paid; `sku`, `quantity`, `now` and others may be given."""
    who = cast.person(name)
    sku, quantity = more.pop("sku", "B"), more.pop("quantity", 1)
    return orders.reserve(
        campaign,
        **{
            "buyer": Buyer(email=who.email, user=who),
            "address": HOME,
            "wanted": [Wanted(variant(campaign, sku).pk, quantity)],
            "total_seen_minor": 10**8,
            "consent_text": "I agree.",
            "form_key": uuid.uuid4(),
            "now": timezone.now(),
            **more,
        },
    )


def ref_of(url: str) -> str:
    """The bank's reference in an address of its page."""
    return url.rstrip("/").rpartition("/")[2]


def pay(order: PreOrder, decision: str = "pay", *, card: str = "", now: Any = None) -> PreOrder:
    """Open the page of what is owed, press a button there, and let the notices arrive."""
    now = now or timezone.now()
    is_deposit = order.state == PreOrder.State.RESERVED
    start = payments.start_deposit if is_deposit else payments.start_balance
    url = start(order, now=now)
    bank_decide(ref_of(url), decision, now=now, card=card)
    hear(now)
    order.refresh_from_db()
    return order


def hear(now: Any = None) -> None:
    """The bank's notices arrive and are worked on."""
    now = now or timezone.now()
    while ticks.inbox.deliver_bank_events(now) + ticks.process_inbox(now):
        pass


def deposited(campaign: Campaign, name: str = "Ada", **more: Any) -> PreOrder:
    """An order with a paid deposit; `card` chooses the card."""
    card = more.pop("card", "")
    return pay(reserved(campaign, name, **more), card=card, now=more.get("now"))


def counted(campaign: Campaign, now: Any = None) -> Campaign:
    """Closed early and counted; the orders have followed."""
    now = now or timezone.now()
    campaigns.close_early(campaign, actor="user:1", reason="Enough.", now=now)
    ticks.run_all(now)
    campaign.refresh_from_db()
    return campaign


def intents(status: str) -> int:
    """How many payments at the bank have that status."""
    return BankIntent.objects.filter(status=status).count()


def money(order: PreOrder) -> queries.OrderMoney:
    """The order's money as it is now."""
    return queries.order_money(PreOrder.objects.select_related("campaign").get(pk=order.pk))
