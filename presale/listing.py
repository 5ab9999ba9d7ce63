"""Campaigns in lists: which ones everybody may see, in which order, under which headings."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from presale.models import Campaign

State = Campaign.State
_GOING = [State.OPEN, State.CLOSING]
# What still comes is sorted by its close, what is past by the latest.
_AHEAD = [*_GOING, State.SCHEDULED]
_HEADINGS: list[tuple[str, str | Promise, list[State]]] = [
    ("open", pgettext_lazy("state", "Deposits open"), _GOING),
    ("soon", _("Opening soon"), [State.SCHEDULED]),
    (
        "making",
        _("Being made"),
        [State.BALANCE, State.DECISION, State.PRODUCTION, State.SHIPPING],
    ),
    ("made", _("Made and delivered"), [State.COMPLETED]),
    ("ended", _("Not made"), [State.FAILED, State.CANCELLED]),
]


@dataclass(frozen=True)
class Group:
    """Campaigns under one heading."""

    key: str
    title: str
    campaigns: list[Campaign]


def published() -> QuerySet[Campaign]:
    """All campaigns people may see, with what a card needs."""
    return (
        Campaign.objects.exclude(state=State.DRAFT)
        .select_related("brand", "revision__design")
        .prefetch_related("steps", "variants", "revision__placements__picture")
    )


def listed() -> QuerySet[Campaign]:
    """What people may see, in the order of the list page: group by group."""
    places = [When(state__in=states, then=Value(n)) for n, (*_, states) in enumerate(_HEADINGS)]
    group = Case(*places, output_field=IntegerField())
    soonest = Case(When(state__in=_AHEAD, then=F("closes_at")))
    return published().order_by(group, soonest.asc(nulls_last=True), "-closes_at", "pk")


def grouped(campaigns: Iterable[Campaign]) -> list[Group]:
    """Campaigns under their headings; empty ones are left out."""
    shown = list(campaigns)
    groups = [
        Group(key, str(title), [campaign for campaign in shown if campaign.state in states])
        for key, title, states in _HEADINGS
    ]
    return [group for group in groups if group.campaigns]
