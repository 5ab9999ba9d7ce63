"""Where a campaign stands, and the dates a fan plans by."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.dates import day_words
from presale.models import Campaign

State = Campaign.State


CLOSING_SOON = dt.timedelta(minutes=10)


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

    @property
    def stage(self) -> str:
        """What a page offers hangs on: `open` while deposits are taken, then as `key`."""
        return "open" if self.is_open else self.key


def phase(campaign: Campaign, now: dt.datetime, units: int) -> Phase:
    """Where the campaign stands at this moment."""
    made = {
        State.DRAFT: Phase("draft", _("Draft"), "hold", "", None),
        State.SCHEDULED: Phase(
            "scheduled", _("Scheduled"), "hold", _("Deposits open"), campaign.opens_at
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


def balance_closes_at(campaign: Campaign) -> dt.datetime:
    """The fixed end of the balance window, or the expected one before it is fixed."""
    expected = campaign.closes_at + dt.timedelta(days=campaign.balance_days)
    return campaign.balance_closes_at or expected


@dataclass(frozen=True)
class Stop:
    """One date of a campaign; `status` is done, now or open."""

    label: str
    at: dt.datetime | None
    text: str
    status: str


def _production_words(campaign: Campaign) -> str:
    if campaign.state == State.PRODUCTION:
        return _("under way")
    if campaign.state in (State.SHIPPING, State.COMPLETED):
        return _("finished")
    return _("when balances are paid")


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
        (_("Production"), None, _production_words(campaign)),
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
