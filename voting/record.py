"""How changed ballots are put down: ballot, choices, log and counters, always all four together.

The caller holds the rows of the rounds (`lock_rounds`) and is inside a transaction.
"""

import datetime as dt
import secrets
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from voting import chain, live
from voting.marks import Mark, Marks
from voting.methods import Method, method_of
from voting.models import Ballot, BallotLog, Choice, Entry, Round

# In place of an entry's key: the counters of the round itself.
WHOLE = 0
# The first word of the standing of a ballot that is set aside: it is in no tally.
QUARANTINED = "quarantined"
CHANGING = [
    "voter",
    "is_confirmed",
    "is_buyer",
    "is_honorary",
    "is_live",
    "is_quarantined",
    "changed_at",
    "seq",
]


@dataclass
class Held:
    """One ballot while it is worked on: what was written of it, and what it becomes."""

    ballot: Ballot
    was: Marks = field(default_factory=dict)
    now: Marks = field(default_factory=dict)
    was_standing: str = ""

    def __post_init__(self) -> None:
        self.was_standing = standing_of(self.ballot)


@dataclass(frozen=True)
class Step:
    """One accepted change, in the order of its round."""

    held: Held
    marks: Marks
    standing: str
    seq: int
    client_key: uuid.UUID | None = None


def lock_rounds(ids: Iterable[int], using: str = DEFAULT_DB_ALIAS) -> dict[int, Round]:
    """The rounds by key, their rows locked until the transaction ends, as the close does.

    SQLite locks the file at the start of a transaction (IMMEDIATE) instead. Each comes with the
    number of its `drafts`.
    """
    entries = Entry.objects.filter(round=OuterRef("pk")).order_by().values("round")
    drafts = Coalesce(Subquery(entries.values(found=Count("pk"))), 0)
    rounds = Round.objects.using(using).filter(pk__in=set(ids)).order_by("pk")
    rounds = rounds.annotate(drafts=drafts)
    locked = rounds.select_for_update(of=("self",), no_key=True)
    return {found.pk: found for found in locked.select_related("brief__brand")}


def load(
    rounds: Iterable[int], voters: Iterable[int], using: str = DEFAULT_DB_ALIAS
) -> dict[tuple[int, int], Held]:
    """The ballots of these voters in these rounds with all their choices, in two queries."""
    rows = Ballot.objects.using(using).filter(round__in=set(rounds), voter__in=set(voters))
    held = {row.pk: Held(row) for row in rows}
    for choice in Choice.objects.using(using).filter(ballot__in=held):
        held[choice.ballot_id].was[choice.entry_id] = choice.mark
    for one in held.values():
        one.now = dict(one.was)
    return {(one.ballot.round_id, one.ballot.voter_id): one for one in held.values()}


def take_step(round: Round, held: Held, marks: Marks, client_key: uuid.UUID | None = None) -> Step:
    """The next number of the round for a ballot that now says `marks`."""
    round.seq += 1
    held.now = marks
    held.ballot.seq = round.seq
    return Step(held, marks, standing_of(held.ballot), round.seq, client_key)


def standing_of(ballot: Ballot) -> str:
    """The classes a ballot counts in, in words: part of what the log vouches for."""
    words = [QUARANTINED] if ballot.is_quarantined else []
    if not ballot.is_confirmed:
        return " ".join([*words, "guest"])
    words += ["confirmed"]
    words += ["buyer"] if ballot.is_buyer else []
    words += ["honorary"] if ballot.is_honorary else []
    return " ".join(words)


def logged(marks: Marks) -> list[dict[str, Any]]:
    """All marks of a ballot as the log keeps them, by entry."""
    return [
        {
            "entry": entry,
            "supports": mark.supports,
            "would_buy": mark.would_buy,
            "options": mark.options,
            "cap_minor": mark.cap_minor,
            **({} if mark.score is None else {"score": mark.score}),
            **({} if mark.rank is None else {"rank": mark.rank}),
        }
        for entry, mark in sorted(marks.items())
    ]


def record(
    steps: list[Step], rounds: dict[int, Round], at: dt.datetime, using: str = DEFAULT_DB_ALIAS
) -> None:
    """Write everything the steps changed, and mark the rooms of their rounds."""
    touched = list({id(step.held): step.held for step in steps}.values())
    _write_ballots(touched, at, using)
    _write_choices(touched, using)
    _append_log(steps, rounds, at, using)
    changed = _count(touched, steps, rounds, using)
    for key in sorted({one.ballot.round_id for one in touched}):
        live.ballots_changed(rounds[key], changed.get(key, []))
    for one in touched:
        if one.was and not one.now:
            live.choices_withdrawn(one.ballot.round_id, one.ballot.voter_id)


