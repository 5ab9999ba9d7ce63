"""Briefs: written, opened, closed."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core.states import WrongState, advance
from designs import search
from designs.models import Brief, OptionAxis
from designs.states import BRIEF_MOVES
from fans.models import Brand, User


@dataclass(frozen=True)
class Axis:
    """One kind of choice of the products to come: its name and values, in the order shown."""

    name: str
    values: list[str]


@dataclass(frozen=True)
class BriefWords:
    """What a brief says."""

    title: str
    body: str
    royalty: str
    axes: list[Axis]
    is_open_to_all: bool = True
    closes_at: dt.datetime | None = None


@transaction.atomic
def create_brief(*, brand: Brand, words: BriefWords, actor: User, now: dt.datetime) -> Brief:
    """A brief in preparation; only its brand sees it."""
    brief = Brief(brand=brand, created_by=actor, created_at=now)
    _write(brief, words)
    return brief


@transaction.atomic
def edit_brief(*, brief: Brief, words: BriefWords) -> None:
    """Change what a brief says. Drafts keep the royalty they were sent under."""
    _write(brief, words)


def _write(brief: Brief, words: BriefWords) -> None:
    brief.title, brief.body, brief.royalty = words.title, words.body, words.royalty
    brief.is_open_to_all, brief.closes_at = words.is_open_to_all, words.closes_at
    # The state is the business of the moves; a form that was open meanwhile must not undo one.
    brief.save(
        update_fields=["title", "body", "royalty", "is_open_to_all", "closes_at"]
        if brief.pk
        else None
    )
    search.note(brief)
    brief.axes.all().delete()
    OptionAxis.objects.bulk_create(
        OptionAxis(brief=brief, name=axis.name, values=axis.values, position=position)
        for position, axis in enumerate(words.axes)
    )


def open_brief(*, brief: Brief, actor: str, now: dt.datetime) -> None:
    """Let drafts in, from now on or again. A deadline in the past is taken away."""
    ahead = brief.closes_at if brief.closes_at and brief.closes_at > now else None
    advance(brief, "open", moves=BRIEF_MOVES, actor=actor, now=now, closes_at=ahead)


def close_brief(*, brief: Brief, actor: str, now: dt.datetime) -> None:
    """Take no more drafts; those that are in stay."""
    advance(brief, "close", moves=BRIEF_MOVES, actor=actor, now=now)


def close_due_briefs(now: dt.datetime) -> int:
    """Close briefs whose deadline has passed: due-function of the ticker."""
    due = Brief.objects.filter(state=Brief.State.OPEN, closes_at__lte=now)
    return sum(_close_due(brief, now) for brief in due.order_by("closes_at")[:50])


def _close_due(brief: Brief, now: dt.datetime) -> int:
    try:
        close_brief(brief=brief, actor="job:close_due_briefs", now=now)
    except WrongState:
        return 0
    return 1
