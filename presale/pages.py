"""What the pages about campaigns show: read models, computed from rows, carrying no viewer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core.dates import day_words
from core.models import StateLog
from core.money import MINIMUM_CHARGE, format_minor
from designs.models import RevisionPicture
from presale import pricing
from presale.models import Campaign, ProductionUpdate, Variant
from presale.queries import ladder, unit_now
from presale.shipping import Zone, zones_of
from presale.states import ENDED_CAMPAIGNS
from presale.swatches import swatch_of

State = Campaign.State
_STILL_FALLING = [State.DRAFT, State.SCHEDULED, State.OPEN]
CLOSING_SOON = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class MoneyBlock:
    """The four lines that stand beside every pay button."""

    currency: str
    today_minor: int
    later_most_minor: int
    later_least_minor: int
    balance_opens_at: dt.datetime
    balance_closes_at: dt.datetime
    zone: str
    minimum: int
    closes_at: dt.datetime

    @property
    def may_fall(self) -> bool:
        """Whether a lower step is still ahead."""
        return self.later_least_minor < self.later_most_minor


@dataclass(frozen=True)
class Value:
    """One value of an axis, with its colour where the word names one."""

    text: str
    swatch: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Axis:
    """A kind of choice: `name` is the form field, `values` in the order of the brief."""

    field: str
    name: str
    values: list[Value]


@dataclass(frozen=True)
class Phase:
    """Where a campaign stands, in words, with the one date that matters now."""

    key: str
    label: str
    tone: str
    date_label: str
    date: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether deposits are taken now."""
        return self.key in ("open", "reached", "ending")


def money_block(
    campaign: Campaign,
    *,
    quantity: int = 1,
    surcharge_minor: int | None = None,
    shipping_minor: int = 0,
) -> MoneyBlock:
    """The four lines for so many units; without a surcharge, for the dearest variant."""
    unit_minor = unit_now(campaign)
    surcharges = [variant.surcharge_minor for variant in campaign.variants.all()] or [0]
    most = max(surcharges) if surcharge_minor is None else surcharge_minor
    least = min(surcharges) if surcharge_minor is None else surcharge_minor
    lowest = min([unit_minor, *(step.unit_minor for step in campaign.steps.all())])
    at_most = _quote(campaign, quantity, most, unit_minor, shipping_minor)
    at_least = _quote(campaign, quantity, least, lowest, shipping_minor)
    return MoneyBlock(
        currency=campaign.currency,
        today_minor=at_most.deposit_minor,
        later_most_minor=at_most.later_minor,
        later_least_minor=at_least.later_minor,
        balance_opens_at=campaign.closes_at,
        balance_closes_at=balance_closes_at(campaign),
        zone=campaign.time_zone,
        minimum=campaign.minimum,
        closes_at=campaign.closes_at,
    )


def _quote(
    campaign: Campaign, quantity: int, surcharge: int, unit_minor: int, shipping_minor: int
) -> pricing.Quote:
    return pricing.quote(
        [(quantity, surcharge)],
        unit_minor,
        shipping_minor,
        campaign.deposit_minor,
        campaign.deposit_worth_bp,
    )


def balance_closes_at(campaign: Campaign) -> dt.datetime:
    """The fixed end of the balance window, or the expected one before it is fixed."""
    expected = campaign.closes_at + dt.timedelta(days=campaign.balance_days)
    return campaign.balance_closes_at or expected


def choice_of(variant: Variant) -> dict[str, str]:
    """What one chooses to get this variant; one without options is chosen by its label."""
    return variant.options or {_("Variant"): variant.label}


def axes(variants: Sequence[Variant], chosen: dict[str, str] | None = None) -> list[Axis]:
    """The choices a fan makes, gathered from the variants that are sold; `chosen` beforehand.

    Empty where there is only one thing to buy.
    """
    if len(variants) == 1:
        return []
    chosen = chosen or {}
    choices = [choice_of(variant) for variant in variants]
    names = dict.fromkeys(name for choice in choices for name in choice)
    return [
        Axis(
            field=f"o{place}",
            name=name,
            values=[
                Value(text, swatch_of(text), is_chosen=chosen.get(name) == text)
                for text in dict.fromkeys(choice[name] for choice in choices if name in choice)
            ],
        )
        for place, name in enumerate(names)
    ]


def variant_for(variants: Sequence[Variant], choice: dict[str, str]) -> Variant | None:
    """The variant of that choice (axis name to value); the only one where there is no choice."""
    if len(variants) == 1:
        return variants[0]
    return next((v for v in variants if choice_of(v) == choice), None)


