"""The rows of ballots as the database takes them fastest: many at once, in plain SQL.

What is written here is written thousands of times a second; the rest of the house uses models.
The tables are those of `voting.models`; placeholders are Django's, so both databases understand.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db import connections

from voting.marks import Key, Mark

Row = Sequence[Any]
Pair = tuple[int, int]


def run_many(statement: str, rows: Sequence[Row], using: str) -> None:
    """Execute one statement for each row."""
    if rows:
        with connections[using].cursor() as cursor:
            cursor.executemany(statement, rows)


def among(wanted: Collection[Row], columns: str, rest: str, using: str) -> list[Row]:
    """The rows of `SELECT {rest}`, which may join `asked({columns})`, the wanted rows.

    Asked by pairs: two lists beside each other would make the database try every combination.
    """
    if not wanted:
        return []
    row = f"({', '.join(['%s'] * (columns.count(',') + 1))})"
    values = ", ".join([row] * len(wanted))
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"WITH asked({columns}) AS (VALUES {values}) SELECT {rest}",
            [value for one in wanted for value in one],
        )
        return cursor.fetchall()


MARK = "c.supports, c.would_buy, c.options, c.cap_minor, c.score, c.rank"


def marks_of_ballots(ballots: Collection[int], using: str) -> list[tuple[int, int, Mark]]:
    """Everything these ballots say: ballot, entry, mark."""
    rest = (
        f"c.ballot_id, c.entry_id, {MARK} FROM asked JOIN voting_choice c ON c.ballot_id = ballot"
    )
    return _marks(among([(ballot,) for ballot in ballots], "ballot", rest, using))


def marks_at(pairs: Collection[Pair], using: str) -> list[tuple[int, int, Mark]]:
    """What ballots say about one entry each, by pairs of ballot and entry."""
    rest = (
        f"c.ballot_id, c.entry_id, {MARK} FROM asked"
        " JOIN voting_choice c ON c.ballot_id = ballot AND c.entry_id = entry"
    )
    return _marks(among(pairs, "ballot, entry", rest, using))


def answers_of_ballots(ballots: Collection[int], using: str) -> list[tuple[int, Key, Mark]]:
    """Everything these ballots answered: ballot, pair, mark."""
    rest = (
        "c.ballot_id, c.low_id, c.high_id, c.answer FROM asked"
        " JOIN voting_comparison c ON c.ballot_id = ballot"
    )
    return _answers(among([(ballot,) for ballot in ballots], "ballot", rest, using))


def answers_at(
    triples: Collection[tuple[int, int, int]], using: str
) -> list[tuple[int, Key, Mark]]:
    """What ballots answered to one pair each, by ballot and the two entries of the pair."""
    rest = (
        "c.ballot_id, c.low_id, c.high_id, c.answer FROM asked JOIN voting_comparison c"
        " ON c.ballot_id = ballot AND c.low_id = low AND c.high_id = high"
    )
    return _answers(among(triples, "ballot, low, high", rest, using))


def seen_keys(pairs: Collection[tuple[int, uuid.UUID]], using: str) -> set[tuple[int, uuid.UUID]]:
    """Which of these pairs of ballot and client's key are in the log already."""
    stored = _uuid_of(using)
    asked = {(ballot, stored(key)): (ballot, key) for ballot, key in pairs}
    rest = (
        "ballot, client FROM asked"
        " JOIN voting_ballotlog l ON l.ballot_id = ballot AND l.client_key = client"
    )
    return {asked[ballot, key] for ballot, key in among(asked, "ballot, client", rest, using)}


def delete_choices(pairs: Sequence[Pair], using: str) -> None:
    """Take these choices away."""
    run_many("DELETE FROM voting_choice WHERE ballot_id = %s AND entry_id = %s", pairs, using)


def put_choices(rows: Iterable[tuple[int, int, Mark]], using: str) -> None:
    """Write what ballots say now, in place of what they said about the same entries."""
    run_many(
        "INSERT INTO voting_choice"
        " (ballot_id, entry_id, supports, would_buy, options, cap_minor, score, rank)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (ballot_id, entry_id) DO UPDATE SET supports = excluded.supports,"
        " would_buy = excluded.would_buy, options = excluded.options,"
        " cap_minor = excluded.cap_minor, score = excluded.score, rank = excluded.rank",
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
    )


def delete_answers(triples: Sequence[tuple[int, int, int]], using: str) -> None:
    """Take these answers away."""
    run_many(
        "DELETE FROM voting_comparison WHERE ballot_id = %s AND low_id = %s AND high_id = %s",
        triples,
        using,
    )


def put_answers(rows: Sequence[tuple[int, int, int, int]], using: str) -> None:
    """Write ballot, low, high and answer, in place of an older answer to the same pair."""
    run_many(
        "INSERT INTO voting_comparison (ballot_id, low_id, high_id, answer)"
        " VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (ballot_id, low_id, high_id) DO UPDATE SET answer = excluded.answer",
        rows,
        using,
    )


def update_ballots(rows: Sequence[Row], at: dt.datetime, using: str) -> None:
    """Write is_live, marks, said and seq of ballots; their keys come last."""
    changed = connections[using].ops.adapt_datetimefield_value(at)
    run_many(
        "UPDATE voting_ballot SET changed_at = %s, is_live = %s, marks = %s, said = %s, seq = %s"
        " WHERE id = %s",
        [(changed, *row) for row in rows],
        using,
    )


def append_log(rows: Sequence[Row], at: dt.datetime, using: str) -> None:
    """Append round, ballot, seq, standing, choices (JSON), salt, leaf, head, client's key."""
    moment, stored = connections[using].ops.adapt_datetimefield_value(at), _uuid_of(using)
    run_many(
        "INSERT INTO voting_ballotlog"
        " (at, round_id, ballot_id, seq, standing, choices, salt, leaf, head, client_key)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [(moment, *row, stored(key) if key else None) for *row, key in rows],
        using,
    )


COUNTED = ("support", "support_guests", "points", "squares", "would_buy")


def move_entries(rows: Sequence[Row], using: str) -> None:
    """Add to the counters of entries, in the order of `COUNTED`; then version and key."""
    added = ", ".join(f"{name} = {name} + %s" for name in COUNTED)
    run_many(f"UPDATE voting_entry SET {added}, version = %s WHERE id = %s", rows, using)


def _uuid_of(using: str) -> Callable[[uuid.UUID], Any]:
    """How the database keeps a UUID: as one, or as text."""
    if connections[using].features.has_native_uuid_field:
        return lambda key: key
    return lambda key: key.hex


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
