"""What must hold between ballots, their log, the counters and the frozen counts."""

from collections import Counter
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core import verify
from core.verify import Checked
from fans.models import Membership
from voting import chain
from voting.actions.closing import frozen_tallies
from voting.marks import SILENT, Marks
from voting.methods import method_of
from voting.models import Ballot, BallotLog, Choice, Entry, Round, Tally
from voting.record import WHOLE, counts_of, standing_of, unlogged

Recount = Counter[tuple[str, int, str]]


def register() -> None:
    """Add the checks of voting; called from `AppConfig.ready`."""
    verify.register("voting.one-ballot-per-voter", one_ballot_per_voter)
    verify.register("voting.counters", counters)
    verify.register("voting.log", log_chain)
    verify.register("voting.replay", replay)
    verify.register("voting.in-time", in_time)
    verify.register("voting.no-members", no_members)
    verify.register("voting.tallies", tallies)


def one_ballot_per_voter() -> Checked:
    """No voter has two ballots in a round, and no ballot two choices on one entry."""
    ballots = Counter(Ballot.objects.values_list("round_id", "voter_id").iterator())
    choices = Counter(Choice.objects.values_list("ballot_id", "entry_id").iterator())
    found = [f"round {r}: voter {v} has {n} ballots" for (r, v), n in ballots.items() if n > 1]
    found += [f"ballot {b}: {n} choices on {e}" for (b, e), n in choices.items() if n > 1]
    return Checked("ballots", sum(ballots.values()), found)


def counters() -> Checked:
    """The counters of entries and rounds equal a recount of the live choices."""
    found, seen = [], 0
    for round in Round.objects.order_by("pk"):
        recount = _recount(round)
        fields = ("pk", "support", "support_guests", "points", "squares", "would_buy")
        for entry in Entry.objects.filter(round=round).values(*fields):
            found += _differences("entry", entry, recount)
            seen += 1
        whole = Round.objects.filter(pk=round.pk)
        fields = ("pk", "voters", "guests", "set_aside", "papers", "points", "squares")
        found += _differences("round", whole.values(*fields)[0], recount)
        seen += 1
    return Checked("counters", seen, found)


def _recount(round: Round) -> Recount:
    recount: Recount = Counter()
    method, drafts = method_of(round), Entry.objects.filter(round=round).count()
    ballots = Ballot.objects.filter(round=round).prefetch_related("choices")
    for ballot in ballots.iterator(chunk_size=500):
        marks = {choice.entry_id: choice.mark for choice in ballot.choices.all()}
        counted = counts_of(marks, standing_of(ballot), method, drafts)
        for (entry, name), more in counted.items():
            recount["round" if entry == WHOLE else "entry", entry or round.pk, name] += more
    return recount


def _differences(
    kind: str, row: dict[str, int], recount: Counter[tuple[str, int, str]]
) -> list[str]:
    pk = row.pop("pk")
    return [
        f"{kind} {pk}: {name} is {value}, counted {recount[kind, pk, name]}"
        for name, value in row.items()
        if value != recount[kind, pk, name]
    ]


def log_chain() -> Checked:
    """Every log starts at 1, has no gap, and every link and leaf is what its content makes it."""
    found, seen = [], 0
    for round in Round.objects.order_by("pk"):
        head, expected = chain.START, 1
        for row in BallotLog.objects.filter(round=round).order_by("seq").iterator():
            seen += 1
            if row.seq != expected:
                found.append(f"round {round.pk}: log has {row.seq} in place of {expected}")
            name = chain.pseudonym(round.log_secret, row.ballot_id)
            if row.leaf != chain.leaf(row.salt, name, row.standing, row.choices):
                found.append(f"round {round.pk}: change {row.seq} was altered")
            head, expected = chain.link(head, row.leaf), row.seq + 1
            if row.head != head:
                found.append(f"round {round.pk}: the chain breaks at {row.seq}")
        if (round.seq, round.head) != (expected - 1, head):
            found.append(f"round {round.pk}: the log ends at {expected - 1}, not at {round.seq}")
    return Checked("changes in the log", seen, found)


def replay() -> Checked:
    """What all changes of a ballot in the log add up to is what ballot and choices say."""
    said: dict[int, Marks] = {}
    standings: dict[int, str] = {}
    rows = BallotLog.objects.order_by("round_id", "seq")
    for ballot, standing, choices in rows.values_list(
        "ballot_id", "standing", "choices"
    ).iterator():
        said.setdefault(ballot, {}).update(unlogged(choices))
        standings[ballot] = standing
    found, seen = [], 0
    ballots = Ballot.objects.select_related("round").prefetch_related("choices")
    for ballot in ballots.iterator(chunk_size=500):
        seen += 1
        marks = {entry: one for entry, one in said.get(ballot.pk, {}).items() if one != SILENT}
        found += _unlike(ballot, marks, standings.get(ballot.pk, ""))
    return Checked("ballots", seen, found)


def _unlike(ballot: Ballot, marks: Marks, standing: str) -> list[str]:
    found = []
    if {choice.entry_id: choice.mark for choice in ballot.choices.all()} != marks:
        found.append(f"ballot {ballot.pk}: its choices are not those of the log")
    if standing != standing_of(ballot):
        found.append(f"ballot {ballot.pk}: counts as {standing_of(ballot)}, log: {standing}")
    if (ballot.is_live, ballot.marks) != (bool(marks), len(marks)):
        found.append(f"ballot {ballot.pk}: is_live is {ballot.is_live} with {ballot.marks} choices")
    said = len(method_of(ballot.round).said(marks))
    if ballot.said != said:
        found.append(f"ballot {ballot.pk}: {ballot.said} of its choices count, log: {said}")
    return found


def in_time() -> Checked:
    """No change before the opening or after the close of its round."""
    found, seen = [], 0
    rows = BallotLog.objects.select_related("round").order_by("round_id", "seq")
    for row in rows.iterator():
        seen += 1
        end = min(row.round.closes_at, row.round.closed_at or row.round.closes_at)
        if not row.round.opens_at <= row.at <= end:
            found.append(f"round {row.round_id}: change {row.seq} at {row.at:%F %T} is out of time")
    return Checked("changes in the log", seen, found)


def no_members() -> Checked:
    """No counted ballot of anybody who was at the brand while the round was open."""
    ballots = Ballot.objects.filter(is_live=True, is_confirmed=True)
    at_the_brand = Membership.objects.filter(
        brand=OuterRef("round__brief__brand"), user=OuterRef("voter__user")
    )
    in_time = Q(since__lte=OuterRef("round__closed_at")) | Q(since__lte=OuterRef("changed_at"))
    is_open = Q(round__state=Round.State.OPEN) & Exists(at_the_brand)
    wrong = ballots.filter(is_open | Exists(at_the_brand.filter(in_time)))
    found = [f"round {one.round_id}: ballot {one.pk} is a member's" for one in wrong]
    return Checked("counted ballots", ballots.count(), found)


def tallies() -> Checked:
    """The frozen count of every closed round equals a count of its ballots now."""
    found, seen = [], 0
    for round in Round.objects.filter(state=Round.State.CLOSED):
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
    )
    return (*(getattr(row, name) for name in names), tuple(row.first_by))
