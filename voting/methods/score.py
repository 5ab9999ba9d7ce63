"""Score: each draft one to five; the best mean wins, with something against a mere handful."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voting.access import Refusal
from voting.marks import SILENT, Mark, Marks
from voting.methods.base import OTHER_METHOD, Amounts, Counts, Line, Method, Said
from voting.models import Round, Tally
from voting.rules import Means, Most
from voting.tally import Z95, Figure, Paper, Rule

if TYPE_CHECKING:
    from voting.writer import Change

LOWEST, MIDDLE, HIGHEST = 1, 3, 5
LIKED_FROM: Final = 4
MOST_STARTING: Final = 50
MEAN, PLAIN, LIKED = "mean", "plain-mean", "most-liked"


def _liked(paper: Paper) -> Iterable[tuple[int, int]]:
    return [(entry, 1) for entry, value in paper.said if value >= LIKED_FROM]


@dataclass(frozen=True)
class Score(Method):
    """The best mean wins. `starting`: how many scores of 3 each draft has from the start."""

    starting: int = 5

    name: ClassVar[str] = Round.Method.SCORE
    part: ClassVar[str] = "score"
    control: ClassVar[str] = "voting/_control_score.html"
    about: ClassVar[Promise] = gettext_lazy(
        "Each draft gets 1 to 5. Tells the loved from the liked; good for up to some dozens."
    )
    explained: ClassVar[Promise] = gettext_lazy(
        "The mean of the scores from 1 to 5, starting scores included; behind it, how many scored"
        " the draft."
    )

    @property
    def own(self) -> str:
        return "voting/_own_score.html"

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        return {
            "starting": forms.IntegerField(
                label=gettext_lazy("Starting scores of 3"),
                initial=cls.starting,
                min_value=0,
                max_value=MOST_STARTING,
                help_text=gettext_lazy(
                    "Every draft begins with that many scores of 3, so that two fives do not beat"
                    " two hundred fours. 0 turns it off."
                ),
            )
        }

    def read(self, value: str) -> dict[str, Any]:
        score = int(value)
        if score and not LOWEST <= score <= HIGHEST:
            raise ValueError(score)
        return {"score": score}

    def changed(self, marks: Marks, change: "Change", drafts: int) -> Marks | Refusal:
        if self.is_other(change):
            return OTHER_METHOD
        if change.score is None:
            return marks
        mark = marks.get(change.entry_id, SILENT)
        return {**marks, change.entry_id: replace(mark, score=change.score or None)}

    @property
    def steps(self) -> list[tuple[int, str]]:
        """The scores to choose from, with what they mean at the ends."""
        words = {LOWEST: _("not for me"), HIGHEST: _("make this")}
        return [(score, words.get(score, "")) for score in range(LOWEST, HIGHEST + 1)]

    def counted(self, mark: Mark) -> str:
        if mark.score is None:
            return super().counted(mark)
        said = _("Score %(score)s counted for No. %(number)s.")
        return said.replace("%(score)s", str(mark.score))

    def lead(self, first: Tally, second: Tally) -> str:
        said = _(
            "A mean of %(mean)s from %(votes)s of %(voters)s voters; the next draft has %(next)s."
        )
        return said % {
            "mean": number_format(first.value or 0, 2),
            "next": number_format(second.value or 0, 2),
            "votes": first.support,
            "voters": first.voters,
        }

    def said(self, marks: Marks) -> Said:
        return tuple((entry, mark.score) for entry, mark in sorted(marks.items()) if mark.score)

    def counts(self, said: Said, drafts: int) -> Counts:
        return Counts({entry: (score, score * score) for entry, score in said})

    def figure(
        self, votes: int, own: Amounts, papers: int, whole: Amounts, voters: int, drafts: int
    ) -> Figure:
        if not votes:
            return Figure(0, voters, None, LOWEST, HIGHEST)
        count = votes + self.starting
        mean = (own[0] + self.starting * MIDDLE) / count
        # One score at each end beside them: equal scores do not make a range of nothing.
        total = own[0] + self.starting * MIDDLE + LOWEST + HIGHEST
        squares = own[1] + self.starting * MIDDLE**2 + LOWEST**2 + HIGHEST**2
        variance = max(0.0, squares / (count + 2) - (total / (count + 2)) ** 2)
        half = Z95 * math.sqrt(variance / (count + 2))
        low, high = max(LOWEST, mean - half), min(HIGHEST, mean + half)
        return Figure(
            votes, voters, round(mean, 2), math.floor(10 * low) / 10, math.ceil(10 * high) / 10
        )

    def line(self, figure: Figure) -> Line:
        mean = number_format(figure.value or 0, 1)
        said = {
            "mean": mean,
            "low": number_format(figure.low, 1),
            "high": number_format(figure.high, 1),
        }
        votes = ngettext("%(votes)s score", "%(votes)s scores", figure.votes)
        return Line(
            number=mean,
            unit="",
            spread=_("of 5, likely %(low)s–%(high)s") % said,
            votes=votes % {"votes": figure.votes},
            words=_("%(mean)s of 5, likely between %(low)s and %(high)s") % said,
            dot=_along(figure.value or 0),
            start=_along(figure.low),
            end=_along(figure.high),
        )

    def rules(self) -> Sequence[Rule]:
        mean = Means(MEAN, self.starting, MIDDLE)
        plain = [Means(PLAIN, 0, MIDDLE)] if self.starting else []
        return [mean, *plain, Most(LIKED, _liked)]

    def rule_label(self, name: str) -> str:
        return {
            MEAN: _("the best mean"),
            PLAIN: _("the best mean without starting scores"),
            LIKED: _("most fours and fives"),
        }[name]

    def frozen(self) -> dict[str, Any]:
        return {
            "counts": "the mean of the scores from 1 to 5 that an entry got",
            "starting": f"{self.starting} scores of {MIDDLE} for each entry",
            "silence": "an entry without a score on a ballot is not judged by it; an entry without"
            " any, starting scores included, comes last",
            "ties": "more would-buy, then lowest sha256(seed:entry)",
        }

    def sentences(self) -> list[str]:
        starting = ngettext(
            "Every draft begins with %(count)s score of 3, so that a handful of votes cannot win.",
            "Every draft begins with %(count)s scores of 3, so that a handful of votes cannot win.",
            self.starting,
        ) % {"count": self.starting}
        return [
            _("Give each draft a score from 1 (not for me) to 5 (make this)."),
            _("The draft with the best mean wins."),
            *([starting] if self.starting else []),
            _("A draft you do not score is not judged by you, neither well nor badly."),
            _(
                "Level in the mean: the draft that more people would buy; level there too: a lot"
                " that was drawn when the round opened."
            ),
        ]


def _along(score: float) -> float:
    return 100 * (score - LOWEST) / (HIGHEST - LOWEST)
