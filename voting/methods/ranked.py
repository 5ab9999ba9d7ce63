"""Ranked: some drafts in one's own order; the round says which rule makes one order of all."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voting.access import Refusal
from voting.marks import SILENT, Mark, Marks
from voting.methods.base import (
    OTHER_METHOD,
    PREFERRED,
    Amounts,
    Counts,
    Line,
    Method,
    Said,
    percent_line,
)
from voting.models import Round, Tally
from voting.orders import BeatPaths, LockedPairs, PlacePoints, RunOff
from voting.rules import Most
from voting.tally import Z95, Figure, Paper, Rule

if TYPE_CHECKING:
    from voting.writer import Change

# More would have to be read before one can order any, and duels grow with the square.
MOST_DRAFTS: Final = 40
FEWEST_PLACES: Final = 3
SCHULZE, PAIRS, RUN_OFF, BORDA, TOPS = "schulze", "ranked-pairs", "run-off", "borda", "first-places"
CHOICES: Final = [
    (SCHULZE, gettext_lazy("Schulze: strongest path of won duels")),
    (PAIRS, gettext_lazy("Ranked pairs: clearest duels first")),
    (RUN_OFF, gettext_lazy("Instant run-off: the last one goes, its ballots move on")),
    (BORDA, gettext_lazy("Borda: points by place")),
]
WHAT_COUNTS: Final[dict[str, Promise]] = {
    SCHULZE: gettext_lazy(
        "Every two drafts meet in a duel: who puts which above the other. The draft wins whose"
        " chains of won duels to the others are stronger than theirs back; a chain is as strong as"
        " its weakest duel, a won duel as the votes for it. A draft that wins all its duels is"
        " always first."
    ),
    PAIRS: gettext_lazy(
        "Every two drafts meet in a duel: who puts which above the other. The duels won with the"
        " most votes are fixed first, and one that contradicts those already fixed is left out. A"
        " draft that wins all its duels is always first."
    ),
    RUN_OFF: gettext_lazy(
        "The draft with the fewest first places goes, and its ballots move to the next draft they"
        " name, again and again until one is left. A ballot that names no draft any more rests."
    ),
    BORDA: gettext_lazy(
        "A draft gets a point for every draft that a ballot puts below it, and half a point for"
        " every draft that is level with it. The most points win."
    ),
}
FROZEN: Final[dict[str, str]] = {
    SCHULZE: "Schulze (beat paths) over winning votes; each place goes to an entry unbeaten among"
    " those that wait",
    PAIRS: "ranked pairs over winning votes; equal wins by winner, then by loser from the end, in"
    " the order of ties; level duels last",
    RUN_OFF: "instant run-off, one entry out at a time, of equals the last in the order of ties;"
    " exhausted ballots rest",
    BORDA: "Borda; level entries share their points equally",
}


def _top(paper: Paper) -> Iterable[tuple[int, int]]:
    return [(entry, 1) for entry, _rank in paper.said[:1]]


@dataclass(frozen=True)
class Ranked(Method):
    """`rule` decides; `places`: how many drafts a ballot may rank (none: all of them)."""

    rule: str = SCHULZE
    places: int | None = 5

    name: ClassVar[str] = Round.Method.RANKED
    part: ClassVar[str] = "rank"
    control: ClassVar[str] = "voting/_control_ranked.html"
    is_ordered: ClassVar[bool] = True
    is_published_whole: ClassVar[bool] = True
    # Read by templates: more than there can be drafts, so it means at the end.
    last_place: ClassVar[int] = 999
    about: ClassVar[Promise] = gettext_lazy(
        "Everybody puts some drafts in order. Tells most per ballot; for at most forty drafts."
    )
    explained: ClassVar[Promise] = gettext_lazy(
        "How often a draft would be preferred to another one, of 100 comparisons; behind it, how"
        " many ranked it. The order is that of the rule, which looks at whole ballots."
    )

    @property
    def own(self) -> str:
        return "voting/_own_ranked.html"

    @property
    def needs_whole_ballot(self) -> bool:
        """A draft that takes a place moves the others."""
        return True

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        return {
            "rule": forms.ChoiceField(
                label=gettext_lazy("Rule"),
                choices=CHOICES,
                initial=cls.rule,
                widget=forms.RadioSelect,
            ),
            "places": forms.IntegerField(
                label=gettext_lazy("Places on a ballot"),
                required=False,
                initial=cls.places,
                min_value=FEWEST_PLACES,
                max_value=MOST_DRAFTS,
                help_text=gettext_lazy("Empty: as many as there are drafts."),
            ),
        }

    def problems(self, drafts: int) -> dict[str, Promise | str]:
        if drafts <= MOST_DRAFTS:
            return {}
        text = _("Nobody puts %(drafts)s drafts in order: at most %(most)s can be ranked.")
        return {"rule": text % {"drafts": drafts, "most": MOST_DRAFTS}}

    # What a press may say

    def read(self, value: str) -> dict[str, Any]:
        return {"rank": int(value)}

    def changed(self, marks: Marks, change: "Change", drafts: int) -> Marks | Refusal:
        """Put the entry in the place, the others move; a place after the last is the last."""
        if self.is_other(change):
            return OTHER_METHOD
        if change.rank is None:
            return marks
        order = [entry for entry, _rank in self.said(marks) if entry != change.entry_id]
        if change.rank:
            order.insert(change.rank - 1, change.entry_id)
        if self.places and len(order) > self.places:
            return _full(self.places)
        ranks = {entry: rank for rank, entry in enumerate(order, start=1)}
        return {
            entry: replace(marks.get(entry, SILENT), rank=ranks.get(entry))
            for entry in [*marks, *(entry for entry in order if entry not in marks)]
        }

    def counted(self, mark: Mark) -> str:
        if mark.rank is None:
            return super().counted(mark)
        return _("No. %(number)s is in place %(rank)s.").replace("%(rank)s", str(mark.rank))

    def lead(self, first: Tally, second: Tally) -> str:
        rule = _("First by %(rule)s.") % {"rule": self.rule_label(self.rule)}
        said = _("On %(votes)s of %(voters)s ballots; preferred in %(percent)s of 100 comparisons.")
        return f"{rule} " + said % {
            "votes": first.support,
            "voters": first.voters,
            "percent": round(first.value or 0),
        }

    def said(self, marks: Marks) -> Said:
        ranked = [(mark.rank, entry) for entry, mark in marks.items() if mark.rank]
        return tuple((entry, rank) for rank, entry in sorted(ranked))

    def counts(self, said: Said, drafts: int) -> Counts:
        """Twice the drafts that are below, those that are level counting half.

        What an entry gets for not being named is the same for all: it is kept with the round,
        and the entries that are named keep the difference. So a vote moves only what it names.
        """
        if not said:
            return Counts({})
        unnamed = drafts - len(said) - 1
        points = {entry: 2 * (drafts - rank) for entry, rank in said}
        return Counts(
            {entry: (own - unnamed, own**2 - unnamed**2) for entry, own in points.items()},
            (unnamed, unnamed**2),
        )

    # Figures

    def figure(
        self, votes: int, own: Amounts, papers: int, whole: Amounts, voters: int, drafts: int
    ) -> Figure:
        if not papers or drafts < 2:
            return Figure(votes, papers, None, 0, 100)
        most = 2 * (drafts - 1)
        total, squares = own[0] + whole[0], own[1] + whole[1]
        # While a round is open the sums may have been read a moment apart.
        mean = min(max(total / (most * papers), 0.0), 1.0)
        # One ballot for it and one against beside them: one opinion is no range of nothing.
        middle = (total / most + 1) / (papers + 2)
        variance = max(0.0, (squares / most**2 + 1) / (papers + 2) - middle**2)
        half = Z95 * math.sqrt(variance / (papers + 2))
        low, high = max(0.0, mean - half), min(1.0, mean + half)
        return Figure(
            votes, papers, round(100 * mean), math.floor(100 * low), math.ceil(100 * high)
        )

    def line(self, figure: Figure) -> Line:
        votes = ngettext("on %(votes)s ballot", "on %(votes)s ballots", figure.votes)
        return percent_line(figure, votes, PREFERRED)

    # Counting

    def rules(self) -> Sequence[Rule]:
        known: dict[str, Rule] = {
            SCHULZE: BeatPaths(SCHULZE),
            PAIRS: LockedPairs(PAIRS),
            RUN_OFF: RunOff(RUN_OFF),
            BORDA: PlacePoints(BORDA),
        }
        decides = known.pop(self.rule)
        return [decides, *known.values(), Most(TOPS, _top)]

    def rule_label(self, name: str) -> str:
        return {
            SCHULZE: _("Schulze"),
            PAIRS: _("ranked pairs"),
            RUN_OFF: _("instant run-off"),
            BORDA: _("Borda"),
            TOPS: _("most first places"),
        }[name]

    def frozen(self) -> dict[str, Any]:
        return {
            "counts": FROZEN[self.rule],
            "rule": self.rule,
            "places": self.places,
            "silence": "an entry that a ballot does not rank is below all that it ranks, and level"
            " with the others it does not rank",
            "ties": "more would-buy, then lowest sha256(seed:entry)",
        }

    def sentences(self) -> list[str]:
        if self.places:
            how = ngettext(
                "Put your favourite in first place, and up to %(places)s draft in order.",
                "Put your favourite in first place, and up to %(places)s drafts in order.",
                self.places,
            ) % {"places": self.places}
        else:
            how = _("Put the drafts in your order, as many as you like.")
        return [
            how,
            str(WHAT_COUNTS[self.rule]),
            _("A draft you do not rank is below all that you rank, and level with the others."),
            _(
                "Level by the rule: the draft that more people would buy; level there too: a lot"
                " that was drawn when the round opened."
            ),
        ]


def _full(places: int) -> Refusal:
    text = gettext_lazy("Not counted: all {places} places are taken. Take one draft out first.")
    return Refusal("places", format_lazy(text, places=places))