def _write_ballots(touched: list[Held], at: dt.datetime, using: str) -> None:
    for one in touched:
        one.ballot.is_live = bool(one.now)
        one.ballot.changed_at = at
    rows = Ballot.objects.using(using)
    known = [one.ballot for one in touched if one.ballot.pk is not None]
    rows.bulk_create([one.ballot for one in touched if one.ballot.pk is None])
    rows.bulk_update(known, CHANGING, batch_size=100)


def _write_choices(touched: list[Held], using: str) -> None:
    rows = Choice.objects.using(using)
    gone = [
        (one.ballot.pk, entry)
        for one in touched
        for entry, mark in one.was.items()
        if entry not in one.now or _moves(mark, one.now[entry])
    ]
    if gone:
        stale = rows.filter(
            ballot__in={ballot for ballot, _entry in gone}, entry__in={entry for _b, entry in gone}
        )
        wanted = set(gone)
        found = stale.values_list("pk", "ballot_id", "entry_id")
        rows.filter(pk__in=[pk for pk, *pair in found if tuple(pair) in wanted]).delete()
    rows.bulk_create(
        [
            Choice(ballot=one.ballot, entry_id=entry, **vars(mark))
            for one in touched
            for entry, mark in one.now.items()
            if one.was.get(entry) != mark
        ],
        update_conflicts=True,
        unique_fields=["ballot", "entry"],
        update_fields=["supports", "would_buy", "options", "cap_minor", "score", "rank"],
    )


def _moves(was: Mark, now: Mark) -> bool:
    """Whether the entry takes another place: its row makes room before the new ones come.

    The places of a ballot are unique at every moment, also between two rows of one statement.
    """
    return was.rank is not None and was.rank != now.rank


def _append_log(steps: list[Step], rounds: dict[int, Round], at: dt.datetime, using: str) -> None:
    rows = []
    for step in steps:
        round = rounds[step.held.ballot.round_id]
        salt, choices = secrets.token_hex(16), logged(step.marks)
        name = chain.pseudonym(round.log_secret, step.held.ballot.pk)
        leaf = chain.leaf(salt, name, step.standing, choices)
        round.head = chain.link(round.head, leaf)
        rows.append(
            BallotLog(
                round=round,
                ballot=step.held.ballot,
                seq=step.seq,
                standing=step.standing,
                choices=choices,
                salt=salt,
                leaf=leaf,
                head=round.head,
                client_key=step.client_key,
                at=at,
            )
        )
    BallotLog.objects.using(using).bulk_create(rows)


def _count(
    touched: list[Held], steps: list[Step], rounds: dict[int, Round], using: str
) -> dict[int, list[int]]:
    """Move the counters by exactly what changed; returns the entries that moved, by round."""
    moved: dict[int, list[int]] = {}
    last = {step.held.ballot.round_id: step.seq for step in steps}
    for key in sorted(last):
        round = rounds[key]
        delta: Counter[tuple[int, str]] = Counter()
        for one in touched:
            if one.ballot.round_id == key:
                method = method_of(round)
                delta.update(counts_of(one.now, standing_of(one.ballot), method, round.drafts))
                delta.subtract(counts_of(one.was, one.was_standing, method, round.drafts))
        moves: dict[int, dict[str, Any]] = {}
        for (entry, name), change in sorted(delta.items()):
            if change:
                moves.setdefault(entry, {})[name] = F(name) + change
        whole = moves.pop(WHOLE, {})
        mine = Round.objects.using(using).filter(pk=key)
        mine.update(seq=round.seq, head=round.head, **whole)
        for entry, change in moves.items():
            Entry.objects.using(using).filter(pk=entry).update(**change, version=last[key])
        moved[key] = list(moves)
    return moved


def counts_of(marks: Marks, standing: str, method: Method, drafts: int) -> Counter[tuple[int, str]]:
    """Which counters a ballot of that standing is part of, by entry, and by how much."""
    counted: Counter[tuple[int, str]] = Counter()
    if standing.startswith(QUARANTINED):
        counted[WHOLE, "set_aside"] += bool(marks)
        return counted
    said = method.said(marks)
    if standing == "guest":
        counted[WHOLE, "guests"] += bool(marks)
        counted.update((entry, "support_guests") for entry, _value in said)
        return counted
    counts = method.counts(said, drafts)
    counted[WHOLE, "voters"] += bool(marks)
    counted[WHOLE, "papers"] += bool(said)
    counted.update((entry, "would_buy") for entry, mark in marks.items() if mark.would_buy)
    counted.update((entry, "support") for entry, _value in said)
    for entry, (points, squares) in [*counts.entries.items(), (WHOLE, counts.round)]:
        counted[entry, "points"] += points
        counted[entry, "squares"] += squares
    return counted
