"""A campaign in numbers, counted from the rows."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.templatetags.toile import money, number
from presale import pages
from presale.models import Campaign, Obligation, PreOrder, RefundObligation
from presale.states import COUNTED, ENDED_CAMPAIGNS, FULLY_PAID, GIVEN_BACK, HOLDING, UNPAID_BALANCE
from voting.models import Choice

State = Campaign.State


@dataclass(frozen=True)
class FunnelStep:
    """People at one stage, and how many that is for 100 who voted."""

    label: str
    people: int
    share: float | None
    width: str


@dataclass(frozen=True)
class Figures:
    """What the campaign page of the console says in numbers."""

    orders: int
    units: int
    deposits_minor: int
    balances_minor: int
    unpaid: int
    refunds: int
    refunds_minor: int
    paid_units: int
    funnel: list[FunnelStep] = field(default_factory=list)


def figures(campaign: Campaign) -> Figures:
    """Counted from the rows, not from anything kept beside them."""
    orders = campaign.orders
    paid_deposits = Obligation.objects.filter(
        order__campaign=campaign,
        kind=Obligation.Kind.DEPOSIT,
        state=Obligation.State.SATISFIED,
    )
    # What was given back is told under refunds alone.
    kept = Obligation.objects.filter(
        order__campaign=campaign, state=Obligation.State.SATISFIED
    ).exclude(order__state__in=GIVEN_BACK)
    paid = kept.aggregate(
        deposits=Sum("amount_minor", filter=Q(kind="deposit")),
        balances=Sum("amount_minor", filter=Q(kind="balance")),
    )
    standing = orders.filter(state__in=COUNTED)
    if campaign.state in ENDED_CAMPAIGNS:
        # They stood until all were given back at once.
        standing = orders.filter(pk__in=paid_deposits.values("order"))
    promised = RefundObligation.objects.filter(order__campaign=campaign)
    refunds = promised.aggregate(n=Count("pk"), amount=Sum("amount_minor"))
    paid_units = orders.filter(state__in=FULLY_PAID).aggregate(n=Sum("lines__quantity"))["n"]
    return Figures(
        orders=standing.count(),
        units=standing.aggregate(n=Sum("lines__quantity"))["n"] or 0,
        deposits_minor=paid["deposits"] or 0,
        balances_minor=paid["balances"] or 0,
        unpaid=orders.filter(state__in=UNPAID_BALANCE).count(),
        refunds=refunds["n"],
        refunds_minor=refunds["amount"] or 0,
        paid_units=paid_units or 0,
        funnel=funnel(campaign),
    )


def figures_context(campaign: Campaign, now: dt.datetime) -> dict[str, Any]:
    """What `presale/_figures_live.html` draws: the figures as tiles."""
    ladder = pages.ladder_view(campaign)
    return {
        "campaign": campaign,
        "brand": campaign.brand,
        "ladder": ladder,
        "figures": figures(campaign),
        "figures_version": int(now.timestamp() * 1000),
        "missing": max(0, campaign.minimum - ladder.units),
    }


def stakes(campaign: Campaign) -> list[tuple[str, str]]:
    """What a decision about the campaign is about, in words and figures."""
    seen = figures(campaign)
    return [
        (_("Orders"), number(seen.orders)),
        (_("Units"), number(seen.units)),
        (_("Deposits paid"), money(seen.deposits_minor, campaign.currency)),
        (_("Balances paid"), money(seen.balances_minor, campaign.currency)),
    ]


def funnel(campaign: Campaign) -> list[FunnelStep]:
    """Voters of the deciding round, those who would buy, who paid a deposit, who paid in full."""
    round_id = campaign.won_round_id
    wished = (
        Choice.objects.filter(
            ballot__round_id=round_id,
            ballot__is_confirmed=True,
            ballot__is_live=True,
            ballot__is_quarantined=False,
            would_buy=True,
            entry__revision_id=campaign.revision_id,
        ).aggregate(n=Count("ballot", distinct=True))["n"]
        if round_id
        else 0
    )
    # Also those who were refunded later: they went this far.
    deposit_paid = Q(
        obligations__kind=Obligation.Kind.DEPOSIT,
        obligations__state=Obligation.State.SATISFIED,
    )
    people = campaign.orders.aggregate(
        deposit=Count("person", filter=deposit_paid, distinct=True),
        paid=Count("person", filter=Q(state__in=FULLY_PAID), distinct=True),
    )
    stages = [
        (_("Voted"), pages.voters_of(campaign)),
        (_("Would buy"), wished),
        (_("Paid a deposit"), people["deposit"]),
        (_("Paid in full"), people["paid"]),
    ]
    most = max([n for _label, n in stages] + [1])
    voted = stages[0][1]
    return [
        FunnelStep(
            label,
            n,
            # More than voted came from elsewhere too: that is no share of the voters any more.
            100 * n / voted if at and voted >= n and voted else None,
            f"{100 * n / most:.1f}",
        )
        for at, (label, n) in enumerate(stages)
    ]


def filtered_orders(
    campaign: Campaign, *, state: str, variant_id: int | None, search: str
) -> QuerySet[PreOrder]:
    """The orders table: by state, by variant, by a word of number, name or e-mail."""
    orders = (
        campaign.orders.select_related("shipment", "user")
        .prefetch_related("lines__variant")
        .order_by("-created_at", "-pk")
    )
    never_paid = PreOrder.State.EXPIRED
    orders = orders.filter(state=state) if state else orders.exclude(state=never_paid)
    if variant_id:
        orders = orders.filter(lines__variant_id=variant_id)
    if search:
        orders = orders.filter(
            Q(number__icontains=search) | Q(name__icontains=search) | Q(email__icontains=search)
        )
    return orders


def held_units(campaign: Campaign) -> int:
    """Units that orders hold now, paid or being paid."""
    return campaign.orders.filter(state__in=HOLDING).aggregate(n=Sum("lines__quantity"))["n"] or 0
