"""The rows of ballots as the database takes them fastest: many at once, in plain SQL.

What is written here is written thousands of times a second; the rest of the house uses models.
The tables are those of `voting.models`; placeholders are Django's, so both databases understand.
"""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connections

from core.plain import names_of, select, stored_uuid, table
from voting.marks import Key, Mark
from voting.models import Ballot

Row = Sequence[Any]
Pair = tuple[int, int]


def among(wanted: Collection[Row], kinds: str, rest: str, using: str) -> list[Row]:
    """The rows of `SELECT {rest}`, which begins with the wanted rows as the table `asked`.

    Asked by rows: two lists beside each other would make the database try every combination.
    `kinds` names the columns with their types. CROSS JOIN has SQLite begin with what is asked.
    """
    if not wanted:
        return []
    asked, packed = table("asked", kinds, wanted, using)
    return select(f"SELECT {rest.format(asked=asked)}", [packed], using)


MARK = "c.supports, c.would_buy, c.options, c.cap_minor, c.score, c.rank"


def marks_of_ballots(ballots: Collection[int], using: str) -> list[tuple[int, int, Mark]]:
    """Everything these ballots say: ballot, entry, mark."""
    rest = (
        f"c.ballot_id, c.entry_id, {MARK} FROM {{asked}}"
        " CROSS JOIN voting_choice c WHERE c.ballot_id = asked.ballot"
    )
    return _marks(among([(ballot,) for ballot in ballots], "ballot bigint", rest, using))


def marks_at(pairs: Collection[Pair], using: str) -> list[tuple[int, int, Mark]]:
    """What ballots say about one entry each, by pairs of ballot and entry."""
    rest = (
        f"c.ballot_id, c.entry_id, {MARK} FROM {{asked}} CROSS JOIN voting_choice c"
        " WHERE c.ballot_id = asked.ballot AND c.entry_id = asked.entry"
    )
    return _marks(among(pairs, "ballot bigint, entry bigint", rest, using))


def answers_of_ballots(ballots: Collection[int], using: str) -> list[tuple[int, Key, Mark]]:
    """Everything these ballots answered: ballot, pair, mark."""
    rest = (
        "c.ballot_id, c.low_id, c.high_id, c.answer FROM {asked}"
        " CROSS JOIN voting_comparison c WHERE c.ballot_id = asked.ballot"
    )
    return _answers(among([(ballot,) for ballot in ballots], "ballot bigint", rest, using))


def answers_at(
    triples: Collection[tuple[int, int, int]], using: str
) -> list[tuple[int, Key, Mark]]:
    """What ballots answered to one pair each, by ballot and the two entries of the pair."""
    rest = (
        "c.ballot_id, c.low_id, c.high_id, c.answer FROM {asked} CROSS JOIN voting_comparison c"
        " WHERE c.ballot_id = asked.ballot AND c.low_id = asked.low AND c.high_id = asked.high"
    )
    return _answers(among(triples, "ballot bigint, low bigint, high bigint", rest, using))


def seen_keys(pairs: Collection[tuple[int, uuid.UUID]], using: str) -> set[tuple[int, uuid.UUID]]:
    """Which of these pairs of ballot and client's key are in the log already."""
    asked = {(ballot, stored_uuid(key, using)): (ballot, key) for ballot, key in pairs}
    rest = (
        "asked.ballot, asked.client FROM {asked} CROSS JOIN voting_ballotlog l"
        " WHERE l.ballot_id = asked.ballot AND l.client_key = asked.client"
    )
    found = among(asked, "ballot bigint, client uuid", rest, using)
    return {asked[ballot, key] for ballot, key in found}


def delete_choices(pairs: Sequence[Pair], using: str) -> None:
    """Take these choices away."""
    _delete("voting_choice", "ballot_id bigint, entry_id bigint", pairs, using)


def put_choices(rows: Iterable[tuple[int, int, Mark]], using: str) -> None:
    """Write what ballots say now, in place of what they said about the same entries."""
    _insert(
        "voting_choice",
        "ballot_id bigint, entry_id bigint, supports boolean, would_buy boolean, options jsonb,"
        " cap_minor bigint, score smallint, rank smallint",
        [
            (
                ballot,
                entry,
                mark.supports,
                mark.would_buy,
                json.dumps(mark.options) if mark.options else "{}",
                mark.cap_minor,
                mark.score,
                mark.rank,
            )
            for ballot, entry, mark in rows
        ],
        using,
        " ON CONFLICT (ballot_id, entry_id) DO UPDATE SET supports = excluded.supports,"
        " would_buy = excluded.would_buy, options = excluded.options,"
        " cap_minor = excluded.cap_minor, score = excluded.score, rank = excluded.rank",
    )


def delete_answers(triples: Sequence[tuple[int, int, int]], using: str) -> None:
    """Take these answers away."""
    kinds = "ballot_id bigint, low_id bigint, high_id bigint"
    _delete("voting_comparison", kinds, triples, using)


def put_answers(rows: Sequence[tuple[int, int, int, int]], using: str) -> None:
    """Write ballot, low, high and answer, in place of an older answer to the same pair."""
    _insert(
        "voting_comparison",
        "ballot_id bigint, low_id bigint, high_id bigint, answer smallint",
        rows,
        using,
        " ON CONFLICT (ballot_id, low_id, high_id) DO UPDATE SET answer = excluded.answer",
    )


