"""How changed ballots are put down: ballot, choices, log and counters, always all four together.

The caller holds the rows of the rounds (`lock_rounds`) and is inside a transaction.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS

from voting import chain, live, reads, rows
from voting.marks import SILENT, Key, Mark, Marks, place_of
from voting.methods import Method, method_of
from voting.models import Ballot, Round

# In place of an entry's key: the counters of the round itself.
WHOLE: Final = 0
# The first word of the standing of a ballot that is set aside: it is in no tally.
QUARANTINED: Final = "quarantined"
# What a ballot counts as; it changes rarely, when a guest gets an account or is set aside.
STANDING: Final = ["voter", "is_confirmed", "is_buyer", "is_honorary", "is_quarantined"]


@dataclass
class Held:
    """One ballot while it is worked on: what was written of it, and what it becomes.

    Where the method counts each mark by itself, only the marks that are asked for are read:
    `others` and `others_said` are the numbers of the rest, which stay as they are.
    """

    ballot: Ballot
    was: Marks = field(default_factory=dict)
    now: Marks = field(default_factory=dict)
    others: int = 0
    others_said: int = 0
    was_standing: str = ""

    def __post_init__(self) -> None:
        self.was_standing = standing_of(self.ballot)


@dataclass(frozen=True)
class Step:
    """One accepted change, in the order of its round: the marks it set, and the classes."""

    held: Held
    marks: Marks
    standing: str
    seq: int
    client_key: uuid.UUID | None = None


def lock_rounds(ids: Iterable[int], using: str = DEFAULT_DB_ALIAS) -> dict[int, Round]:
    """The rounds by key, their rows locked until the transaction ends, as the close does.

    SQLite locks the file at the start of a transaction (IMMEDIATE) instead. Each comes with its
    brief and brand, and with the number of its `drafts`.
    """
    return reads.rounds(set(ids), using, locked=True)


def load(
    rounds: Mapping[int, Round],
    voters: Collection[int],
    using: str = DEFAULT_DB_ALIAS,
    entries: Collection[tuple[int, int, Key]] | None = None,
) -> dict[tuple[int, int], Held]:
    """The ballots of these voters in these rounds, with their choices, in a few queries.

    `entries` names the round, the voter, and the entry or pair of what is going to change: of
    methods that count each mark by itself nothing else is read. `None`: everything.
    """
    held = {(one.round_id, one.voter_id): Held(one) for one in reads.ballots(rounds, voters, using)}
    methods = {key: method_of(round) for key, round in rounds.items()}
    whole = [
        one.ballot.pk
        for (round, _voter), one in held.items()
        if entries is None or methods[round].needs_whole_ballot
    ]
    found = [*rows.marks_of_ballots(whole, using), *rows.answers_of_ballots(whole, using)]
    if entries is not None:
        asked = {(held[r, v].ballot.pk, key) for r, v, key in entries if (r, v) in held}
        known = set(whole)
        found += _read_at([one for one in asked if one[0] not in known], using)
    by_key = {one.ballot.pk: one for one in held.values()}
    for ballot, entry, mark in found:
        by_key[ballot].was[entry] = mark
    for one in held.values():
        one.now = dict(one.was)
        one.others = one.ballot.marks - len(one.was)
        said = methods[one.ballot.round_id].said(one.was)
        one.others_said = one.ballot.said - len(said)
    return held


def _read_at(asked: Collection[tuple[int, Key]], using: str) -> list[tuple[int, Key, Mark]]:
    """What ballots say about single entries and pairs."""
    entries = [one for one in asked if not isinstance(one[1], tuple)]
    pairs = [(ballot, *key) for ballot, key in asked if isinstance(key, tuple)]
    return [*rows.marks_at(entries, using), *rows.answers_at(pairs, using)]


def take_step(round: Round, held: Held, marks: Marks, client_key: uuid.UUID | None = None) -> Step:
    """The next number of the round for a ballot that now says `marks`."""
    changed = {
        entry: marks.get(entry, SILENT)
        for entry in {**held.now, **marks}
        if held.now.get(entry) != marks.get(entry)
    }
    round.seq += 1
    held.now = marks
    held.ballot.seq = round.seq
    return Step(held, changed, standing_of(held.ballot), round.seq, client_key)


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
    """Marks as the log keeps them, by entry or pair; one that says nothing is named alone."""
    silent = vars(SILENT)
    return [
        {"pair" if isinstance(key, tuple) else "entry": key}
        | {name: said for name, said in vars(mark).items() if said != silent[name]}
        for key, mark in sorted(marks.items(), key=lambda one: place_of(one[0]))
    ]


def unlogged(choices: Iterable[Mapping[str, Any]]) -> Marks:
    """The marks of a row of the log."""
    return {
        tuple(one["pair"]) if "pair" in one else one["entry"]: Mark(
            **{name: said for name, said in one.items() if name not in ("entry", "pair")}
        )
        for one in choices
    }


def record(
    steps: list[Step], rounds: dict[int, Round], at: dt.datetime, using: str = DEFAULT_DB_ALIAS
) -> None:
    """Write everything the steps changed, and mark the rooms of their rounds."""
    touched = list({id(step.held): step.held for step in steps}.values())
    by_round: dict[int, list[Held]] = {}
    for one in touched:
        by_round.setdefault(one.ballot.round_id, []).append(one)
    methods = {key: method_of(rounds[key]) for key in by_round}
    for key, mine in by_round.items():
        _sum_up(mine, methods[key])
    _write_ballots(touched, at, using)
    _write_choices(touched, using)
    _append_log(steps, rounds, at, using)
    for key, mine in sorted(by_round.items()):
        entries, whole = _count(mine, rounds[key], using)
        live.ballots_changed(rounds[key], entries, voters="voters" in whole)
    for one in touched:
        method, drafts = methods[one.ballot.round_id], rounds[one.ballot.round_id].drafts
        said_before = one.others_said + len(method.said(one.was))
        before = method.shows_tally(one.others + len(one.was), said_before, drafts)
        if before and not method.shows_tally(one.ballot.marks, one.ballot.said, drafts):
            live.choices_withdrawn(one.ballot.round_id, one.ballot.voter_id)


def _sum_up(touched: list[Held], method: Method) -> None:
    for one in touched:
        one.ballot.marks = one.others + len(one.now)
        one.ballot.said = one.others_said + len(method.said(one.now))
        one.ballot.is_live = one.ballot.marks > 0


def _write_ballots(touched: list[Held], at: dt.datetime, using: str) -> None:
    new = [one.ballot for one in touched if one.ballot.pk is None]
    known = [one.ballot for one in touched if one.ballot.pk is not None]
    for ballot in new:
        ballot.changed_at = at
    rows.add_ballots(new, using)
    rows.update_ballots([(b.is_live, b.marks, b.said, b.seq, b.pk) for b in known], at, using)
    for one in touched:
        if one.was_standing != standing_of(one.ballot):
            one.ballot.save(using=using, update_fields=STANDING)


def _write_choices(touched: list[Held], using: str) -> None:
    gone = [
        (one.ballot.pk, key)
        for one in touched
        for key, mark in one.was.items()
        if key not in one.now or _moves(mark, one.now[key])
    ]
    put = [
        (one.ballot.pk, key, mark)
        for one in touched
        for key, mark in one.now.items()
        if one.was.get(key) != mark
    ]
    rows.delete_choices([one for one in gone if not isinstance(one[1], tuple)], using)
    rows.put_choices([one for one in put if not isinstance(one[1], tuple)], using)
    rows.delete_answers([(b, *key) for b, key in gone if isinstance(key, tuple)], using)
    rows.put_answers(
        [(b, *key, mark.answer or 0) for b, key, mark in put if isinstance(key, tuple)], using
    )


def _moves(was: Mark, now: Mark) -> bool:
    """Whether the entry takes another place: its row makes room before the new ones come.

    The places of a ballot are unique at every moment.
    """
    return was.rank is not None and was.rank != now.rank


def _append_log(steps: list[Step], rounds: dict[int, Round], at: dt.datetime, using: str) -> None:
    made = []
    for step in steps:
        ballot, choices = step.held.ballot, logged(step.marks)
        round, salt = rounds[ballot.round_id], secrets.token_hex(16)
        name = chain.pseudonym(round.log_secret, ballot.pk)
        leaf = chain.leaf(salt, name, step.standing, choices)
        round.head = chain.link(round.head, leaf)
        text = chain.canonical(choices)
        key = step.client_key
        made.append(
            (round.pk, ballot.pk, step.seq, step.standing, text, salt, leaf, round.head, key)
        )
    rows.append_log(made, at, using)


def _count(touched: list[Held], round: Round, using: str) -> tuple[list[int], set[str]]:
    """Move the counters by exactly what changed; the entries that moved, and what of the round."""
    method, delta = method_of(round), dict[tuple[int, str], int]()
    for one in touched:
        others = one.others, one.others_said
        now = counts_of(one.now, standing_of(one.ballot), method, round.drafts, others)
        for key, more in now.items():
            delta[key] = delta.get(key, 0) + more
        was = counts_of(one.was, one.was_standing, method, round.drafts, others)
        for key, less in was.items():
            delta[key] = delta.get(key, 0) - less
    moves: dict[int, dict[str, int]] = {}
    for (entry, name), change in delta.items():
        if change:
            moves.setdefault(entry, {})[name] = change
    whole = moves.pop(WHOLE, {})
    rows.move_round(round.pk, round.seq, round.head, whole, using)
    moved = sorted(moves)
    rows.move_entries(
        [(*(moves[key].get(name, 0) for name in rows.COUNTED), round.seq, key) for key in moved],
        using,
    )
    return moved, set(whole)


def counts_of(
    marks: Marks, standing: str, method: Method, drafts: int, others: tuple[int, int] = (0, 0)
) -> dict[tuple[int, str], int]:
    """Which counters a ballot of that standing is part of, by entry, and by how much.

    `others`: how many marks it has that are not among `marks`, and how many of these say
    something by the method.
    """
    counted: dict[tuple[int, str], int] = {}
    says_something = bool(marks or others[0])
    if standing.startswith(QUARANTINED):
        counted[WHOLE, "set_aside"] = says_something
        return counted
    said = method.said(marks)
    if standing == "guest":
        counted[WHOLE, "guests"] = says_something
        _add_votes(counted, "support_guests", method.named(said))
        return counted
    counted[WHOLE, "voters"] = says_something
    counted[WHOLE, "papers"] = bool(said or others[1])
    _add_votes(counted, "would_buy", (entry for entry, mark in marks.items() if mark.would_buy))
    _add_votes(counted, "support", method.named(said))
    counts = method.counts(said, drafts)
    for entry, (points, squares) in [*counts.entries.items(), (WHOLE, counts.round)]:
        if points or squares:
            counted[entry, "points"] = points
            counted[entry, "squares"] = squares
    return counted


def _add_votes(counted: dict[tuple[int, str], int], name: str, entries: Iterable[int]) -> None:
    for entry in entries:
        counted[entry, name] = counted.get((entry, name), 0) + 1
