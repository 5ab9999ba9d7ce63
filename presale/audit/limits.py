"""Limit orders: in exactly where the price is at most what their buyers named."""

from collections import defaultdict

from django.db.models import F, Sum

from core.models import StateLog
from core.verify import Checked
from presale import clearing, queries, states
from presale.models import Campaign, PreOrder, PreOrderLine, PriceStep


def limits_kept() -> Checked:
    """I16: nobody is in above their limit, nobody was put out at or below it, and all are counted.

    The price of a campaign is never above what its deposits clear at; both are recomputed here
    from the orders.
    """
    limited = PreOrder.objects.exclude(limit_minor=None)
    findings = [
        f"{order.number} is {order.state} at a price above its limit"
        for order in limited.filter(state__in=states.COUNTED)
        .exclude(state=PreOrder.State.DEPOSITED)
        .filter(campaign__final_unit_minor__gt=F("limit_minor"))
    ]
    ended = StateLog.objects.filter(entity="presale.preorder", event="limit_missed")
    findings += [
        f"{order.number} was put out although the price is within its limit"
        for order in PreOrder.objects.filter(pk__in=ended.values("object_id")).exclude(
            campaign__final_unit_minor__gt=F("limit_minor")
        )
    ]
    counted = _counted()
    for step in PriceStep.objects.all():
        held = counted[step.campaign_id].pop(step.unit_minor, 0)
        if step.limit_units != held:
            findings.append(f"step {step.pk}: {step.limit_units} limited units, {held} in orders")
    for campaign_id, book in counted.items():
        ordinary = book.pop(None, 0)
        findings += [f"campaign {campaign_id} has no step at a limit of {price}" for price in book]
        findings += _price_findings(campaign_id, ordinary)
    return Checked("orders with a limit, in exactly up to it", limited.count(), findings)


def _counted() -> dict[int, dict[int | None, int]]:
    """By campaign and limit (None: ordinary) the units whose deposit is paid and held."""
    lines = PreOrderLine.objects.filter(order__state__in=states.COUNTED)
    sums = lines.values_list("order__campaign", "order__limit_minor").annotate(
        units=Sum("quantity")
    )
    found: dict[int, dict[int | None, int]] = defaultdict(dict)
    for campaign, limit, units in sums.order_by():
        found[campaign][limit] = units
    return found


def _price_findings(campaign_id: int, ordinary: int) -> list[str]:
    campaign = Campaign.objects.get(pk=campaign_id)
    # What is counted here may have been put out at the close, or paid since; then it is fixed.
    if campaign.state not in states.TAKES_DEPOSITS:
        return []
    cleared = clearing.clear(queries.steps_of(campaign), ordinary, queries.book_of(campaign))
    price = queries.unit_now(campaign)
    if cleared.unit_minor is None or price <= cleared.unit_minor:
        return []
    return [f"campaign {campaign_id} shows {price}, its deposits clear at {cleared.unit_minor}"]
