"""The desks of open rounds in pairs, one in each process: they choose questions and know the
standing.

A desk is made of the counted answers, and made anew when there are others; how often, hangs on
what that costs, so that it takes at most a tenth of a core. What is a moment old asks questions
as good as new ones: what people have before them now is counted in. The close does not use it.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, Final

from django.db.models import Count

from voting.methods import Method, method_of
from voting.methods.base import groups_of
from voting.methods.pairwise import Pairwise, figures_of
from voting.models import Comparison, Entry, Round, Tally
from voting.pairing import Desk, Outlook, Past, Question, outlook
from voting.pairing.counting import POINTS
from voting.tally import Figure, says_how_sure

KEPT: Final = 40
# Times the cost of making a desk, for which it is kept although there are newer answers.
REST: Final = 10
# Who has not answered for so long is not waited for.
WAIT_SECONDS: Final = 60


@dataclass
class Kept:
    """A desk as of one head of the log, and who was asked what."""

    of: tuple[Any, ...]
    head: str
    desk: Desk
    papers: int
    until: float = 0.0
    asked: dict[str, tuple[float, list[Question]]] = field(default_factory=dict)

    @cached_property
    def outlook(self) -> Outlook:
        """How many answers it still takes."""
        return outlook(self.desk)

    @cached_property
    def standing(self) -> dict[int, Figure]:
        """The figure of every entry."""
        found = self.desk.strengths
        judged = [int(n) for n in map(sum, zip(found.looks, found.meetings, strict=True))]
        shown = figures_of(found, judged, self.papers)
        return dict(zip(self.desk.entries, shown, strict=True))

    def pending(self, but: str) -> Counter[Question]:
        """What others have before them."""
        since = time.monotonic() - WAIT_SECONDS
        self.asked = {who: one for who, one in self.asked.items() if one[0] > since}
        waiting = [asked for who, (_at, asked) in self.asked.items() if who != but]
        return Counter(question for asked in waiting for question in asked)


_kept: OrderedDict[int, Kept] = OrderedDict()
_lock, _making = threading.Lock(), threading.Lock()


def ask(round: Round, past: Past, who: str, before: list[Question], seed: str) -> Question | None:
    """The next question for a person who has these before them; none when all are answered.

    The same person in the same place is asked the same, as long as nothing else changes.
    """
    kept = desk_of(round)
    with _lock:
        pending = kept.pending(who)
        found = kept.desk.ask(past, Random(f"{round.seed}:{who}:{seed}"), pending)
        kept.asked[who] = time.monotonic(), [*before, *([found] if found else [])]
    return found


def standing(round: Round) -> dict[int, Figure]:
    """The figures of the entries by the answers of the deciding voters so far."""
    return desk_of(round).standing


def outlook_of(round: Round) -> Outlook:
    """How sure the top is among the deciding voters, and how many answers it still takes."""
    return desk_of(round).outlook


def says_how_sure_of(round: Round) -> bool:
    """Whether enough people of the deciding tally have answered."""
    return says_how_sure(desk_of(round).papers)


def forget(round: Round) -> None:
    """Have the desk made anew at its next use, whatever that costs."""
    with _lock:
        _kept.pop(round.pk, None)


def is_settled(round: Round, method: Method) -> bool:
    """Whether the round may end by its rule, from its counted answers as they are now."""
    if not isinstance(method, Pairwise) or not method.ends:
        return False
    found = _made(round)
    return says_how_sure(found.papers) and found.outlook.is_settled


def desk_of(round: Round) -> Kept:
    """The desk of the round, no older than it has to be."""
    of = round.pk, round.created_at, round.rules_hash
    with _lock:
        kept = _kept.get(round.pk)
        if kept and kept.of != of:
            kept = None
        if kept and (kept.head == round.head or time.monotonic() < kept.until):
            return kept
    if kept and not _making.acquire(blocking=False):
        return kept  # another thread makes the new one
    if not kept:
        _making.acquire()
    try:
        return _keep(round, of, kept)
    finally:
        _making.release()


def _keep(round: Round, of: tuple[Any, ...], older: Kept | None) -> Kept:
    began = time.monotonic()
    made = _made(round, older)
    made.until = time.monotonic() + REST * (time.monotonic() - began)
    with _lock:
        _kept[round.pk] = made
        _kept.move_to_end(round.pk)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _made(round: Round, older: Kept | None = None) -> Kept:
    method = method_of(round)
    assert isinstance(method, Pairwise)
    entries = Entry.objects.filter(round=round).order_by("pk").values_list("pk", flat=True)
    desk = Desk(list(entries), method.top)
    is_like = older is not None and older.desk.entries == desk.entries
    counted: list[tuple[Question, float, int]] = []
    for low, high, answer, decides, times in _answers(round):
        question = Question(low, None if low == high else high)
        if decides and answer in POINTS:
            counted.append((question, POINTS[answer], times))
        elif low == high:
            desk.see(low, times)
    desk.load(counted, older.desk.strengths.values if older and is_like else ())
    asked = older.asked if older else {}
    of = round.pk, round.created_at, round.rules_hash
    return Kept(of, round.head, desk, _papers(round), asked=asked)


def _answers(round: Round) -> Iterator[tuple[int, int, int, bool, int]]:
    """Low, high, answer, whether these decide, and how often."""
    rows = Comparison.objects.filter(ballot__round=round, ballot__is_quarantined=False).order_by()
    standing = ("ballot__is_confirmed", "ballot__is_buyer", "ballot__is_honorary")
    columns = ("low_id", "high_id", "answer", *standing)
    for low, high, answer, *facts, times in rows.values_list(*columns).annotate(Count("pk")):
        yield low, high, answer, round.deciding in groups_of(*facts), times


def _papers(round: Round) -> int:
    """Deciding ballots that say something."""
    ballots = round.ballots.filter(is_quarantined=False, is_confirmed=True, said__gt=0)
    if round.deciding == Tally.Group.BUYERS:
        ballots = ballots.filter(is_buyer=True)
    elif round.deciding == Tally.Group.HONORARY:
        ballots = ballots.filter(is_honorary=True)
    return ballots.count()
