"""Rounds: planned, opened, voted in, closed, decided, each at its time."""

import datetime as dt
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from demo.catalogue.kinds import Call
from demo.seeding.people import NAMED, People
from demo.seeding.studio import key
from designs.models import Brief, Design
from fans.models import Guest, User, Voter
from voting.actions import (
    Decision,
    Plan,
    close_round,
    count_round,
    decide_round,
    open_round,
    plan_round,
)
from voting.models import Comparison, Entry, Round, Tally
from voting.writer import Change, apply_batch

Outcome = Entry.Outcome
# Ballots come in this many sittings, so that their times differ.
SITTINGS = 5


@dataclass(frozen=True)
class Poll:
    """A round as the demo wants it; days are counted from now, negative ones lie in the past."""

    title: str
    rule: str
    opens: float
    closes: float
    electorate: str = Round.Electorate.EVERYONE
    results: str = Round.Results.AFTER_VOTE
    deciding: str = Round.Deciding.ALL
    turnout: float = 0.6
    guests: int = 0
    method: str = Round.Method.SUPPORT
    parameters: dict[str, Any] = field(default_factory=dict)


def days(now: dt.datetime, count: float) -> dt.datetime:
    """That many days from now, on the minute."""
    return (now + dt.timedelta(days=count, seconds=30)).replace(second=0, microsecond=0)


def on_the_hour(now: dt.datetime, count: float, hour: int, zone: str) -> float:
    """The days from now to that hour of that day where the brand is; hours are not rounded."""
    if abs(count) < 1:
        return count
    there = days(now, count).astimezone(ZoneInfo(zone))
    at = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (at - now) / dt.timedelta(days=1)


def timed(poll: Poll, now: dt.datetime, zone: str) -> Poll:
    """The round opening in the morning and closing in the evening of the brand's place."""
    opens = on_the_hour(now, poll.opens, 10, zone)
    return replace(poll, opens=opens, closes=on_the_hour(now, poll.closes, 20, zone))


def plan(
    brief: Brief, poll: Poll, designs: Iterable[Design], author: User, now: dt.datetime
) -> Round:
    """Plan a round, the day before it opens."""
    opens, closes = days(now, poll.opens), days(now, poll.closes)
    return plan_round(
        brief=brief,
        plan=Plan(
            title=poll.title,
            rule=poll.rule,
            electorate=poll.electorate,
            results=poll.results,
            deciding=poll.deciding,
            opens_at=opens,
            closes_at=closes,
            time_zone=brief.brand.time_zone,
            method=poll.method,
            parameters=poll.parameters,
        ),
        designs=designs,
        actor=author,
        now=min(now, opens) - dt.timedelta(hours=20),
    )


def run(
    brief: Brief, poll: Poll, designs: Iterable[Design], author: User, now: dt.datetime
) -> Round:
    """Plan and open a round at its time; the seed is the round's own."""
    round = plan(brief, poll, designs, author, now)
    open_round(round=round, actor=author.actor, now=days(now, poll.opens))
    return round


