"""Days to ship by that were moved: their history, and the question to one buyer."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from presale.models import Campaign, Delay, DelayAnswer, PreOrder
from presale.states import WAITS_FOR_PARCEL

S = DelayAnswer.State


def slips(campaign: Campaign) -> list[Delay]:
    """Every delay, the first one first."""
    return list(campaign.delays.order_by("number"))


@dataclass(frozen=True)
class Tally:
    """How the orders answered to one delay."""

    delay: Delay
    asked: int
    kept: int
    silent: int
    left: int


def answers_to(campaign: Campaign) -> list[Tally]:
    """The answers to every delay, for the brand."""
    rows = DelayAnswer.objects.filter(delay__campaign=campaign).values_list("delay_id", "state")
    found = {(pk, state): n for pk, state, n in rows.annotate(n=Count("pk"))}
    return [
        Tally(
            one, *(found.get((one.pk, state), 0) for state in (S.ASKED, S.KEPT, S.SILENT, S.LEFT))
        )
        for one in slips(campaign)
    ]


@dataclass(frozen=True)
class Question:
    """What a buyer is asked about a delay; `is_open` while the answer can still be given."""

    delay: Delay
    answer: DelayAnswer
    is_open: bool

    @property
    def stays(self) -> bool:
        """Whether no answer keeps the order."""
        return self.delay.silence == Delay.Silence.KEEP


def question(order: PreOrder, now: dt.datetime) -> Question | None:
    """The last delay this order was asked about, as long as its parcel is not sent."""
    if order.state not in WAITS_FOR_PARCEL:
        return None
    rows = DelayAnswer.objects.filter(order=order).select_related("delay")
    answer = rows.order_by("-delay__number").first()
    if answer is None:
        return None
    is_open = answer.state in (S.ASKED, S.KEPT) and now < answer.answer_by
    return Question(answer.delay, answer, is_open)
