"""In pairs: which of two drafts, again and again; who beats strong ones is strong."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voting.access import Refusal, answers_first
from voting.marks import Key, Mark, Marks
from voting.methods.base import OTHER_METHOD, PREFERRED, Counts, Line, Method, Said, percent_line
from voting.models import Ballot, Comparison, Round, Tally
from voting.pairing import Strengths, chance
from voting.pairing.counting import Answers, Strongest, WonShare, met
from voting.pairing.outlook import SETTLED
from voting.rules import sums_of
from voting.tally import FEWEST_FOR_CERTAINTY, Z95, Box, Figure, Rule

if TYPE_CHECKING:
    from voting.writer import Change

LARGEST_TOP: Final = 100
STRONGEST, PAIRS, SHARE = "strongest", "pairs-alone", "most-won"


@dataclass(frozen=True)
class Pairwise(Method):
    """The strongest draft wins. `top`: how many are looked for; `ends`: whether the round closes
    by itself once they are told apart."""

    top: int = 10
    ends: bool = True

    name: ClassVar[str] = Round.Method.PAIRWISE
    part: ClassVar[str] = "answer"
    control: ClassVar[str] = "voting/_control_pairwise.html"
    hangs_on_counters: ClassVar[bool] = False
    page: ClassVar[str] = "voting:pair"
    about: ClassVar[Promise] = gettext_lazy(
        "One draft after another, then two at a time: which one? Little effort for each person,"
        " and the best way through many drafts, a hundred and more."
    )
    explained: ClassVar[Promise] = gettext_lazy(
        "How often a draft would be preferred to another one, of 100 comparisons; behind it, how"
        " often it was judged. The order is that of the strengths which explain all answers best."
    )

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        return {
            "top": forms.IntegerField(
                label=gettext_lazy("How many drafts shall be found"),
                initial=cls.top,
                min_value=1,
                max_value=LARGEST_TOP,
                help_text=gettext_lazy(
                    "People are asked about the drafts near the edge of this top. The more you"
                    " look for, the more answers it takes."
                ),
            ),
            "ends": forms.BooleanField(
                label=gettext_lazy("Close the round as soon as these are told apart"),
                required=False,
                initial=cls.ends,
            ),
        }

    def problems(self, drafts: int) -> dict[str, Promise | str]:
        if self.top < drafts:
            return {}
        text = _("Of %(drafts)s drafts at most %(most)s can be told apart from the rest.")
        return {"top": text % {"drafts": drafts, "most": drafts - 1}}

    # What may be said

    def read(self, value: str) -> dict[str, Any]:
        """An answer needs the question it belongs to: `voting.questions` reads it."""
        raise ValueError(value)

    def shows_tally(self, marks: int, said: int, drafts: int) -> bool:
        return said >= answers_first(drafts)

    def changed(self, marks: Marks, change: "Change", drafts: int) -> Marks | Refusal:
        if self.is_other(change):
            return OTHER_METHOD
        if change.answer is None:
            return marks
        known: set[int] = set(Comparison.Answer.values[: 2 if len(change.entry_ids) == 1 else None])
        if change.other_id is None or change.answer not in known | {0}:
            return OTHER_METHOD
        return {**marks, change.key: Mark(answer=change.answer or None)}

    def lead(self, first: Tally, second: Tally) -> str:
        said = _(
            "Preferred in %(percent)s of 100 comparisons with another draft; the next one in"
            " %(next)s. It was judged %(votes)s times by %(voters)s voters."
        )
        return said % {
            "percent": round(first.value or 0),
            "next": round(second.value or 0),
            "votes": first.support,
            "voters": first.voters,
        }

    def said(self, marks: Marks) -> Said:
        answers = [(key, mark.answer) for key, mark in marks.items() if mark.answer]
        return tuple(sorted((*key, answer) for key, answer in answers))

    def named(self, said: Said) -> Iterator[int]:
        """Who cannot judge two drafts has said nothing of them."""
        return (entry for entry, _points in met(said))

    def counts(self, said: Said, drafts: int) -> Counts:
        """Two points for each draft that is preferred or liked, one where neither is."""
        points = Counter[int]()
        for entry, more in met(said):
            points[entry] += more
        return Counts({entry: (points[entry], 0) for entry in points})

    # Figures

    def figures(self, box: Box, entries: Sequence[int]) -> dict[int, tuple[Figure, int]]:
        """Strengths hang on all answers together, not on the counters of one draft."""
        found = Answers(sums_of(box, Strongest(STRONGEST).amount)).settled(entries)
        judged, points = Counter[int](), Counter[int]()
        for paper, times in box.items():
            for entry, more in met(paper.said):
                judged[entry] += times
                points[entry] += more * times
        papers = sum(times for paper, times in box.items() if paper.said)
        shown = figures_of(found, [judged[entry] for entry in entries], papers)
        return {
            entry: (figure, points[entry]) for entry, figure in zip(entries, shown, strict=True)
        }

    def line(self, figure: Figure) -> Line:
        votes = ngettext("judged %(votes)s time", "judged %(votes)s times", figure.votes)
        return percent_line(figure, votes, PREFERRED)

    # Counting

    def rules(self) -> Sequence[Rule]:
        return [Strongest(STRONGEST), Strongest(PAIRS, with_looks=False), WonShare(SHARE)]

    def rule_label(self, name: str) -> str:
        return {
            STRONGEST: _("strength"),
            PAIRS: _("strength by pairs alone"),
            SHARE: _("the greatest part of its pairs won"),
        }[name]

    def marks(self, ballots: QuerySet[Ballot]) -> Iterator[tuple[int, Key, Mark]]:
        yield from super().marks(ballots)
        columns = ("ballot_id", "low_id", "high_id", "answer")
        rows = Comparison.objects.filter(ballot__in=ballots).values_list(*columns)
        for ballot, low, high, answer in rows.iterator():
            yield ballot, (low, high), Mark(answer=answer)

    def frozen(self) -> dict[str, Any]:
        return {
            "counts": "strengths by Bradley and Terry's model with a normal prior (mean 0,"
            " deviation 1.5); a look is a pair with a bar of its own (deviation 2)",
            "answers": "1 the first or like, 2 the second or skip; 3 alike, 4 both good and 5 both"
            " bad are half a win for each; 6 cannot judge says nothing",
            "top": self.top,
            "ends": f"{SETTLED:g} of the top expected to be right, every entry seen and"
            f" {FEWEST_FOR_CERTAINTY} deciding ballots"
            if self.ends
            else "at its time",
            "silence": "an entry that a ballot was not asked about is not judged by it; one that"
            " nobody judged has strength 0",
            "ties": "strengths are level to six decimals; more would-buy, then lowest"
            " sha256(seed:entry)",
        }

    def sentences(self) -> list[str]:
        ends = _(
            "The round ends before its time once nine in ten of the top %(top)s are expected to"
            " be right, every draft was seen, and at least %(voters)s people have answered."
        ) % {"top": self.top, "voters": FEWEST_FOR_CERTAINTY}
        return [
            _("You see one draft at a time and like it or skip it, then two: which one?"),
            _(
                "Each draft gets the strength that explains all answers best (Bradley and Terry's"
                " model): to beat a strong draft counts for more than to beat a weak one. The"
                " strongest draft wins."
            ),
            _(
                "Both alike, both good and both bad are half a win for each. What you cannot judge"
                " or were not asked says nothing."
            ),
            _(
                "At first every draft is shown about equally often, then those are that may or may"
                " not belong to the top %(top)s."
            )
            % {"top": self.top},
            *([ends] if self.ends else []),
            _(
                "Level in strength: the draft that more people would buy; level there too: a lot"
                " that was drawn when the round opened."
            ),
        ]


def figures_of(found: Strengths, judged: Sequence[int], papers: int) -> list[Figure]:
    """What is shown of settled strengths: of 100 comparisons with another draft, how many won.

    The range is that of the strength beside the mean of all: the 95 % of Laplace's normal curve.
    """
    values, covariance = found.values, found.covariance()
    drafts = len(values)
    whole = sum(map(sum, covariance)) / drafts**2
    figures = []
    for number, value in enumerate(values):
        if not judged[number]:
            figures.append(Figure(0, papers, None, 0, 100))
            continue
        beside = covariance[number][number] - 2 * sum(covariance[number]) / drafts + whole
        half = Z95 * math.sqrt(max(0.0, beside))
        others = [other for place, other in enumerate(values) if place != number]
        middle, low, high = (_won(value + more, others) for more in (0, -half, half))
        figure = Figure(judged[number], papers, round(middle), math.floor(low), math.ceil(high))
        figures.append(figure)
    return figures


def _won(value: float, others: Sequence[float]) -> float:
    """Of 100 comparisons with these, how many a draft of that strength would win."""
    if not others:
        return 50.0
    return 100 * sum(chance(value - other) for other in others) / len(others)
