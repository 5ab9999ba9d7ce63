"""What must hold between ballots, their log, the counters and the frozen counts."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import partial, update_wrapper
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from core import verify
from core.verify import Checked
from fans.models import Membership
from voting import audit, chain, guards, promises, shown
from voting.actions.counting import frozen_tallies
from voting.audit import Check, Rounds, chosen
from voting.marks import SILENT, Key, Marks
from voting.methods import method_of
from voting.models import Ballot, BallotLog, Choice, Comparison, Entry, Round, Tally
from voting.record import standing_of, unlogged
from voting.recount import Recount, recount
from voting.states import RUNNING

# A clock may be set right by a little; two clocks that disagree show.
STEP: Final = dt.timedelta(seconds=5)
OF_ENTRY: Final = ("support", "support_guests", "points", "squares", "would_buy")
OF_ROUND: Final = ("voters", "guests", "set_aside", "papers", "points", "squares")


def register() -> None:
    """Add the checks of voting; called from `AppConfig.ready`."""
    for name, check in CHECKS.items():
        verify.register(f"voting.{name}", update_wrapper(partial(check, None), check))


def one_ballot_per_voter(rounds: Rounds = None) -> Checked:
    """V1: no voter has two ballots in a round, and no ballot two choices on one entry."""
    ballots = Ballot.objects.filter(round__in=chosen(rounds)).values_list("round_id", "voter_id")
    of = {"ballot__round__in": chosen(rounds)}
    choices = Choice.objects.filter(**of).values_list("ballot_id", "entry_id")
    answers = Comparison.objects.filter(**of).values_list("ballot_id", "low_id", "high_id")
    times = Counter(ballots.iterator())
    said = Counter[tuple[int, Key]](choices.iterator())
    said.update((ballot, (low, high)) for ballot, low, high in answers.iterator())
    found = [f"round {r}: voter {v} has {n} ballots" for (r, v), n in times.items() if n > 1]
    found += [f"ballot {b}: {n} choices on {key}" for (b, key), n in said.items() if n > 1]
    return Checked("ballots", sum(times.values()), found)


def counters(rounds: Rounds = None) -> Checked:
    """V3: the counters of entries and rounds equal a recount of the live choices."""
    found, seen = [], 0
    for round in chosen(rounds):
        counted = recount(round)
        for entry in Entry.objects.filter(round=round).values("pk", *OF_ENTRY):
            found += _differences("entry", entry, counted)
            seen += 1
        whole = Round.objects.filter(pk=round.pk)
        found += _differences("round", whole.values("pk", *OF_ROUND)[0], counted)
        seen += 1
    return Checked("counters", seen, found)


def _differences(kind: str, row: dict[str, int], counted: Recount) -> list[str]:
    pk = row.pop("pk")
    return [
        f"{kind} {pk}: {name} is {value}, counted {counted[kind, pk, name]}"
        for name, value in row.items()
        if value != counted[kind, pk, name]
    ]


def log_chain(rounds: Rounds = None) -> Checked:
    """V4, V7: a log starts at 1, has no gap; link and leaf are what their content makes."""
    found, seen = [], 0
    for round in chosen(rounds):
        links: list[chain.Link] = []
        for row in BallotLog.objects.filter(round=round).order_by("seq", "pk").iterator():
            name = chain.pseudonym(round.log_secret, row.ballot_id)
            if row.leaf != chain.leaf(row.salt, name, row.standing, row.choices):
                found.append(f"round {round.pk}: change {row.seq} (row {row.pk}) was altered")
            links.append(chain.Link(row.pk, row.seq, row.leaf, row.head))
        seen += len(links)
        found += [f"round {round.pk}: {words}" for words in chain.breaks(links)]
        end = (links[-1].seq, links[-1].head) if links else (0, chain.START)
        if (round.seq, round.head) != end:
            found.append(f"round {round.pk}: the log ends at {end[0]}, not at {round.seq}")
    return Checked("changes in the log", seen, found)


def replay(rounds: Rounds = None) -> Checked:
    """V4: what all changes of a ballot in the log add up to is what ballot and choices say."""
    found: list[str] = []
    seen = 0
    for round in chosen(rounds):
        said: dict[int, Marks] = {}
        last: dict[int, tuple[str, int]] = {}
        rows = BallotLog.objects.filter(round=round).order_by("seq")
        columns = ("ballot_id", "standing", "seq", "choices")
        for ballot_id, standing, seq, choices in rows.values_list(*columns).iterator():
            said.setdefault(ballot_id, {}).update(unlogged(choices))
            last[ballot_id] = standing, seq
        ballots = Ballot.objects.filter(round=round).prefetch_related("choices", "comparisons")
        for ballot in ballots.order_by("pk").iterator(chunk_size=500):
            seen += 1
            marks = {key: one for key, one in said.get(ballot.pk, {}).items() if one != SILENT}
            found += _unlike(ballot, marks, len(method_of(round).said(marks)))
            found += _not_last(ballot, *last.get(ballot.pk, ("", 0)))
    return Checked("ballots", seen, found)


def _unlike(ballot: Ballot, marks: Marks, said: int) -> Iterator[str]:
    if ballot.all_marks != marks:
        yield f"ballot {ballot.pk}: its choices are not those of the log"
    if (ballot.is_live, ballot.marks) != (bool(marks), len(marks)):
        yield f"ballot {ballot.pk}: is_live is {ballot.is_live} with {ballot.marks} choices"
    if ballot.said != said:
        yield f"ballot {ballot.pk}: {ballot.said} of its choices count, log: {said}"


def _not_last(ballot: Ballot, standing: str, seq: int) -> Iterator[str]:
    if standing != standing_of(ballot):
        yield f"ballot {ballot.pk}: counts as {standing_of(ballot)}, log: {standing}"
    if ballot.seq != seq:
        yield f"ballot {ballot.pk}: its last change is {ballot.seq}, in the log {seq}"


def in_time(rounds: Rounds = None) -> Checked:
    """V5: no change before the opening or after the close, and none before the one before it."""
    found, seen = [], 0
    before: BallotLog | None = None
    rows = BallotLog.objects.filter(round__in=chosen(rounds)).select_related("round")
    for row in rows.order_by("round_id", "seq").iterator():
        seen += 1
        end = min(row.round.closes_at, row.round.closed_at or row.round.closes_at)
        if not row.round.opens_at <= row.at <= end:
            found.append(f"round {row.round_id}: change {row.seq} at {row.at:%F %T} is out of time")
        if before and before.round_id == row.round_id and row.at < before.at - STEP:
            found.append(f"round {row.round_id}: change {row.seq} is earlier than {before.seq}")
        before = row
    return Checked("changes in the log", seen, found)


def no_members(rounds: Rounds = None) -> Checked:
    """V9: no counted ballot of anybody who was at the brand while the round was open."""
    ballots = Ballot.objects.filter(round__in=chosen(rounds), is_live=True, is_confirmed=True)
    at_the_brand = Membership.objects.filter(
        brand=OuterRef("round__brief__brand"), user=OuterRef("voter__user")
    )
    in_time = Q(since__lte=OuterRef("round__closed_at")) | Q(since__lte=OuterRef("changed_at"))
    is_open = Q(round__state__in=RUNNING) & Exists(at_the_brand)
    wrong = ballots.filter(is_open | Exists(at_the_brand.filter(in_time)))
    found = [f"round {one.round_id}: ballot {one.pk} is a member's" for one in wrong]
    return Checked("counted ballots", ballots.count(), found)


def tallies(rounds: Rounds = None) -> Checked:
    """V6: the frozen count of every closed round equals a count of its ballots now."""
    early = chosen(rounds).exclude(state=Round.State.CLOSED).filter(tallies__isnull=False)
    found, seen = [f"round {one.pk}: counted, and {one.state}" for one in early.distinct()], 0
    for round in chosen(rounds).filter(state=Round.State.CLOSED):
        frozen = {_row(row) for row in Tally.objects.filter(round=round)}
        again = {_row(row) for row in frozen_tallies(round)}
        seen += len(frozen)
        found += [f"round {round.pk}: {row} is not the recount" for row in sorted(frozen ^ again)]
    return Checked("frozen tallies", seen, found)


def _row(row: Tally) -> tuple[Any, ...]:
    names = (
        "entry_id",
        "group",
        "support",
        "points",
        "value",
        "low",
        "high",
        "would_buy",
        "voters",
        "rank",
        "first_in_reruns",
        "parted_by",
    )
    return (*(getattr(row, name) for name in names), tuple(row.first_by))


CHECKS: Final[dict[str, Check]] = {
    "constraints": guards.constraints,
    "one-ballot-per-voter": one_ballot_per_voter,
    "counters": counters,
    "log-guarded": guards.log_guarded,
    "log": log_chain,
    "replay": replay,
    "in-time": in_time,
    "no-members": no_members,
    "tallies": tallies,
    "receipts": promises.receipts,
    "shown": shown.shown,
    **audit.CHECKS,
}
