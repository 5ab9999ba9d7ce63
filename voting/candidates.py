"""Which drafts may take part in a round, and in which order they enter it."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    When,
)

from designs.models import Brief, Design, Revision
from designs.states import DESIGN_MOVES
from voting.models import Entry, Round
from voting.queries import FEWEST_DRAFTS
from voting.states import OVER, RUNNING

Outcome = Entry.Outcome
# The order of entering, by what became of a draft in the last round that counted it.
TURNS: Final = {
    Outcome.WINNER: 0,
    Outcome.FORWARDED: 1,
    Outcome.TO_REVISE: 2,
    Outcome.NOT_CHOSEN: 4,
}
NEW: Final = 3


def enterable_designs(brief: Brief) -> QuerySet[Design]:
    """Drafts of a brief that may enter a round, each with its newest revision.

    As they are entered: those that go on by their place in the last round, then revised ones, new
    ones by number, and those that were not chosen. Not those that compete in an open round or wait
    for the decision about a closed one.
    """
    free = free_designs().filter(brief=brief).select_related("designer")
    before = {
        "earlier_round": last_counted("round__title"),
        "earlier_outcome": last_counted("outcome"),
        "earlier_place": last_counted("tallies__rank", tallies__group=F("round__deciding")),
        "earlier_at": last_counted("round__closed_at"),
    }
    found = free.annotate(newest=Max("revisions__number"), **before)
    turns = (When(earlier_outcome=outcome, then=turn) for outcome, turn in TURNS.items())
    turn = Case(*turns, default=NEW, output_field=IntegerField())
    latest = F("earlier_at").desc(nulls_last=True)
    return found.order_by(turn, latest, F("earlier_place").asc(nulls_last=True), "number")


def last_counted(field: str, **more: Any) -> Subquery:
    """That of the entry with which a draft was in the last round that counted it."""
    entries = Entry.objects.filter(
        revision__design=OuterRef("pk"), round__state=Round.State.CLOSED, **more
    )
    return Subquery(entries.order_by("-round__closed_at", "-pk").values(field)[:1])


def free_designs() -> QuerySet[Design]:
    """Drafts that could enter a round now, of whatever brief."""
    states = [state for state, event in DESIGN_MOVES if event == "enter"]
    running = Entry.objects.filter(
        round__state__in=[*RUNNING, *OVER], outcome=Entry.Outcome.PENDING
    )
    designs = Design.objects.filter(state__in=states)
    return designs.exclude(pk__in=running.values("revision__design"))


def lacking_drafts(rounds: Iterable[Round]) -> set[int]:
    """Those of these rounds that could not open now: too few of their drafts are free."""
    wanted = {round.pk for round in rounds}
    entries = Entry.objects.filter(round__in=wanted, revision__design__in=free_designs())
    counted = entries.values("round").annotate(drafts=Count("revision__design", distinct=True))
    enough = counted.filter(drafts__gte=FEWEST_DRAFTS)
    return wanted - set(enough.values_list("round", flat=True))


def newest_revisions(designs: Iterable[Design]) -> list[Revision]:
    """Of each of these drafts, in their order."""
    wanted = [design.pk for design in designs]
    rows = Revision.objects.filter(design__in=wanted).order_by("number")
    newest = {revision.design_id: revision for revision in rows}
    return [newest[pk] for pk in dict.fromkeys(wanted) if pk in newest]
