"""The balance run of a campaign: what would be charged and how, then what became of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from presale import queries, terms
from presale.models import Attempt, Campaign, Obligation, PreOrder
from presale.states import COUNTED

S, A = PreOrder.State, Attempt.State
CHUNK = 500
# The ways a balance can go, in the order in which a brand reads them.
WAYS: dict[str, Promise] = {
    "waiting": _("Waiting for the customer"),
    "checking": _("No answer yet"),
    "retry": _("Refused, tried again"),
    "card": _("Charged to the saved card"),
    "link": _("Link to pay"),
    "nothing": _("Nothing due"),
    "paid": _("Paid"),
    "defaulted": _("Not paid in time"),
}
OPEN_WAYS = ("waiting", "checking", "retry", "card", "link")


@dataclass(frozen=True)
class Share:
    """How many balances go one way, and what they come to."""

    way: str
    label: str
    count: int
    amount_minor: int


@dataclass(frozen=True)
class Run:
    """The balances of a campaign; a forecast while nothing has been announced."""

    is_forecast: bool
    unit_minor: int
    units: int
    missing: int
    shares: list[Share]

    @property
    def count(self) -> int:
        """All balances."""
        return sum(share.count for share in self.shares)

    @property
    def amount_minor(self) -> int:
        """All balances together."""
        return sum(share.amount_minor for share in self.shares)


def balance_run(campaign: Campaign) -> Run:
    """Read only: opening it sends nothing and charges nothing."""
    if campaign.final_unit_minor is not None:
        return Run(
            is_forecast=False,
            unit_minor=campaign.final_unit_minor,
            units=campaign.final_units or 0,
            missing=0,
            shares=_announced_shares(campaign),
        )
    unit = price_if_closed_now(campaign)
    return Run(
        is_forecast=True,
        unit_minor=unit,
        units=campaign.units,
        missing=max(0, campaign.minimum - campaign.units),
        shares=_forecast_shares(campaign, unit),
    )


def price_if_closed_now(campaign: Campaign) -> int:
    """The final price if deposits closed at this moment."""
    price = queries.cleared(campaign).unit_minor
    return queries.unit_now(campaign) if price is None else price


def rows(campaign: Campaign, way: str = "") -> QuerySet[Any]:
    """Orders with the way their balance goes (`way`) and, once announced, its figures."""
    counted = campaign.orders.filter(state__in=[*COUNTED, S.DEFAULTED]).annotate(
        way=_way(), balance_minor=_of_balance("amount_minor"), charge_at=_of_balance("charge_at"),
        announced_at=_of_balance("created_at"), retry_at=_of_charge("look_at"),
        decline=_of_charge("decline_code"),
    )  # fmt: skip
    # Who would not be in at that price owes nothing.
    price = campaign.final_unit_minor
    price = price_if_closed_now(campaign) if price is None else price
    counted = counted.exclude(state=S.DEPOSITED, limit_minor__lt=price)
    found = counted.filter(way=way) if way else counted
    return found.select_related("campaign").prefetch_related("lines__variant").order_by("pk")


def with_amounts(orders: Sequence[Any], unit_minor: int) -> None:
    """Fill in what is not announced yet, at the price if deposits closed now."""
    for order in orders:
        if order.balance_minor is None and order.state == S.DEPOSITED:
            order.balance_minor = queries.balance_at(order, unit_minor)
            if not order.balance_minor:
                order.way = "nothing"
        order.way_label = WAYS[order.way]
        if order.announced_at:
            order.charge_from = order.charge_at or order.announced_at + terms.CHARGE_AFTER


def _announced_shares(campaign: Campaign) -> list[Share]:
    found = (
        rows(campaign)
        .order_by()
        .values("way")
        .annotate(count=Count("pk"), amount=Sum("balance_minor"))
    )
    by_way = {row["way"]: (row["count"], row["amount"] or 0) for row in found}
    return _shares(by_way)


def _forecast_shares(campaign: Campaign, unit_minor: int) -> list[Share]:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    orders = rows(campaign).filter(state=S.DEPOSITED)
    for order in orders.iterator(chunk_size=CHUNK):
        order.campaign = campaign
        with_amounts([order], unit_minor)
        counts[order.way] += 1
        sums[order.way] += order.balance_minor
    return _shares({way: (counts[way], sums[way]) for way in counts})


def _shares(by_way: dict[str, tuple[int, int]]) -> list[Share]:
    return [Share(way, str(label), *by_way[way]) for way, label in WAYS.items() if by_way.get(way)]


def _way() -> Case:
    """The way an order's balance goes, told by the database so that pages can count and filter."""
    tries = Attempt.objects.filter(obligation__order=OuterRef("pk"), obligation__kind="balance")
    deposits = Attempt.objects.filter(
        obligation__order=OuterRef("pk"), obligation__kind="deposit", state=A.SUCCEEDED
    )
    has_balance = Exists(Obligation.objects.filter(order=OuterRef("pk"), kind="balance"))
    has_card = Q(auto_charge=True) & Exists(deposits.filter(method_reusable=True))
    unanswered = Exists(tries.filter(state=A.UNKNOWN))
    tried = Exists(tries.filter(channel=Attempt.Channel.OFF_SESSION))
    return Case(
        When(state=S.DEFAULTED, then=Value("defaulted")),
        When(state=S.ACTION_NEEDED, then=Value("waiting")),
        When(Q(state=S.BALANCE_DUE) & unanswered, then=Value("checking")),
        When(Q(state=S.BALANCE_DUE) & has_card & tried, then=Value("retry")),
        When(Q(state__in=[S.DEPOSITED, S.BALANCE_DUE]) & has_card, then=Value("card")),
        When(state__in=[S.DEPOSITED, S.BALANCE_DUE], then=Value("link")),
        When(has_balance, then=Value("paid")),
        default=Value("nothing"),
        output_field=CharField(),
    )


def _of_balance(field: str) -> Subquery:
    found = Obligation.objects.filter(order=OuterRef("pk"), kind=Obligation.Kind.BALANCE)
    return Subquery(found.order_by("-pk").values(field)[:1])


def _of_charge(field: str) -> Subquery:
    found = Attempt.objects.filter(
        obligation__order=OuterRef("pk"), obligation__kind=Obligation.Kind.BALANCE,
        channel=Attempt.Channel.OFF_SESSION,
    )  # fmt: skip
    return Subquery(found.order_by("-pk").values(field)[:1])
