"""What about money waits for a person, of one brand or of all, each with its one action."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from fans.models import Brand
from presale import providers
from presale.actions.answers import NO_ANSWER
from presale.actions.disputes import RUNNING
from presale.models import (
    Attempt,
    Campaign,
    Dispute,
    PreOrder,
    RefundAttempt,
    RefundObligation,
    Unmatched,
)  # fmt: skip

# At most so many of a kind on a page; the rest comes when these are done.
SHOWN = 100
UNANSWERED_FOR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Action:
    """What can be done: a form to post to, with a field if it asks for words, or a link."""

    label: str
    url: str
    is_post: bool = True
    asks: str = ""


@dataclass(frozen=True)
class Task:
    """Money that waits: of which order, how much, since when, why, and what can be done."""

    order: PreOrder
    amount_minor: int
    currency: str
    since: dt.datetime
    why: str
    actions: Sequence[Action]
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Group:
    """Tasks of one kind."""

    key: str
    title: str
    about: str
    tasks: list[Task]


def groups(now: dt.datetime, brand: Brand | None = None) -> list[Group]:
    """Everything that waits; with a brand only its own, and only what a brand can do."""
    return [
        Group(
            "refunds", _("Refunds that did not go"),
            _("The provider refused, or the way to pay takes no refund any more. Still owed."),
            [_refund(row, brand) for row in _of(brand, _refunds())],
        ),
        Group(
            "disputes", _("Disputes"),
            _("A bank has taken money back until it decides. The order is frozen."),
            [_dispute(row, brand) for row in _of(brand, _disputes(), "attempt__obligation__")],
        ),
        Group(
            "unanswered", _("Payments without an answer"),
            _("It may have been paid. Asked again by itself; after a day it blocks nothing."),
            [_unanswered(row, brand) for row in _of(brand, _lost(now), "obligation__")],
        ),
        Group(
            "apart", _("Money kept apart"),
            _("It came in and fits nothing that was asked for. It never counts as paid."),
            [_apart(row, brand) for row in _of(brand, _unmatched(), "attempt__obligation__")],
        ),
    ]  # fmt: skip


def _of(brand: Brand | None, rows: QuerySet[Any], before: str = "") -> QuerySet[Any]:
    found = rows.filter(**{f"{before}order__campaign__brand": brand}) if brand else rows
    return found.select_related(f"{before}order__campaign__brand")[:SHOWN]


def _refunds() -> QuerySet[RefundObligation]:
    rows = RefundObligation.objects.filter(state=RefundObligation.State.MANUAL)
    return rows.prefetch_related("attempts").order_by("pk")


def _refund(row: RefundObligation, brand: Brand | None) -> Task:
    failed = [one for one in row.attempts.all() if one.state == RefundAttempt.State.FAILED]
    actions = [
        Action(_("Try again"), reverse("presale:ops-refund-retry", args=[row.pk]),
               asks=_("What was looked at")),
        Action(_("Paid by bank transfer"), reverse("presale:ops-refund-by-hand", args=[row.pk]),
               asks=_("Reference of the transfer")),
    ]  # fmt: skip
    why = failed[-1].error if failed else ""
    return Task(
        row.order, row.amount_minor - row.covered_minor, row.currency, row.created_at, why,
        [] if brand or row.order.hold_reason else actions,
    )  # fmt: skip


def _disputes() -> QuerySet[Dispute]:
    return Dispute.objects.filter(state__in=RUNNING).order_by("answer_by", "pk")


def _dispute(row: Dispute, brand: Brand | None) -> Task:
    answer = Action(
        _("Answer it at the provider"),
        providers.get(row.provider).dispute_url(row.ref),
        is_post=False,
    )
    order = row.attempt.obligation.order
    return Task(
        order, row.amount_minor, row.currency, row.opened_at, row.reason,
        [] if brand else [answer], until=row.answer_by,
    )  # fmt: skip


def _lost(now: dt.datetime) -> QuerySet[Attempt]:
    waiting = Q(state=Attempt.State.UNKNOWN, unknown_since__lte=now - UNANSWERED_FOR)
    given_up = Q(state=Attempt.State.DEAD, decline_code=NO_ANSWER)
    return Attempt.objects.filter(waiting | given_up).order_by("pk")


def _unanswered(row: Attempt, brand: Brand | None) -> Task:
    ask = Action(_("Ask again"), reverse("presale:ops-payment-look", args=[row.pk]))
    return Task(
        row.obligation.order, row.amount_minor, row.currency, row.unknown_since or row.created_at,
        str(row.obligation.get_kind_display()), [] if brand else [ask],
    )  # fmt: skip


def _unmatched() -> QuerySet[Unmatched]:
    return Unmatched.objects.filter(state=Unmatched.State.OPEN).order_by("pk")


def _apart(row: Unmatched, brand: Brand | None) -> Task:
    back = Action(_("Send it back"), reverse("presale:ops-apart-back", args=[row.pk]))
    return Task(
        row.attempt.obligation.order, row.amount_minor, row.currency, row.created_at,
        _WHY.get(row.why, lambda: row.why)(), [] if brand else [back],
    )  # fmt: skip


_WHY = {
    "second-payment": lambda: _("The same debt was paid twice."),
    "mismatch": lambda: _("Amount, currency or account differ from what was asked for."),
}


def running(brand: Brand | None = None) -> list[Campaign]:
    """Campaigns whose balances are being collected or decided."""
    rows = Campaign.objects.filter(state__in=["balance", "decision"]).select_related("brand")
    rows = rows.filter(brand=brand) if brand else rows
    return list(rows.order_by("balance_closes_at")[:SHOWN])
