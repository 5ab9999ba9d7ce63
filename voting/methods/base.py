"""What a method of voting consists of.

A method is one module with one class: what a press may say, what it makes of the ballot, which
counters it moves, how ballots are counted, how a figure reads, and the rule in plain words. Its
fields are its parameters, which the round keeps and freezes. `METHODS` in the package names it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Self

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from voting.access import Refusal
from voting.marks import SILENT, Key, Mark, Marks
from voting.models import Ballot, Choice, Round, Tally
from voting.tally import Box, Figure, Paper, Place, Rule, box_of, places

if TYPE_CHECKING:
    from voting.writer import Change

Said = tuple[tuple[int, ...], ...]


class Standing(NamedTuple):
    """The facts that say in which classes a ballot counts."""

    is_confirmed: bool
    is_buyer: bool
    is_honorary: bool


Cast = tuple[int, Standing, Paper]
Amounts = tuple[int, int]
YES_OR_NO = {"0": False, "1": True}
OTHER_METHOD = Refusal("method", _("Not counted: this round is voted on in another way."))
# The parts of a change that belong to one method each.
PARTS = ("supports", "score", "rank", "answer")


@dataclass(frozen=True)
class Counts:
    """What one ballot adds to the counters: points and squares per entry, and to the round."""

    entries: Mapping[int, Amounts]
    round: Amounts = (0, 0)


@dataclass(frozen=True)
class Line:
    """A figure as people read it: its number, spread and votes, and the same in words.

    `dot`, `start` and `end` are the places on a line from 0 to 100.
    """

    number: str
    unit: str
    spread: str
    votes: str
    words: str
    dot: float
    start: float
    end: float


PREFERRED: Final = _(
    "Preferred in %(percent)s of 100 comparisons with another draft, likely between"
    " %(low)s and %(high)s"
)


def percent_line(figure: Figure, votes: str, words: str | Promise) -> Line:
    """A figure out of 100; `votes` has a place for %(votes)s, `words` for percent, low, high."""
    value = figure.value or 0
    said = {"percent": f"{value:g}", "low": f"{figure.low:g}", "high": f"{figure.high:g}"}
    return Line(
        number=f"{value:g}",
        unit=gettext("%"),
        spread=f"±{-(-int(figure.high - figure.low) // 2)}",
        votes=votes % {"votes": figure.votes},
        words=str(words) % said,
        dot=value,
        start=figure.low,
        end=figure.high,
    )


@dataclass(frozen=True)
class Method:
    """The interface. Everything here is a function of the parameters and what is handed in."""

    name: ClassVar[str]
    # The part of a choice that a press sets, and the template of its control on a card.
    part: ClassVar[str]
    control: ClassVar[str]
    # Whether a press moves other drafts of the ballot too.
    is_ordered: ClassVar[bool] = False
    # In the form of a round: for what it is good, in a sentence.
    about: ClassVar[Promise]
    # Whether its rule needs ballots as a whole. Otherwise the public file of the close has every
    # mark by itself, so that nobody can know a ballot by the pattern of its marks.
    is_published_whole: ClassVar[bool] = False
    # Above the table of a result.
    explained: ClassVar[Promise]
    # Whether the figure of a draft follows from its counters and those of the round; where it hangs
    # on all answers together, `voting.desks` has it while the round is open.
    hangs_on_counters: ClassVar[bool] = True
    # The name of the page on which one votes; none: the page of the round itself.
    page: ClassVar[str] = ""

    @property
    def own(self) -> str:
        """The template that shows the own ballot as a whole; none where that says nothing."""
        return ""

    @property
    def needs_whole_ballot(self) -> bool:
        """Whether a change is judged or counted by the other marks of the ballot too.

        Where it is not, the writer reads and counts only the mark that changes.
        """
        return False

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """The method with the parameters that a round keeps; unknown ones are an error."""
        return cls(**parameters)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the round keeps and freezes."""
        return asdict(self)

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        """The fields of the round's form, by parameter."""
        return {}

    def problems(self, drafts: int) -> dict[str, Promise | str]:
        """What is wrong with the parameters for that many drafts, by parameter."""
        return {}

    # What a press may say, and what becomes of the ballot

    def read(self, value: str) -> dict[str, Any]:
        """What `value` sets, as fields of a `Change`. Raises `KeyError` or `ValueError`."""
        raise NotImplementedError

    def is_other(self, change: "Change") -> bool:
        """Whether the change sets a part of another method."""
        return any(getattr(change, one) is not None for one in PARTS if one != self.part)

    def shows_tally(self, marks: int, said: int, drafts: int) -> bool:
        """Whether a ballot of so many marks, of which so many count, is enough to see the tally."""
        return marks > 0

    def left(self, said: int) -> int:
        """How much a ballot may still say; where there is no limit, nothing is shown of it."""
        return 0

    def counted(self, mark: Mark) -> str:
        """What is said when a mark was counted; the number of the draft as `%(number)s`."""
        return gettext("Vote counted for No. %(number)s. Undo available.")

    def lead(self, first: Tally, second: Tally) -> str:
        """By what the first is before the second, in a sentence or two."""
        raise NotImplementedError

    def changed(self, marks: Marks, change: "Change", drafts: int) -> Marks | Refusal:
        """The ballot after the change; its "would buy" is already in `marks`.

        Called by the writer inside the transaction, with the row of the round locked.
        """
        raise NotImplementedError

    def said(self, marks: Marks) -> Said:
        """What a ballot says by this method: entry and value, in a fixed order."""
        raise NotImplementedError

    def named(self, said: Said) -> Iterator[int]:
        """The entries that it says something about, each as often as it does."""
        return (one[0] for one in said)

    def counts(self, said: Said, drafts: int) -> Counts:
        """What a ballot that says this adds to the counters."""
        return Counts(dict.fromkeys(self.named(said), (0, 0)))

    # Figures

    def figure(
        self, votes: int, own: Amounts, papers: int, whole: Amounts, voters: int, drafts: int
    ) -> Figure:
        """The figure of an entry, from its counters (`own`) and those of the round (`whole`)."""
        raise NotImplementedError

    def line(self, figure: Figure) -> Line:
        """The figure in the reader's language."""
        raise NotImplementedError

    # Counting

    def rules(self) -> Sequence[Rule]:
        """The rule that decides, then those that it is compared with."""
        raise NotImplementedError

    def frozen(self) -> dict[str, Any]:
        """What is frozen of the method: its parameters, ties, and what silence means."""
        raise NotImplementedError

    def sentences(self) -> list[str]:
        """The rule in plain words, in the reader's language."""
        raise NotImplementedError

    def rule_label(self, name: str) -> str:
        """A rule's name for people."""
        raise NotImplementedError

    def papers(self, round: Round) -> dict[str, list[Paper]]:
        """The live ballots of a round by class of voters; a quarantined one is in none."""
        groups: dict[str, list[Paper]] = {group: [] for group in Tally.Group.values}
        for _pk, standing, paper in self.ballots(round):
            for group in groups_of(*standing):
                groups[group].append(paper)
        return groups

    def ballots(self, round: Round, *, set_aside: bool = False) -> Iterator[Cast]:
        """Key, standing and paper of every live ballot that counts, or of every one set aside."""
        ballots = Ballot.objects.filter(round=round, is_live=True, is_quarantined=set_aside)
        marks: dict[int, Marks] = {}
        for ballot, key, mark in self.marks(ballots):
            marks.setdefault(ballot, {})[key] = mark
        facts = ballots.order_by("pk").values_list("pk", "is_confirmed", "is_buyer", "is_honorary")
        for pk, *standing in facts.iterator():
            yield pk, Standing(*standing), self.paper(marks.get(pk, {}))

    def marks(self, ballots: QuerySet[Ballot]) -> Iterator[tuple[int, Key, Mark]]:
        """Ballot, key and mark of everything that these ballots say."""
        said = ("ballot", "entry", "supports", "would_buy", "score", "rank")
        rows = Choice.objects.filter(ballot__in=ballots).values_list(*said)
        for ballot, entry, supports, would_buy, score, rank in rows.iterator():
            yield ballot, entry, Mark(supports, would_buy, score=score, rank=rank)

    def paper(self, marks: Marks) -> Paper:
        """A ballot as counting sees it."""
        would_buy = sorted(entry for entry, mark in marks.items() if mark.would_buy)
        return Paper(self.said(marks), tuple(would_buy))

    def count(self, papers: Iterable[Paper], entries: Sequence[int], seed: str) -> list[Place]:
        """Every entry's place, best first."""
        box = box_of(papers)
        found = places(self.rules(), box, entries, seed)
        figures = self.figures(box, entries)
        return [
            Place(
                entry,
                *figures[entry],
                found.would_buy.get(entry, 0),
                rank,
                found.firsts.get(entry, 0),
                found.first_by.get(entry, ()),
                found.parted_by if rank == 1 else "",
            )
            for rank, entry in enumerate(found.order, start=1)
        ]

    def figures(self, box: Box, entries: Sequence[int]) -> dict[int, tuple[Figure, int]]:
        """The figure and the points of every entry, from the ballots themselves."""
        drafts = len(entries)
        votes = dict.fromkeys(entries, 0)
        own: dict[int, Amounts] = dict.fromkeys(entries, (0, 0))
        whole, papers = (0, 0), 0
        for paper, times in box.items():
            counts = self.counts(paper.said, drafts)
            for entry in self.named(paper.said):
                votes[entry] += times
            for entry, amounts in counts.entries.items():
                own[entry] = _plus(own[entry], amounts, times)
            whole = _plus(whole, counts.round, times)
            papers += times * bool(paper.said)
        voters = sum(box.values())
        return {
            entry: (
                self.figure(votes[entry], own[entry], papers, whole, voters, drafts),
                own[entry][0] + whole[0],
            )
            for entry in entries
        }


def parameter_names(method: type[Method]) -> list[str]:
    """The parameters of a method, in the order of its form."""
    return [one.name for one in fields(method)]


def with_would_buy(marks: Marks, change: "Change") -> Marks:
    """The ballot after what the change says about buying, which every method takes."""
    if change.would_buy is None:
        return marks
    mark = marks.get(change.entry_id, SILENT)
    if change.would_buy:
        said = replace(mark, would_buy=True, options=change.options, cap_minor=change.cap_minor)
    else:
        said = replace(mark, would_buy=False, options={}, cap_minor=None)
    return {**marks, change.entry_id: said}


def groups_of(is_confirmed: bool, is_buyer: bool, is_honorary: bool) -> Iterable[str]:
    """The classes that a ballot of this standing counts in."""
    group = Tally.Group
    if not is_confirmed:
        return [group.GUESTS]
    also = [(group.BUYERS, is_buyer), (group.HONORARY, is_honorary)]
    return [group.ALL, *(one for one, is_in in also if is_in)]


def _plus(sums: Amounts, more: Amounts, times: int) -> Amounts:
    return sums[0] + more[0] * times, sums[1] + more[1] * times