def phase(campaign: Campaign, now: dt.datetime, units: int) -> Phase:
    """Where the campaign stands at this moment."""
    made = {
        State.DRAFT: Phase("draft", _("Draft"), "hold", "", None),
        State.SCHEDULED: Phase(
            "scheduled", _("Opens soon"), "hold", _("Deposits open"), campaign.opens_at
        ),
        State.CLOSING: Phase("closing", _("Counting"), "hold", "", None),
        State.BALANCE: Phase(
            "balance", _("Balance due"), "hold", _("Balances until"), balance_closes_at(campaign)
        ),
        State.DECISION: Phase("decision", _("The brand decides"), "hold", "", None),
        State.PRODUCTION: Phase("production", _("In production"), "good", "", None),
        State.SHIPPING: Phase("shipping", _("Shipping"), "good", "", None),
        State.COMPLETED: Phase("done", _("Delivered"), "good", "", None),
        State.FAILED: Phase("failed", _("Minimum missed"), "signal", "", None),
        State.CANCELLED: Phase("cancelled", _("Cancelled"), "signal", "", None),
    }.get(State(campaign.state))
    return made or _open_phase(campaign, now, units)


def _open_phase(campaign: Campaign, now: dt.datetime, units: int) -> Phase:
    until = campaign.closes_at
    if now >= until:
        return Phase("closing", _("Counting"), "hold", "", None)
    if until - now <= CLOSING_SOON:
        return Phase("ending", _("Closing"), "signal", _("Deposits close"), until)
    if units >= campaign.minimum:
        return Phase("reached", _("Minimum reached"), "good", _("Deposits close"), until)
    return Phase("open", pgettext("state", "Deposits open"), "good", _("Deposits close"), until)


def overview(campaign: Campaign, now: dt.datetime) -> dict[str, Any]:
    """What every page about one campaign shows: its ladder, its phase, its dates."""
    ladder = ladder_view(campaign)
    return {
        "campaign": campaign,
        "brand": campaign.brand,
        "ladder": ladder,
        "phase": phase(campaign, now, ladder.units),
        "dates": dates(campaign),
    }


def offer(campaign: Campaign, now: dt.datetime) -> dict[str, Any]:
    """What a fan reads about it: the overview, the money, the terms, pictures and shipping."""
    return {
        **overview(campaign, now),
        **said_once(campaign),
        "due": money_block(campaign),
        "placements": placements(campaign),
        "shipping": shipping_table(campaign),
    }


def worst_case(campaign: Campaign) -> pricing.WorstCase:
    """What the campaign may cost the brand when things go badly."""
    return pricing.worst_case(
        [(step.min_units, step.unit_minor) for step in campaign.steps.all()],
        campaign.minimum,
        campaign.deposit_minor,
        campaign.deposit_worth_bp,
        fee_fixed_minor=MINIMUM_CHARGE[campaign.currency] * 6 // 10,
    )


def placements(campaign: Campaign) -> QuerySet[RevisionPicture]:
    """The pictures of the revision that is sold."""
    return campaign.revision.placements.select_related("picture")


def voters_of(campaign: Campaign) -> int:
    """How many confirmed voters took part in the round that chose it."""
    return campaign.won_round.voters if campaign.won_round else 0


def shipping_table(campaign: Campaign) -> list[Zone]:
    """What shipping costs to where, the cheapest first."""
    return sorted(zones_of(campaign), key=lambda zone: (zone.price_minor, zone.name))


@dataclass(frozen=True)
class Rung:
    """One step of the ladder as it is drawn; `until` is None at the last."""

    min_units: int
    until: int | None
    unit_minor: int
    status: str
    to_go: int


@dataclass(frozen=True)
class LadderView:
    """The ladder for eyes: rungs, and how far the seam is sewn (percent of its length)."""

    currency: str
    units: int
    now_unit_minor: int
    next_unit_minor: int | None
    to_next: int
    rungs: list[Rung]
    percent: float
    is_settled: bool


def ladder_view(campaign: Campaign) -> LadderView:
    """The ladder as it stands: what is reached is settled, what is ahead is open."""
    now = ladder(campaign)
    is_settled = campaign.state not in _STILL_FALLING
    steps = sorted(campaign.steps.all(), key=lambda step: step.min_units)
    place = max(
        (n for n, step in enumerate(steps) if step.unit_minor >= now.now_unit_minor), default=0
    )
    rungs = []
    for n, step in enumerate(steps):
        after = steps[n + 1].min_units if n + 1 < len(steps) else None
        rungs.append(
            Rung(
                min_units=step.min_units,
                until=after - 1 if after else None,
                unit_minor=step.unit_minor,
                status="now" if n == place else "done" if n < place else "open",
                to_go=0 if is_settled else max(0, step.min_units - now.units),
            )
        )
    return LadderView(
        currency=campaign.currency,
        units=now.units,
        now_unit_minor=now.now_unit_minor,
        next_unit_minor=None if is_settled else now.next_unit_minor,
        to_next=now.to_next or 0,
        rungs=rungs,
        percent=100 * (place + _within(rungs[place], now.units)) / len(rungs),
        is_settled=is_settled,
    )


def _within(rung: Rung, units: int) -> float:
    if rung.until is None:
        return 0.5
    span = rung.until + 1 - rung.min_units
    return min(1.0, max(0.0, (units - rung.min_units) / span))


