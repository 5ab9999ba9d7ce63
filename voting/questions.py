"""Questions in pairs as they go to a person and come back with an answer.

A question is signed for one person and round: an answer counts for what one was asked, so nobody
can choose the pairs that help a draft.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from voting import desks
from voting.access import Refusal
from voting.marks import pair_of
from voting.models import Ballot, Comparison, Round
from voting.pairing import Past, Question

_SIGNER: Final = Signer(salt="voting.question")
# Somebody without a cookie yet.
NOBODY: Final = "-"
UNDO: Final = re.compile(r"([0-9]{1,15}) ([0-9]{1,15}) ([0-9a-f-]{36})", re.ASCII)
Answer = Comparison.Answer
LEFT, RIGHT, LIKE, SKIP = "left", "right", "like", "skip"
# What may be said of two drafts, and of one; the first stands on the left.
OF_TWO: Final[dict[str, Answer]] = {
    LEFT: Answer.LOW,
    RIGHT: Answer.HIGH,
    "alike": Answer.ALIKE,
    "both-good": Answer.BOTH_GOOD,
    "both-bad": Answer.BOTH_BAD,
    "cannot-judge": Answer.CANNOT_JUDGE,
}
OF_ONE: Final[dict[str, Answer]] = {LIKE: Answer.LOW, SKIP: Answer.HIGH}
TURNED: Final = {Answer.LOW: Answer.HIGH, Answer.HIGH: Answer.LOW}
NOT_ASKED: Final = Refusal(
    "not-asked", _("Not counted: this question was not asked of you, or not now.")
)


class NotAsked(Exception):
    """The question is not one that this person was asked, or the answer does not fit it."""


def sign(round: Round, who: str, question: Question) -> str:
    """The question as it stands in the page of that person."""
    return _SIGNER.sign(f"{round.pk}.{who}.{question.first}.{question.second or 0}")


def read(round_id: int, who: str, token: str, *, is_new: bool = False) -> Question:
    """The question behind a token. Raises `NotAsked` for another person's or round's.

    Whoever is new to the round may still hold the question they got before they had a name.
    """
    try:
        of, whose, first, second = _SIGNER.unsign(token).split(".")
    except (BadSignature, ValueError) as error:
        raise NotAsked from error
    if int(of) != round_id or not (whose == who or (is_new and whose == NOBODY)):
        raise NotAsked
    return Question(int(first), int(second) or None)


def answered(question: Question, said: str) -> dict[str, Any]:
    """The answer as fields of a `Change`. Raises `NotAsked` for one that does not fit."""
    answer = (OF_ONE if question.second is None else OF_TWO).get(said)
    if answer is None:
        raise NotAsked
    other = question.second or question.first
    if other < question.first:
        answer = TURNED.get(answer, answer)
    return {"entry_id": question.first, "other_id": other, "answer": int(answer)}


def taken_back(text: str) -> tuple[Question, dict[str, Any]]:
    """What `12 15 <key>` takes back, and the fields that do. Raises `NotAsked`."""
    match = UNDO.fullmatch(text)
    if match is None:
        raise NotAsked
    low, high = int(match[1]), int(match[2])
    fields = {"entry_id": low, "other_id": high, "answer": 0, "client_key": uuid.UUID(match[3])}
    return Question(low, high if high != low else None), fields


@dataclass(frozen=True)
class Own:
    """What one person has answered in a round so far, the last answer at the end."""

    pairs: Sequence[tuple[int, int]]

    @property
    def count(self) -> int:
        """How many answers."""
        return len(self.pairs)

    @property
    def undo(self) -> str:
        """What takes the last answer back, as `taken_back` reads it; each time another key."""
        return "{} {} {}".format(*self.pairs[-1], uuid.uuid4()) if self.pairs else ""

    def past(self, before: Sequence[Question]) -> Past:
        """What is not asked again, with the questions that are on the page already."""
        both = [*self.pairs, *((one.first, one.second or one.first) for one in before)]
        return Past(
            looked={low for low, high in both if low == high},
            met={pair for pair in both if pair[0] != pair[1]},
            last=both[-1] if both else (),
        )


def own_answers(ballot: Ballot | None) -> Own:
    """The answers of a ballot in the order in which they came."""
    if ballot is None or ballot.pk is None:
        return Own([])
    rows = Comparison.objects.filter(ballot=ballot).order_by("pk")
    return Own(list(rows.values_list("low_id", "high_id")))


def next_for(round: Round, seat: str, own: Own, before: Sequence[Question] = ()) -> Question | None:
    """The question after those that the page has already; none when nothing is left to ask.

    `seat` tells people apart, visitors without a name too.
    """
    found = desks.ask(round, own.past(before), seat, list(before), f"{own.count}.{len(before)}")
    return arranged(found, seat) if found else None


def arranged(question: Question, seat: str) -> Question:
    """The question with its drafts on the sides where that person sees them, whenever they do."""
    first, second = question
    if second is None:
        return question
    low, high = pair_of(first, second)
    turned = Random(f"{seat}:{low}:{high}").random() < 0.5
    return Question(high, low) if turned else Question(low, high)


def key_of(text: str) -> uuid.UUID:
    """The client's key of an answer; a new one where a form has none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
