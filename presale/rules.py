"""What a campaign may promise. One list of rules, asked by the form and again at publishing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates import day_words
from core.money import MAXIMUM_CHARGE, MINIMUM_CHARGE, format_minor
from presale.jurisdictions import Profile
from presale.terms import EARNEST_SHARE_BP, GRACE, MAX_OPEN

SHORTEST_WINDOW = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    """From `min_units` paid deposits on, a unit costs `unit_minor`."""

    min_units: int
    unit_minor: int


@dataclass(frozen=True)
class Option:
    """One variant as it would be sold; `quota` None means without limit."""

    label: str
    sku: str
    surcharge_minor: int
    quota: int | None
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None


@dataclass(frozen=True)
class Terms:
    """Everything about a campaign that can be right or wrong. Money in minor units."""

    currency: str
    zone_name: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    balance_days: int
    ship_by: dt.date
    minimum: int
    production_minimum: int
    deposit_minor: int
    deposit_worth_bp: int
    deposit_kind: str
    forfeit: str
    person_limit: int
    steps: tuple[Step, ...]
    options: tuple[Option, ...]
    shipping_minor: tuple[int, ...]
    # The rules of the brand's place, as it states them.
    profile: Profile = field(default_factory=Profile)
    # The smaller promises, by the column of the campaign that keeps them (`presale.promises`).
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def credit_minor(self) -> int:
        """What one unit's deposit takes off its price."""
        return self.deposit_minor * self.deposit_worth_bp // 10_000

    @property
    def capacity(self) -> int | None:
        """Units that can be sold at all; None where some variant has no limit, or there is none."""
        quotas = [option.quota for option in self.options]
        return None if None in quotas or not quotas else sum(q for q in quotas if q is not None)

    @property
    def balance_closes_at(self) -> dt.datetime:
        """The last moment to pay the balance if the close is not moved."""
        return self.closes_at + dt.timedelta(days=self.balance_days)

    @property
    def last_payment_day(self) -> dt.date:
        """The day in the brand's zone on which the grace ends; goods ship after it."""
        return (self.balance_closes_at + GRACE).astimezone(ZoneInfo(self.zone_name)).date()


@dataclass(frozen=True)
class Problem:
    """Why terms cannot be published, and the field it stands beside ("" = the whole form)."""

    field: str
    text: str


def problems(terms: Terms, now: dt.datetime) -> list[Problem]:
    """Every reason why these terms are impossible; an empty list means they may be published."""
    return [
        *_times(terms, now),
        *_ladder(terms),
        *_units(terms),
        *_deposit(terms),
        *_amounts(terms),
        *_variants(terms),
    ]


def warnings(terms: Terms) -> list[str]:
    """What is allowed but should be said before publishing."""
    if terms.deposit_kind != "earnest" or not terms.steps:
        return []
    if (
        terms.profile.earnest_max_bp is not None
        or terms.deposit_minor * 10_000 <= terms.steps[-1].unit_minor * EARNEST_SHARE_BP
    ):
        return []
    return [
        _(
            "An earnest deposit above 20 percent of the price has no effect beyond that share in "
            "some countries, and the seller in breach owes it twice."
        )
    ]


def _money(minor: int, terms: Terms) -> str:
    return format_minor(minor, terms.currency, get_language() or "en")


def _times(terms: Terms, now: dt.datetime) -> Iterator[Problem]:
    window = terms.closes_at - terms.opens_at
    if terms.closes_at <= now:
        yield Problem("closes_at", _("This time has passed."))
    elif window <= dt.timedelta(0):
        yield Problem("closes_at", _("Deposits must close after they open."))
    elif window < SHORTEST_WINDOW:
        yield Problem("closes_at", _("Deposits must be open for at least one hour."))
    elif window > MAX_OPEN:
        yield Problem("closes_at", _("Deposits may be open for 60 days at most."))
    first = terms.last_payment_day
    if terms.ship_by <= first:
        yield Problem(
            "ship_by",
            _(
                "Balances can be paid until %(date)s, grace included. "
                "The goods cannot ship by that day."
            )
            % {"date": day_words(first)},
        )


