"""Reads about rounds and their results."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, Max, Prefetch, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.functional import Promise

from core.models import StateLog
from designs.models import Brief, Design, RevisionPicture, Thread
from designs.threads import Place
from fans.models import Brand, Voter
from voting import reads, tally
from voting.marks import Mark
from voting.methods import Line, Method, method_of
from voting.models import Ballot, Entry, Round, Tally
from voting.rows import marks_of_ballots
from voting.states import OVER, PUBLIC, RUNNING

Group = Tally.Group
# A vote is a choice.
FEWEST_DRAFTS = 2
# Pictures on the card of a round.
TEASER = 3
# A round before its opening leaves out drafts that were withdrawn since the planning.
UNOPENED = (Round.State.DRAFT, Round.State.SCHEDULED)


def public_rounds() -> QuerySet[Round]:
    """Every round that everybody may see, with its brief and brand."""
    return Round.objects.filter(state__in=PUBLIC).select_related("brief__brand")


def open_rounds() -> QuerySet[Round]:
    """Rounds in which ballots count now, the one that closes first before the others."""
    return public_rounds().filter(state=Round.State.OPEN).order_by("closes_at", "pk")


def running_rounds() -> QuerySet[Round]:
    """The same and those that are paused."""
    return public_rounds().filter(state__in=RUNNING).order_by("closes_at", "pk")


def coming_rounds() -> QuerySet[Round]:
    """Rounds with a date that are not open yet."""
    return public_rounds().filter(state=Round.State.SCHEDULED).order_by("opens_at", "pk")


def closed_rounds() -> QuerySet[Round]:
    """Rounds that were counted or are just being counted, the last one first."""
    return public_rounds().filter(state__in=OVER).order_by("-closed_at", "-pk")


def brand_rounds(brand: Brand) -> QuerySet[Round]:
    """All rounds of a brand for those who run it, newest first."""
    rounds = Round.objects.filter(brief__brand=brand).select_related("brief__brand")
    return rounds.order_by("-pk")


def undecided_rounds(brand: Brand) -> QuerySet[Round]:
    """Closed rounds in which a draft has no decision yet: the brand owes it."""
    waiting = brand_rounds(brand).filter(state=Round.State.CLOSED)
    return waiting.filter(entries__outcome=Entry.Outcome.PENDING).distinct()


def entries_of(round: Round) -> QuerySet[Entry]:
    """The entries of a round in order of entering.

    Before the opening without the drafts that were withdrawn since the planning: they will not
    take part, and nobody may see them any more.
    """
    rows = Entry.objects.filter(round=round).order_by("pk")
    if round.state in UNOPENED:
        return rows.exclude(revision__design__state=Design.State.WITHDRAWN)
    return rows


def entries_with_designs(round: Round) -> QuerySet[Entry]:
    """Entries with revision, design, designer and pictures, in order of entering."""
    pictures = Prefetch("revision__placements", RevisionPicture.objects.select_related("picture"))
    rows = entries_of(round).select_related("revision__design__designer")
    return rows.prefetch_related(pictures)


def with_pictures(rounds: Iterable[Round]) -> list[Round]:
    """The rounds, each with `teaser`, the first pictures of some entries, and `winner`, a title.

    The chosen draft stands first. Two queries for all.
    """
    found = list(rounds)
    unseen = Q(
        round__state__in=[Round.State.DRAFT, Round.State.SCHEDULED],
        revision__design__state=Design.State.WITHDRAWN,
    )
    chosen_first = Case(When(outcome=Entry.Outcome.WINNER, then=Value(0)), default=Value(1))
    place = Window(RowNumber(), partition_by="round_id", order_by=[chosen_first, "pk"])
    entries = Entry.objects.filter(~unseen, round__in=found).annotate(place=place)
    first = list(
        entries.filter(place__lte=TEASER)
        .order_by("place")
        .values("round_id", "revision_id", "outcome", "revision__design__title")
    )
    rows = RevisionPicture.objects.filter(
        revision__in={one["revision_id"] for one in first}, position=0
    )
    pictures = {row.revision_id: row for row in rows.select_related("picture")}
    winners = {
        one["round_id"]: one["revision__design__title"]
        for one in first
        if one["outcome"] == Entry.Outcome.WINNER
    }
    for round in found:
        shown = [one["revision_id"] for one in first if one["round_id"] == round.pk]
        round.teaser = [pictures[pk] for pk in shown if pk in pictures]  # type: ignore[attr-defined]
        round.winner = winners.get(round.pk, "")  # type: ignore[attr-defined]
    return found


def marks_of(round: Round, voter: Voter | None) -> tuple[Ballot | None, dict[int, Mark]]:
    """The ballot of a voter in a round and what it says of entries; answers to pairs aside."""
    if voter is None or voter.pk is None:
        return None, {}
    found = reads.ballots([round.pk], [voter.pk], DEFAULT_DB_ALIAS)
    marks = marks_of_ballots([one.pk for one in found], DEFAULT_DB_ALIAS)
    return next(iter(found), None), {entry: mark for _ballot, entry, mark in marks}


@dataclass(frozen=True)
class DraftSupply:
    """Where the drafts of a brief are, seen from the next round."""

    ready: int
    to_revise: int
    running: list[Round]

    @property
    def is_enough(self) -> bool:
        """Whether a round can be made of what is ready."""
        return self.ready >= FEWEST_DRAFTS


def draft_supply(brief: Brief, ready: Iterable[Design]) -> DraftSupply:
    """What can take part, what is with its designer, and the rounds that hold the others."""
    undecided = Entry.Outcome.PENDING
    running = Round.objects.filter(brief=brief, entries__outcome=undecided)
    running = running.filter(state__in=[*RUNNING, *OVER])
    return DraftSupply(
        ready=len(list(ready)),
        to_revise=brief.designs.filter(state=Design.State.TO_REVISE).count(),
        running=list(running.distinct().order_by("number")),
    )


@dataclass(frozen=True)
class HeldBallot:
    """A guest's votes in a round, which count when the guest has given an address."""

    pk: int
    entries: list[Entry]
    answers: int = 0  # to pairs


