"""What the page of a round in pairs shows: a question with its drafts, and how far one has come."""

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fans.models import Voter
from voting import access, desks, questions
from voting.methods import method_of
from voting.methods.pairwise import Pairwise
from voting.models import Ballot, Entry, Round
from voting.pairing import Outlook, Question
from voting.queries import entries_with_designs


@dataclass(frozen=True)
class Pane:
    """One question as a person sees it; without one, that all are answered."""

    round: Round
    who: str
    question: Question | None

    @cached_property
    def drafts(self) -> list[Entry]:
        """The drafts it is about, the one on the left first."""
        wanted = [one for one in self.question or () if one]
        found = entries_with_designs(self.round).in_bulk(wanted)
        return [found[one] for one in wanted]

    @property
    def token(self) -> str:
        """The question, signed for that person."""
        assert self.question
        return questions.sign(self.round, self.who, self.question)

    @property
    def key(self) -> uuid.UUID:
        """By which the answer is known when it comes twice."""
        return uuid.uuid4()

    @property
    def html(self) -> SafeString:
        """The piece of the page."""
        return render_to_string("voting/_pair_question.html", {"pane": self, "round": self.round})


@dataclass(frozen=True)
class Progress:
    """How far one person and the round have come."""

    round: Round
    count: int
    undo: str
    outlook: Outlook
    top: int
    first: int
    is_held: bool
    sees_standing: bool

    @property
    def left_to_see(self) -> int:
        """How many answers until the standing shows; 0 where that is not by answers."""
        if self.sees_standing or self.round.results != Round.Results.AFTER_VOTE:
            return 0
        return max(0, self.first - self.count)

    @property
    def words(self) -> str:
        """How many answers the round still needs."""
        needed = self.outlook.needed
        said = {"what": top_name(self.top), "answers": needed}
        if needed == 0:
            return _("It is enough: more answers would hardly change %(what)s.") % said
        if needed is None:
            return _("It takes very many more answers to settle %(what)s.") % said
        words = ngettext(
            "About %(answers)s more answer by anybody settles %(what)s.",
            "About %(answers)s more answers by all together settle %(what)s.",
            needed,
        )
        return words % said

    @property
    def html(self) -> SafeString:
        """The piece of the page."""
        url = reverse("voting:round", args=[self.round.pk])
        context = {"progress": self, "round": self.round, "standing_url": f"{url}?order=ranking"}
        return render_to_string("voting/_pair_progress.html", context)


def top_name(top: int) -> str:
    """What is looked for, within a sentence."""
    return _("the first place") if top == 1 else _("the top %(top)s") % {"top": top}


def progress_of(
    round: Round, own: questions.Own, ballot: Ballot | None, voter: Voter | None, user: Any
) -> Progress:
    """Both, for the person whose answers these are."""
    method = method_of(round)
    assert isinstance(method, Pairwise)
    return Progress(
        round=round,
        count=own.count,
        undo=own.undo,
        outlook=desks.outlook_of(round),
        top=method.top,
        first=access.answers_first(len(desks.desk_of(round).desk.entries)),
        is_held=bool(ballot and ballot.is_live and not ballot.is_confirmed),
        sees_standing=access.results_visible(round, voter, user),
    )


def top_words(round: Round) -> str:
    """How sure the top of a counted round in pairs is; nothing of other rounds, or of a handful."""
    method = method_of(round)
    if not isinstance(method, Pairwise) or not desks.says_how_sure_of(round):
        return ""
    percent = int(100 * desks.outlook_of(round).certain)
    said = _("How sure %(what)s is: %(percent)s of 100 places are expected to be right.")
    return said % {"what": top_name(method.top), "percent": percent}
