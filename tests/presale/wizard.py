"""What a merchant types into the campaign wizard, and where."""

import datetime as dt
import uuid

from django.utils import timezone


def typed(**changes: str) -> dict[str, str]:
    """What a merchant types: one variant at two prices."""
    local = timezone.now() + dt.timedelta(hours=8)
    return {
        "form_key": str(uuid.uuid4()),
        "title": "Windbreaker",
        "story": "A jacket.",
        "risks": "The zip may change.",
        "minimum": "100",
        "production_minimum": "80",
        "person_limit": "5",
        "deposit": "50",
        "deposit_worth_bp": "10000",
        "deposit_kind": "advance",
        "forfeit": "refund",
        "time_zone": "Asia/Shanghai",
        "opens_at": f"{local:%Y-%m-%dT%H:%M}",
        "closes_at": f"{local + dt.timedelta(days=14):%Y-%m-%dT%H:%M}",
        "balance_days": "7",
        "ship_by": f"{local + dt.timedelta(days=90):%Y-%m-%d}",
        "delivery_promise": "Money back after 30 days.",
        "step0-min_units": "1",
        "step0-unit": "329",
        "step1-min_units": "200",
        "step1-unit": "289.50",
        "variant0-include": "on",
        "variant0-sku": "S-B",
        "variant0-surcharge": "",
        "variant0-quota": "300",
        **changes,
    }


def url(entry) -> str:
    return f"/m/weft/entries/{entry.pk}/campaign/"