def _ladder(terms: Terms) -> Iterator[Problem]:
    if not terms.steps:
        yield Problem("steps", _("Write at least one price."))
        return
    if terms.steps[0].min_units != 1:
        yield Problem("steps", _("The first price must hold from 1 unit on."))
    for lower, upper in zip(terms.steps, terms.steps[1:], strict=False):
        if upper.min_units <= lower.min_units:
            yield Problem("steps", _("Each step must begin at more units than the one before."))
        if upper.unit_minor >= lower.unit_minor:
            yield Problem(
                "steps",
                ngettext(
                    "The price from %(units)s unit on must be lower than %(price)s.",
                    "The price from %(units)s units on must be lower than %(price)s.",
                    upper.min_units,
                )
                % {
                    "units": upper.min_units,
                    "price": _money(lower.unit_minor, terms),
                },
            )
    top = terms.steps[-1].min_units
    if terms.capacity is not None and top > terms.capacity:
        yield Problem(
            "steps",
            _(
                "The step at %(top)s units can never be reached: "
                "all variants together are limited to %(capacity)s."
            )
            % {"top": top, "capacity": terms.capacity},
        )


def _units(terms: Terms) -> Iterator[Problem]:
    if terms.capacity is not None and terms.minimum > terms.capacity:
        yield Problem(
            "minimum",
            ngettext(
                "The minimum can never be reached: "
                "all variants together are limited to %(capacity)s unit.",
                "The minimum can never be reached: "
                "all variants together are limited to %(capacity)s units.",
                terms.capacity,
            )
            % {"capacity": terms.capacity},
        )
    if terms.production_minimum > terms.minimum:
        yield Problem(
            "production_minimum",
            _("It cannot be more than the minimum that deposits must reach."),
        )


def _deposit(terms: Terms) -> Iterator[Problem]:
    least = MINIMUM_CHARGE[terms.currency]
    if terms.deposit_minor < least:
        yield Problem(
            "deposit",
            _("The smallest amount that can be charged is %(least)s.")
            % {"least": _money(least, terms)},
        )
    if terms.steps:
        lowest = min(step.unit_minor for step in terms.steps)
        if terms.credit_minor > lowest:
            yield Problem(
                "deposit",
                _("The deposit counts for %(credit)s, more than the lowest price of %(lowest)s.")
                % {
                    "credit": _money(terms.credit_minor, terms),
                    "lowest": _money(lowest, terms),
                },
            )
    if terms.deposit_kind == "advance" and terms.forfeit == "forfeit":
        yield Problem(
            "forfeit",
            _("An advance is refundable. Choose the earnest kind if the brand may keep it."),
        )
    if terms.deposit_kind == "earnest" and terms.forfeit == "refund":
        yield Problem(
            "forfeit",
            _("Earnest money is kept. Choose the advance kind if it comes back."),
        )


def _amounts(terms: Terms) -> Iterator[Problem]:
    if not terms.steps or not terms.options:
        return
    prices = [step.unit_minor for step in terms.steps]
    shipping = terms.shipping_minor or (0,)
    least = MINIMUM_CHARGE[terms.currency]
    rest = (
        price + option.surcharge_minor + freight - terms.credit_minor
        for price in prices
        for option in terms.options
        for freight in shipping
    )
    if any(0 < due < least for due in rest):
        yield Problem(
            "deposit",
            _(
                "At one of the prices a balance of less than %(least)s would be left, "
                "which cannot be charged."
            )
            % {"least": _money(least, terms)},
        )
    dearest = max(prices) + max(option.surcharge_minor for option in terms.options)
    if terms.person_limit * dearest + max(shipping) > MAXIMUM_CHARGE:
        yield Problem(
            "person_limit", _("So many units at the highest price are more than one charge can be.")
        )


def _variants(terms: Terms) -> Iterator[Problem]:
    if not terms.options:
        yield Problem("variants", _("Include at least one variant."))
    for option in terms.options:
        if option.minimum and option.quota is not None and option.minimum > option.quota:
            yield Problem(
                "variants",
                _("%(label)s can never reach its own minimum: it is limited to %(quota)s.")
                % {"label": option.label, "quota": option.quota},
            )
    skus = [option.sku for option in terms.options]
    for sku in sorted({sku for sku in skus if skus.count(sku) > 1}):
        yield Problem("variants", _("The SKU %(sku)s is used twice.") % {"sku": sku})
    if not terms.shipping_minor:
        yield Problem(
            "", _("The brand has no shipping zones yet. Shipping must be named before a deposit.")
        )