@dataclass(frozen=True)
class Scarce:
    """A variant with a limit, and how many of it are left."""

    label: str
    left: int


def scarce(campaign: Campaign) -> list[Scarce]:
    """The limited variants of which few are left, or none."""
    return [
        Scarce(v.label, v.quota - v.taken)
        for v in campaign.variants.all()
        if v.quota is not None and v.quota - v.taken <= max(10, v.quota // 5)
    ]


def updates(campaign: Campaign) -> QuerySet[ProductionUpdate]:
    """News from production, newest first, with their photos."""
    return (
        campaign.updates.select_related("author")
        .prefetch_related("pictures__picture")
        .order_by("-posted_at")
    )


@dataclass(frozen=True)
class Stop:
    """One date of a campaign; `status` is done, now or open."""

    label: str
    at: dt.datetime | None
    text: str
    status: str


def dates(campaign: Campaign) -> list[Stop]:
    """The dates that a fan plans by: deposits, balance, production, shipping."""
    rank = {
        State.DRAFT: 0, State.SCHEDULED: 0, State.OPEN: 0, State.CLOSING: 1, State.BALANCE: 1,
        State.DECISION: 2, State.PRODUCTION: 2, State.SHIPPING: 3, State.COMPLETED: 4,
        State.FAILED: 0, State.CANCELLED: 0,
    }[State(campaign.state)]  # fmt: skip
    started = campaign.state not in (State.DRAFT, State.SCHEDULED)
    over = campaign.state in (State.FAILED, State.CANCELLED)
    ends = balance_closes_at(campaign)
    stops: list[tuple[str, dt.datetime | None, str]] = [
        (_("Deposits until"), campaign.closes_at, ""),
        (_("Balance until"), ends, ""),
        (_("Production"), None, _("when balances are paid")),
        (_("Ships by"), None, day_words(campaign.ship_by)),
    ]
    return [
        Stop(
            label,
            at,
            text,
            "done" if n < rank else "now" if n == rank and started and not over else "open",
        )
        for n, (label, at, text) in enumerate(stops)
    ]


def has_sample(campaign: Campaign) -> bool:
    """Whether a picture shows a real piece; the page says so when none does."""
    real = [RevisionPicture.Label.SAMPLE, RevisionPicture.Label.PRODUCT]
    return any(place.label in real for place in placements(campaign))


def consent_text(campaign: Campaign, quote: pricing.Quote, *, auto_charge: bool) -> str:
    """The words a buyer agrees to, with the figures of this order; kept with the order."""
    currency = campaign.currency
    text = ngettext(
        "I agree to the terms of this campaign. I pay %(deposit)s now and at most %(later)s "
        "when deposits have closed. If fewer than %(minimum)s unit is ordered, everything I "
        "paid comes back.",
        "I agree to the terms of this campaign. I pay %(deposit)s now and at most %(later)s "
        "when deposits have closed. If fewer than %(minimum)s units are ordered, everything I "
        "paid comes back.",
        campaign.minimum,
    ) % {
        "deposit": format_minor(quote.deposit_minor, currency, get_language() or "en"),
        "later": format_minor(quote.later_minor, currency, get_language() or "en"),
        "minimum": campaign.minimum,
    }
    if not auto_charge:
        return text
    return f"{text} {auto_charge_text()}"


def auto_charge_text() -> str:
    """The consent to charge the balance without being there."""
    return _(
        "The balance may be charged to the same card, once, 24 hours after the final price was "
        "mailed to me. I can pay in another way before that."
    )


@dataclass(frozen=True)
class Change:
    """What happened otherwise than the frozen terms planned, when, and what the brand said."""

    text: str
    at: dt.datetime
    reason: str


def _changes(log: Sequence[StateLog]) -> list[Change]:
    """The terms are never rewritten: what was agreed to stays, and this stands beside it."""
    words = {
        "open_early": _("Deposits opened before the time named here."),
        "extend": _("The brand moved the close of deposits."),
        "close": _("The brand closed deposits before the time named here."),
    }
    return [
        Change(words[step.event], step.at, step.reason)
        for step in log
        # Without a reason it was the time itself that closed them.
        if step.event in words and (step.reason or step.event != "close")
    ]


def said_once(campaign: Campaign) -> dict[str, Any]:
    """Figures and dates of the terms that several pages print."""
    steps = StateLog.objects.filter(entity="presale.campaign", object_id=campaign.pk)
    log = list(steps.order_by("id"))
    ended = [step.at for step in log if step.to_state in ENDED_CAMPAIGNS]
    return {
        "changes_of_terms": _changes(log),
        "credit_minor": pricing.credit(campaign.deposit_minor, campaign.deposit_worth_bp),
        "tax_percent": f"{campaign.tax_rate_bp / 100:g}",
        "ended_at": ended[0] if ended else None,
        "missed": max(0, campaign.minimum - 1),
    }