def add_ballots(ballots: Sequence[Ballot], using: str) -> None:
    """Write ballots that are new, and give them their keys."""
    if not ballots:
        return
    adapt = connections[using].ops.adapt_datetimefield_value
    names = names_of(NEW_BALLOT)
    given = [[getattr(one, name) for name in names] for one in ballots]
    for row in given:
        row[-2:] = map(adapt, row[-2:])
    begin = f"INSERT INTO voting_ballot ({', '.join(names)})"
    ending = "RETURNING round_id, voter_id, id"
    if connections[using].vendor == "sqlite":
        places = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(given))
        values = [value for row in given for value in row]
        found = select(f"{begin} VALUES {places} {ending}", values, using)
    else:
        source, packed = table("given", NEW_BALLOT, given, using)
        found = select(f"{begin} SELECT * FROM {source} {ending}", [packed], using)
    keys = {(round, voter): key for round, voter, key in found}
    for ballot in ballots:
        ballot.pk = keys[ballot.round_id, ballot.voter_id]
        ballot._state.adding, ballot._state.db = False, using


NEW_BALLOT: Final = (
    "round_id bigint, voter_id bigint, is_confirmed boolean, is_buyer boolean,"
    " is_honorary boolean, is_live boolean, marks integer, said integer, is_quarantined boolean,"
    " seq bigint, network text, read_ms integer, cast_at timestamptz, changed_at timestamptz"
)


def update_ballots(rows: Sequence[Row], at: dt.datetime, using: str) -> None:
    """Write is_live, marks, said and seq of ballots; their keys come last."""
    changed = connections[using].ops.adapt_datetimefield_value(at)
    _update(
        "voting_ballot",
        "changed_at timestamptz, is_live boolean, marks integer, said integer, seq bigint",
        [(changed, *row) for row in rows],
        using,
    )


def append_log(rows: Sequence[Row], at: dt.datetime, using: str) -> None:
    """Append round, ballot, seq, standing, choices (JSON), salt, leaf, head, client's key."""
    moment = connections[using].ops.adapt_datetimefield_value(at)
    _insert(
        "voting_ballotlog",
        "at timestamptz, round_id bigint, ballot_id bigint, seq bigint, standing text,"
        " choices jsonb, salt text, leaf text, head text, client_key uuid",
        [(moment, *row, stored_uuid(key, using) if key else None) for *row, key in rows],
        using,
    )


COUNTED = ("support", "support_guests", "points", "squares", "would_buy")


def move_entries(rows: Sequence[Row], using: str) -> None:
    """Add to the counters of entries, in the order of `COUNTED`; then version and key."""
    kinds = ", ".join(f"{name} bigint" for name in COUNTED)
    _update("voting_entry", f"{kinds}, version bigint", rows, using, adds=COUNTED)


def move_round(key: int, seq: int, head: str, added: Mapping[str, int], using: str) -> None:
    """Write the newest number and head of a round, and add to its counters."""
    adds = "".join(f", {name} = {name} + %s" for name in added)
    with connections[using].cursor() as cursor:
        statement = f"UPDATE voting_round SET seq = %s, head = %s{adds} WHERE id = %s"
        cursor.execute(statement, [seq, head, *added.values(), key])


def _insert(into: str, kinds: str, rows: Sequence[Row], using: str, ending: str = "") -> None:
    # JSON comes as text and stays the text it is.
    taken = ", ".join(f"{one.split()[0]}::{one.split()[1]}" for one in kinds.split(", "))
    begin = f"INSERT INTO {into} ({', '.join(names_of(kinds))})"
    _many(
        f"{begin} VALUES ({', '.join('%s' for _name in names_of(kinds))}){ending}",
        f"{begin} SELECT {taken} FROM {{given}}{ending}",
        kinds.replace(" jsonb", " text"),
        rows,
        using,
    )


def _update(
    what: str, kinds: str, rows: Sequence[Row], using: str, adds: Collection[str] = ()
) -> None:
    """Set these columns, or add to them, of the row whose `id` comes after them."""
    own = {name: f"{what}.{name} + " if name in adds else "" for name in names_of(kinds)}
    one = ", ".join(f"{name} = {before}%s" for name, before in own.items())
    all_ = ", ".join(f"{name} = {before}given.{name}" for name, before in own.items())
    _many(
        f"UPDATE {what} SET {one} WHERE id = %s",
        f"UPDATE {what} SET {all_} FROM {{given}} WHERE {what}.id = given.id",
        f"{kinds}, id bigint",
        rows,
        using,
    )


def _delete(of: str, kinds: str, rows: Sequence[Row], using: str) -> None:
    one = " AND ".join(f"{name} = %s" for name in names_of(kinds))
    all_ = " AND ".join(f"{of}.{name} = given.{name}" for name in names_of(kinds))
    _many(
        f"DELETE FROM {of} WHERE {one}",
        f"DELETE FROM {of} USING {{given}} WHERE {all_}",
        kinds,
        rows,
        using,
    )


def _many(one: str, all_: str, kinds: str, rows: Sequence[Row], using: str) -> None:
    """What is done with each row: SQLite repeats a statement, which costs it nothing.

    PostgreSQL gets all rows with one statement, which it plans once and answers once.
    """
    if not rows:
        return
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.executemany(one, rows)
            return
        given, packed = table("given", kinds, rows, using)
        cursor.execute(all_.format(given=given), [packed])


def _marks(rows: Iterable[Row]) -> list[tuple[int, int, Mark]]:
    return [(ballot, entry, _mark(*said)) for ballot, entry, *said in rows]


def _answers(rows: Iterable[Row]) -> list[tuple[int, Key, Mark]]:
    return [(ballot, (low, high), Mark(answer=answer)) for ballot, low, high, answer in rows]


def _mark(
    supports: Any,
    would_buy: Any,
    options: str,
    cap: int | None,
    score: int | None,
    rank: int | None,
) -> Mark:
    said = {} if options == "{}" else json.loads(options)
    return Mark(bool(supports), bool(would_buy), said, cap, score, rank)