def held_ballot(round: Round, ballot: Ballot | None, marks: Iterable[int]) -> HeldBallot | None:
    """What is held of a ballot that says `marks` of entries; of other ballots nothing."""
    if ballot is None or ballot.is_confirmed or not ballot.is_live:
        return None
    entries = list(entries_with_designs(round).filter(pk__in=marks))
    return HeldBallot(ballot.pk, entries, ballot.marks - len(entries))


@dataclass(frozen=True)
class Placing:
    """One entry in a counted round: its place by the deciding tally, and all its tallies."""

    entry: Entry
    tallies: dict[str, Tally]
    deciding: Tally
    method: Method

    @property
    def line(self) -> Line:
        """The figure among the deciding voters, as people read it."""
        return self.method.line(figure_of(self.deciding))

    @property
    def first_by(self) -> list[str]:
        """The rules that put it first among the deciding voters, by name."""
        return [self.method.rule_label(name) for name in self.deciding.first_by]

    @property
    def lines(self) -> list[tuple[str, Tally, Line]]:
        """The figure in each class of voters, in the order of the table."""
        rows = [(group, self.tallies[group]) for group in self.groups]
        return [(str(group.label), row, self.method.line(figure_of(row))) for group, row in rows]

    @property
    def groups(self) -> list[Group]:
        """The classes with ballots in them; all voters and those who decide in any case."""
        always = (Group.ALL, self.deciding.group)
        found = (group for group in Group if group in self.tallies)
        return [group for group in found if group in always or self.tallies[group].voters]


def figure_of(row: Tally) -> tally.Figure:
    """The frozen figure of an entry in one class of voters."""
    return tally.Figure(row.support, row.voters, row.value, row.low or 0, row.high or 0)