def vote(round: Round, people: People, call: Call, poll: Poll, now: dt.datetime) -> None:
    """Let people vote over the round's time so far, each by the pull that drafts have."""
    chance = random.Random(f"{call.key}{round.number}")
    entries = list(round.entries.select_related("revision__design").order_by("pk"))
    pulls = {draft.title: draft.pull for draft in call.drafts}
    liking = {entry.pk: pulls[entry.revision.design.title] for entry in entries}
    crowd = [*_crowd(people, poll, chance), *(_guest() for _ in range(poll.guests))]
    since, until = days(now, poll.opens), min(now, days(now, poll.closes))
    each = -(-len(crowd) // SITTINGS)
    for sitting in range(SITTINGS):
        part = crowd[sitting * each : (sitting + 1) * each]
        at = since + (until - since) * (sitting + 0.5) / SITTINGS
        changes = [
            change for voter in part for change in ballot_of(round, voter, liking, call, chance)
        ]
        apply_batch(changes, now=at)


def _crowd(people: People, poll: Poll, chance: random.Random) -> list[Voter]:
    voters = list(people.voters.items())
    chance.shuffle(voters)
    everybody = poll.electorate == Round.Electorate.HONORARY
    # The named are regulars; of the crowd a part comes.
    return [
        voter
        for handle, voter in voters
        if everybody or chance.random() < (0.9 if handle in NAMED else poll.turnout)
    ]


def _guest() -> Voter:
    return Voter.objects.create(guest=Guest.objects.create())


def ballot_of(
    round: Round, voter: Voter, liking: dict[int, float], call: Call, chance: random.Random
) -> list[Change]:
    """One voter's choices by the method of the round."""
    if round.method == Round.Method.SUPPORT:
        return _supported(round, voter, liking, call, chance)
    if round.method == Round.Method.PAIRWISE:
        return _compared(round, voter, liking, chance)
    said = (
        _scored(liking, chance) if round.method == Round.Method.SCORE else _ranked(liking, chance)
    )
    is_score = round.method == Round.Method.SCORE
    return [
        Change(
            round_id=round.pk,
            voter_id=voter.pk,
            entry_id=entry,
            score=value if is_score else None,
            rank=None if is_score else value,
            would_buy=chance.random() < 0.2 * liking[entry] or None,
            client_key=key("ballot", round.pk, voter.pk, entry),
        )
        for entry, value in said
    ]


def _scored(liking: dict[int, float], chance: random.Random) -> list[tuple[int, int]]:
    """Most drafts, each around what its pull deserves."""
    return [
        (entry, min(5, max(1, round_half(2.2 + 1.1 * pull + chance.gauss(0, 1)))))
        for entry, pull in liking.items()
        if chance.random() < 0.8
    ]


def _ranked(liking: dict[int, float], chance: random.Random) -> list[tuple[int, int]]:
    """Two or three drafts, those with more pull before others on most ballots."""
    order = sorted(liking, key=lambda entry: -(liking[entry] + chance.gauss(0, 0.7)))
    return [(entry, rank) for rank, entry in enumerate(order[: chance.randint(2, 3)], start=1)]


def _compared(
    round: Round, voter: Voter, liking: dict[int, float], chance: random.Random
) -> list[Change]:
    """A look at every draft, then most of the pairs, the one with more pull before the other."""
    pairs = [(one, one) for one in liking]
    every = list(combinations(sorted(liking), 2))
    pairs += chance.sample(every, chance.randint(len(every) // 2, len(every)))
    answers = Comparison.Answer
    changes = []
    for low, high in pairs:
        rival = liking[high] if low != high else 1.0
        likely = 1 / (1 + math.exp(2 * (rival - liking[low])))
        answer = answers.LOW if chance.random() < likely else answers.HIGH
        if low != high and chance.random() < 0.08:
            answer = chance.choice([answers.ALIKE, answers.BOTH_GOOD, answers.CANNOT_JUDGE])
        changes.append(
            Change(
                round_id=round.pk,
                voter_id=voter.pk,
                entry_id=low,
                other_id=high,
                answer=int(answer),
                client_key=key("answer", round.pk, voter.pk, low, high),
            )
        )
    return changes


def round_half(value: float) -> int:
    """To the nearest whole number (`round` is a round here)."""
    return int(value + 0.5)


def _supported(
    round: Round, voter: Voter, liking: dict[int, float], call: Call, chance: random.Random
) -> list[Change]:
    """About two in five drafts, the liked ones more often."""
    changes = []
    for entry, pull in liking.items():
        if chance.random() > min(0.9, 0.34 * pull):
            continue
        buys = chance.random() < 0.22 * pull
        changes.append(
            Change(
                round_id=round.pk,
                voter_id=voter.pk,
                entry_id=entry,
                supports=True,
                would_buy=buys or None,
                options={name: chance.choice(values) for name, values in call.axes} if buys else {},
                client_key=key("ballot", round.pk, voter.pk, entry),
            )
        )
    return changes


def close(round: Round, poll: Poll, now: dt.datetime) -> None:
    """Close a round a minute after its time, as the ticker would."""
    at = days(now, poll.closes) + dt.timedelta(minutes=1)
    close_round(round=round, actor="job:close_due_rounds", now=at)
    count_round(round=round, actor="job:count_closed_rounds", now=at)


def decide(
    round: Round,
    outcomes: Mapping[str, tuple[str, str]],
    others: str,
    author: User,
    at: dt.datetime,
) -> None:
    """Decide by the drafts' titles; those not named are not chosen, with the common reason."""
    decisions = {
        entry.pk: Decision(*outcomes.get(entry.revision.design.title, (Outcome.NOT_CHOSEN, others)))
        for entry in round.entries.select_related("revision__design")
    }
    decide_round(round=round, decisions=decisions, actor=author.actor, now=at)


def leader(round: Round) -> Entry:
    """The entry that came first in the tally that decides."""
    return Tally.objects.get(round=round, group=round.deciding, rank=1).entry


def winner(round: Round) -> Entry:
    """The entry that won."""
    return round.entries.get(outcome=Outcome.WINNER)


def titles(call: Call, keys: Sequence[str]) -> list[str]:
    """The titles of drafts by their keys."""
    return [draft.title for draft in call.drafts if draft.key in keys]
