"""What voters were told is on disk must be there, or be replaced by something later of theirs."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.verify import Checked
from voting.audit import Rounds, chosen
from voting.marks import SILENT, Mark
from voting.models import BallotLog, Receipt, Round
from voting.record import unlogged


@dataclass(frozen=True)
class Answer:
    """A ballot that was acknowledged: what its voter was told they now say about an entry."""

    voter: int
    entry: int
    key: uuid.UUID
    mark: Mark


@dataclass(frozen=True)
class Row:
    """What a change in the log says about one entry."""

    seq: int
    key: uuid.UUID | None
    mark: Mark


def acknowledged(round: Round, answers: Iterable[Answer]) -> Checked:
    """V2: every acknowledged ballot is in the log, or replaced by a later one of the same voter.

    The answers come from outside of the database, each voter's in the order they were given. One
    that changed nothing leaves no row.
    """
    rows = _rows(round)
    told: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    for one in answers:
        told[one.voter, one.entry].append(one)
    found = [line for pair, mine in told.items() for line in _unkept(mine, rows[pair])]
    return Checked("acknowledged ballots", sum(map(len, told.values())), found)


def _rows(round: Round) -> dict[tuple[int, int], list[Row]]:
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    log = BallotLog.objects.filter(round=round).order_by("seq")
    columns = ("ballot__voter", "seq", "client_key", "choices")
    for voter, seq, key, choices in log.values_list(*columns).iterator():
        for entry, mark in unlogged(choices).items():
            found[voter, entry].append(Row(seq, key, mark))
    return found


def _unkept(answers: list[Answer], rows: list[Row]) -> Iterator[str]:
    by_key = {row.key: row for row in rows if row.key}
    says, reached = SILENT, 0
    for one in answers:
        row = by_key.get(one.key)
        if row is None and one.mark != says:
            yield f"voter {one.voter}: the ballot {one.key} was acknowledged and is not in the log"
        elif row and row.mark != one.mark:
            yield f"voter {one.voter}: change {row.seq} is not what was acknowledged"
        says, reached = one.mark, max(reached, row.seq if row else 0)
    last = rows[-1] if rows else Row(0, None, SILENT)
    if last.mark != says and last.seq <= reached:
        yield f"voter {answers[-1].voter}: says otherwise than the last answer, without a change"


def receipts(rounds: Rounds = None) -> Checked:
    """V2: every receipt that was mailed is of a change of that very ballot."""
    rows = Receipt.objects.filter(round__in=chosen(rounds)).order_by("pk")
    found = []
    for row in rows.iterator():
        log = BallotLog.objects.filter(round=row.round_id, ballot=row.ballot_id, seq=row.seq)
        if not log.filter(head=row.head).exists():
            found.append(
                f"round {row.round_id}: change {row.seq} of ballot {row.ballot_id}, as its"
                " receipt has it, is not in the log"
            )
    return Checked("mailed receipts", rows.count(), found)