@dataclass(frozen=True)
class RoundResult:
    """A counted round: every entry in the order of the deciding tally."""

    round: Round
    places: list[Placing]

    @property
    def groups(self) -> list[tuple[Group, Promise]]:
        """The classes that the table has columns for."""
        return [(group, group.label) for one in self.places[:1] for group in one.groups]

    @property
    def first(self) -> Placing | None:
        """Who leads the deciding tally, if anybody voted in it."""
        return self.places[0] if self.places and self.voters else None

    @property
    def second(self) -> Placing | None:
        """Who comes next."""
        return self.places[1] if len(self.places) > 1 else None

    @property
    def voters(self) -> int:
        """Ballots in the deciding tally."""
        return self.places[0].deciding.voters if self.places else 0

    @property
    def says_how_sure(self) -> bool:
        """Whether the re-runs are worth telling; below, pages say that the votes are too few."""
        return tally.says_how_sure(self.voters)

    @property
    def lead(self) -> str:
        """By what the first is ahead, in the words of the method."""
        if not self.first or not self.second:
            return ""
        return self.first.method.lead(self.first.deciding, self.second.deciding)

    @property
    def is_clear(self) -> bool:
        """Whether the first place would stand in most re-drawn electorates."""
        if self.first is None or self.tie:
            return False
        return self.first.deciding.first_in_reruns >= tally.CLEAR_WINS

    @property
    def tie(self) -> str:
        """What parted the first two when the rule did not: "", "would-buy" or "lot"."""
        return self.first.deciding.parted_by if self.first else ""

    @cached_property
    def other_firsts(self) -> list[tuple[str, Placing]]:
        """Rules that would have put somebody else first on the same ballots, and whom."""
        if not self.first:
            return []
        others = (one for one in self.places if one is not self.first)
        return [(label, one) for one in others for label in one.first_by]

    @cached_property
    def agreeing_rules(self) -> list[str]:
        """Rules beside the deciding one that put the same draft first."""
        return self.first.first_by[1:] if self.first else []

    @property
    def chosen(self) -> Placing | None:
        """The winner as decided by the brand, once it is."""
        wins = (one for one in self.places if one.entry.outcome == Entry.Outcome.WINNER)
        return next(wins, None)

    @property
    def is_decided(self) -> bool:
        """Whether every draft has its answer."""
        return all(one.entry.outcome != Entry.Outcome.PENDING for one in self.places)

    @property
    def other_leaders(self) -> list[tuple[str, Placing]]:
        """Who leads in the classes that do not decide, where that is somebody else."""
        leaders = []
        for group in (Group.ALL, Group.BUYERS, Group.HONORARY):
            rows = [one for one in self.places if one.tallies[group].rank == 1]
            counted = rows and rows[0].tallies[group].voters
            if counted and group != self.round.deciding and rows[0] is not self.places[0]:
                leaders.append((str(Group(group).label), rows[0]))
        return leaders


def round_result(round: Round) -> RoundResult | None:
    """The frozen result of a closed round, best first; `None` before the count.

    Asks nobody's rights: pages stand behind `access.results_visible` or `access.may_decide`.
    """
    if round.state != Round.State.CLOSED:
        return None
    by_entry: dict[int, dict[str, Tally]] = {}
    for row in Tally.objects.filter(round=round):
        by_entry.setdefault(row.entry_id, {})[row.group] = row
    method = method_of(round)
    places = [
        Placing(entry, by_entry[entry.pk], by_entry[entry.pk][round.deciding], method)
        for entry in entries_with_designs(round)
        if entry.pk in by_entry
    ]
    return RoundResult(round, sorted(places, key=lambda one: one.deciding.rank))


def place_of_round(thread: Thread) -> Place | None:
    """The page of a round's thread, once everybody may see that page."""
    found = public_rounds().filter(thread=thread).first()
    if not found:
        return None
    url = reverse("voting:round", args=[found.pk])
    return Place(found.brief.brand, url, f"{found.brief.title} · {found.title}")


def sibling_context(round: Round) -> dict[str, Any]:
    """The public rounds of the same brief, in their order; the version grows as any of them moves.

    For `voting/_siblings.html`.
    """
    rounds = Round.objects.filter(brief=round.brief_id).order_by("number")
    moves = StateLog.objects.filter(
        entity=Round._meta.label_lower, object_id__in=rounds.values("pk")
    )
    return {
        "siblings": [one for one in rounds if one.state in PUBLIC],
        "siblings_version": moves.aggregate(last=Max("id"))["last"] or 0,
    }
