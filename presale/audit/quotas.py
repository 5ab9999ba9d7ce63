"""Places and prices: what was counted and what was shown."""

from django.db.models import Count, F, Q, Sum

from core.verify import Checked
from presale import pricing, queries, states
from presale.models import (
    Campaign,
    Obligation,
    PersonLimit,
    PreOrder,
    PreOrderLine,
    PriceStep,
    Variant,
    WaitingPlace,
)


def places() -> Checked:
    """I5: places taken equal the lines of orders that hold them, within quota and limit."""
    findings = []
    holding = Sum("lines__quantity", filter=Q(lines__order__state__in=states.HOLDING))
    variants = Variant.objects.annotate(held=holding)
    kept = _kept()
    for row in variants:
        row.held = (row.held or 0) + kept.get(row.pk, 0)
        if row.taken != row.held or (row.quota is not None and row.taken > row.quota):
            findings.append(f"{row.sku}: taken {row.taken}, held {row.held} of {row.quota}")
    lines = PreOrderLine.objects.filter(order__state__in=states.HOLDING)
    by_person = {
        (row["order__campaign"], row["order__person"]): row["units"]
        for row in lines.values("order__campaign", "order__person").annotate(units=Sum("quantity"))
    }
    for limit in PersonLimit.objects.select_related("campaign"):
        held = by_person.pop((limit.campaign_id, limit.person), 0)
        if limit.taken != held or held > limit.campaign.person_limit:
            findings.append(f"person {limit.person[:8]}: counted {limit.taken}, held {held}")
    findings += [f"person {person[:8]} is not counted" for _campaign, person in by_person]
    is_in = Q(orders__limit_minor=None) | Q(orders__limit_minor__gte=F("reached_unit_minor"))
    counted = Sum("orders__lines__quantity", filter=Q(orders__state__in=states.COUNTED) & is_in)
    for campaign in Campaign.objects.annotate(counted=counted):
        if campaign.units != (campaign.counted or 0):
            findings.append(
                f"campaign {campaign.pk}: {campaign.units} units, {campaign.counted} in orders"
            )
    return Checked("variants, persons and campaigns counted", variants.count(), findings)


def _kept() -> dict[int, int]:
    """Units by variant that are kept for people on a waiting list."""
    rows = WaitingPlace.objects.filter(state=WaitingPlace.State.OFFERED).values_list("variant")
    return dict(rows.annotate(units=Sum("quantity")))


def lines_counted() -> Checked:
    """Every variant counts exactly the people who wait for it, and offers have an end."""
    waits = Count("line", filter=Q(line__state=WaitingPlace.State.WAITING))
    variants = Variant.objects.annotate(line_length=waits)
    findings = [
        f"{row.sku}: {row.waiting} wait, {row.line_length} in line"
        for row in variants.exclude(waiting=F("line_length"))
    ]
    endless = WaitingPlace.objects.filter(state=WaitingPlace.State.OFFERED, offer_until=None)
    findings += [f"place {row.pk} is offered without an end" for row in endless]
    return Checked("waiting lists as their variants count them", variants.count(), findings)


def prices_kept() -> Checked:
    """I8: nobody pays more than was shown; all orders of a campaign have one final price."""
    findings = []
    orders = PreOrder.objects.exclude(final_unit_minor=None).select_related("campaign")
    for order in orders:
        if order.final_unit_minor != order.campaign.final_unit_minor:
            findings.append(f"{order.number} has a price of its own")
    for order in PreOrder.objects.filter(state__in=states.COUNTED).select_related("campaign"):
        shown = pricing.quote(
            queries.lines_of(order), order.unit_shown_minor, order.shipping_minor,
            order.campaign.deposit_minor, order.campaign.deposit_worth_bp,
        )  # fmt: skip
        asked = order.obligations.exclude(state=Obligation.State.VOID)
        total = asked.aggregate(total=Sum("amount_minor"))["total"] or 0
        total -= queries.made_smaller(order)
        if total > shown.total_minor:
            findings.append(f"{order.number} is asked for {total}, was shown {shown.total_minor}")
    steps = {step.campaign_id for step in PriceStep.objects.all()}
    for campaign in Campaign.objects.exclude(final_unit_minor=None).filter(pk__in=steps):
        ceiling = pricing.unit_now(
            queries.steps_of(campaign), campaign.final_units or 0, campaign.reached_unit_minor
        )
        if (campaign.final_unit_minor or 0) > ceiling:
            findings.append(f"campaign {campaign.pk} ended above its ladder")
    return Checked("orders at or below the price they were shown", orders.count(), findings)
