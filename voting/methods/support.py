"""Support: one press per draft, for as many as one likes or as the budget gives."""

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
from voting.marks import SILENT, Marks
from voting.methods.base import OTHER_METHOD, YES_OR_NO, Amounts, Line, Method, Said, percent_line
from voting.models import Round, Tally
from voting.rules import Most
from voting.tally import Figure, Paper, Rule, percent

if TYPE_CHECKING:
    from voting.writer import Change

SMALLEST_BUDGET: Final = 3
# A budget below this part of the drafts would make people hold votes back.
GENEROUS: Final = 4
VOTES, SHARED = "most-votes", "shared-votes"


def _one_each(paper: Paper) -> Iterable[tuple[int, int]]:
    return [(entry, 1) for entry, _one in paper.said]


# Divisible by every number of drafts that a ballot may name: whole numbers add up exactly.
WHOLE_VOTE: Final = math.lcm(*range(1, 251))


def _shared(paper: Paper) -> Iterable[tuple[int, int]]:
    return [(entry, WHOLE_VOTE // len(paper.said)) for entry, _one in paper.said]


@dataclass(frozen=True)
class Support(Method):
    """Most votes win. `budget`: how many drafts one person may support; none: all of them."""

    budget: int | None = None

    name: ClassVar[str] = Round.Method.SUPPORT
    part: ClassVar[str] = "supports"
    control: ClassVar[str] = "voting/_control_support.html"
    about: ClassVar[Promise] = gettext_lazy(
        "One press for every draft one likes. Quick; good for up to some dozens of drafts."
    )
    explained: ClassVar[Promise] = gettext_lazy(
        "Support is the part of the voters who voted for a draft; behind it, the number of votes."
    )

    @property
    def own(self) -> str:
        return "voting/_own_support.html" if self.budget else ""

    @property
    def needs_whole_ballot(self) -> bool:
        """A budget is spent by all marks together."""
        return self.budget is not None

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        return {
            "budget": forms.IntegerField(
                label=gettext_lazy("Votes per person"),
                required=False,
                min_value=SMALLEST_BUDGET,
                max_value=500,
                help_text=gettext_lazy(
                    "Empty: as many as one likes. A vote that is taken back can be given again."
                ),
            )
        }

    def problems(self, drafts: int) -> dict[str, Promise | str]:
        least = max(SMALLEST_BUDGET, -(-drafts // GENEROUS))
        if self.budget is None or self.budget >= least:
            return {}
        text = _("Be generous: for %(drafts)s drafts give at least %(least)s votes, or no limit.")
        return {"budget": text % {"drafts": drafts, "least": least}}

    def read(self, value: str) -> dict[str, Any]:
        return {"supports": YES_OR_NO[value]}

    def changed(self, marks: Marks, change: "Change", drafts: int) -> Marks | Refusal:
        if self.is_other(change):
            return OTHER_METHOD
        if change.supports is None:
            return marks
        mark = marks.get(change.entry_id, SILENT)
        after = {**marks, change.entry_id: replace(mark, supports=change.supports)}
        if change.supports and not mark.supports and len(self.said(after)) > (self.budget or 1e9):
            return _spent(self.budget)
        return after

    def left(self, said: int) -> int:
        return max(0, (self.budget or 0) - said)

    def lead(self, first: Tally, second: Tally) -> str:
        lead = first.support - second.support
        ahead = ngettext("Ahead by %(lead)s vote.", "Ahead by %(lead)s votes.", lead)
        support = _("%(votes)s of %(voters)s voters supported it.")
        said = support % {"votes": first.support, "voters": first.voters}
        return f"{ahead % {'lead': lead}} {said}" if lead else said

    def said(self, marks: Marks) -> Said:
        return tuple((entry, 1) for entry, mark in sorted(marks.items()) if mark.supports)

    def figure(
        self, votes: int, own: Amounts, papers: int, whole: Amounts, voters: int, drafts: int
    ) -> Figure:
        return percent(votes, voters)

    def line(self, figure: Figure) -> Line:
        votes = ngettext("%(votes)s vote", "%(votes)s votes", figure.votes)
        words = _("%(percent)s percent of the voters, likely between %(low)s and %(high)s")
        return percent_line(figure, votes, words)

    def rules(self) -> Sequence[Rule]:
        return [Most(VOTES, _one_each), Most(SHARED, _shared)]

    def rule_label(self, name: str) -> str:
        return {
            VOTES: _("most votes"),
            SHARED: _("each person's vote shared among their drafts"),
        }[name]

    def frozen(self) -> dict[str, Any]:
        return {
            "counts": "the sum of votes, one per ballot and entry",
            "budget": self.budget,
            "silence": "an entry without a vote gets nothing from that ballot",
            "ties": "more would-buy, then lowest sha256(seed:entry)",
        }

    def sentences(self) -> list[str]:
        if self.budget:
            how = _(
                "Everybody has %(votes)s votes, one for each draft they would like to see made. A"
                " vote that is taken back can be given again."
            ) % {"votes": self.budget}
        else:
            how = _("Vote for every draft you would like to see made, one vote for each.")
        return [
            how,
            _("The draft with the most votes wins."),
            _("Not voting for a draft says nothing against it."),
            _(
                "Level in votes: the draft that more people would buy; level there too: a lot that"
                " was drawn when the round opened."
            ),
        ]


def _spent(budget: int | None) -> Refusal:
    text = gettext_lazy("Not counted: all {votes} votes are given. Take one back first.")
    return Refusal("budget", format_lazy(text, votes=budget))
