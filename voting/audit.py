"""What must hold between the votes and what was published of them: rules, heads, files, reasons."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from core.verify import Checked
from voting import chain, files
from voting.models import (
    Ballot,
    BallotLog,
    ClosingFile,
    Entry,
    Notice,
    Receipt,
    Round,
    SetAside,
    Tally,
)
from voting.record import QUARANTINED

Rounds = Iterable[int] | None
Check = Callable[[Rounds], Checked]
Name = ClosingFile.Name


def chosen(rounds: Rounds) -> QuerySet[Round]:
    """The rounds with these keys, or all of them."""
    every = Round.objects.order_by("pk")
    return every if rounds is None else every.filter(pk__in=rounds)


# What was promised at the opening


def rules(rounds: Rounds = None) -> Checked:
    """V6: the rules that count are those that were frozen, to the letter of their hash."""
    found, seen = [], 0
    for round in chosen(rounds).exclude(rules_hash=""):
        seen += 1
        found += [f"round {round.pk}: {words}" for words in _broken_rules(round)]
    return Checked("frozen rules", seen, found)


def _broken_rules(round: Round) -> Iterator[str]:
    frozen = round.rules_frozen or {}
    if chain.digest(frozen) != round.rules_hash:
        yield "its frozen rules are not those of their hash"
    if hashlib.sha256(round.seed.encode()).hexdigest() != frozen.get("seed_sha256"):
        yield "its seed is not the one that was fixed"
    for name in ("method", "rule", "electorate", "results", "deciding", "time_zone"):
        if frozen.get(name) != getattr(round, name):
            yield f"{name} is {getattr(round, name)!r}, frozen: {frozen.get(name)!r}"
    entries = set(Entry.objects.filter(round=round).values_list("pk", flat=True))
    if entries != {one["entry"] for one in frozen.get("entries", [])}:
        yield "its entries are not the frozen ones"


def course(rounds: Rounds = None) -> Checked:
    """Every close was told: from the frozen one the notices lead to the close as it is.

    And nobody voted in a pause.
    """
    found, seen = [], 0
    for round in chosen(rounds).exclude(rules_hash=""):
        notices = list(Notice.objects.filter(round=round).order_by("pk"))
        seen += 1 + len(notices)
        closes = dt.datetime.fromisoformat((round.rules_frozen or {})["closes_at"])
        for one in notices:
            if one.closed_before != closes:
                found.append(f"round {round.pk}: its close was moved before {one.at:%F %T}, untold")
            closes = one.closes_after
        if closes != round.closes_at:
            found.append(f"round {round.pk}: its close was moved, untold")
        found += _in_pauses(round, notices)
    return Checked("closes and notices", seen, found)


def _in_pauses(round: Round, notices: list[Notice]) -> Iterator[str]:
    ends = [one.at for one in notices if one.kind == Notice.Kind.RESUMED]
    for pause in (one.at for one in notices if one.kind == Notice.Kind.PAUSED):
        end = min((at for at in ends if at > pause), default=round.closed_at or round.closes_at)
        # What a person pressed has a key; setting aside, letting in and binding go on.
        pressed = BallotLog.objects.filter(round=round, client_key__isnull=False)
        for seq in pressed.filter(at__gt=pause, at__lt=end).values_list("seq", flat=True):
            yield f"round {round.pk}: change {seq} was made in a pause"


def electorate(rounds: Rounds = None) -> Checked:
    """V6: no live ballot of somebody who may not vote in the round: guests, classes, entrants."""
    wanted = Round.Electorate
    ballots = Ballot.objects.filter(round__in=chosen(rounds), is_live=True)
    guests = Q(is_confirmed=False) & ~Q(round__electorate=wanted.EVERYONE)
    not_honorary = Q(is_honorary=False, round__electorate=wanted.HONORARY)
    wrong = list(ballots.filter(guests | not_honorary).order_by("pk"))
    entered = Entry.objects.filter(round__in=chosen(rounds))
    pairs = set(entered.values_list("round_id", "revision__design__designer_id"))
    users = ballots.filter(voter__user__in={designer for _round, designer in pairs})
    wrong += [
        one
        for one in users.select_related("voter").order_by("pk")
        if (one.round_id, one.voter.user_id) in pairs
    ]
    words = [f"round {one.round_id}: ballot {one.pk} is of nobody who may vote" for one in wrong]
    return Checked("live ballots", ballots.count(), words)


# What was told to others


class Told(NamedTuple):
    """A head that somebody outside of the database knows, and from where."""

    source: str
    seq: int
    head: str


def heads(rounds: Rounds = None, known: Iterable[Told] = ()) -> Checked:
    """V7: every head that was mailed, published at a close or told to the command is in the log."""
    found, seen = [], 0
    for round in chosen(rounds):
        told = [*_published(round), *known]
        seen += len(told)
        numbers = {one.seq for one in told}
        rows = BallotLog.objects.filter(round=round, seq__in=numbers)
        log = {0: chain.START, **dict(rows.values_list("seq", "head"))}
        found += [f"round {round.pk}: {words}" for one in told for words in _unlike(one, log)]
        last = max((one.seq for one in told), default=0)
        if last > round.seq:
            found.append(f"round {round.pk}: ends at {round.seq}, but {last} was told: cut off")
    return Checked("published heads", seen, found)


def _published(round: Round) -> Iterator[Told]:
    receipts = Receipt.objects.filter(round=round).order_by("pk")
    for ballot, seq, head in receipts.values_list("ballot_id", "seq", "head").iterator():
        yield Told(f"mail to the voter of ballot {ballot}", seq, head)
    result = ClosingFile.objects.filter(round=round, name=Name.RESULT).first()
    if result:
        log = files.read_json(result)["log"]
        yield Told("result.json", log["seq"], log["head"])


def _unlike(told: Told, log: Mapping[int, str]) -> Iterator[str]:
    if told.seq not in log:
        yield f"change {told.seq}, told by {told.source}, is gone: the end of the log was cut off"
    elif log[told.seq] != told.head:
        yield f"up to change {told.seq} the log was rewritten: {told.source} has another head"


def public_files(rounds: Rounds = None) -> Checked:
    """V6, V7: the files of a counted round are what was published, and what the database makes."""
    found, seen = [], 0
    for round in chosen(rounds).filter(state=Round.State.CLOSED):
        stored = {one.name: one for one in ClosingFile.objects.filter(round=round)}
        seen += len(stored)
        if not stored:
            found.append(f"round {round.pk}: its files are gone")
            continue
        tallies = list(Tally.objects.filter(round=round).order_by("pk"))
        for made in files.closing_files(round, tallies):
            where = f"round {round.pk}: {made.name}"
            found += [f"{where} {words}" for words in _differs(stored.get(made.name), made)]
    return Checked("public files", seen, found)


def _differs(stored: ClosingFile | None, made: ClosingFile) -> Iterator[str]:
    if stored is None:
        yield "is gone"
        return
    if stored.packed is not None:
        data = files.content(stored)
        if hashlib.sha256(data).hexdigest() != stored.sha256:
            yield "is not what its sha256 says: it was edited"
        lines = zip_longest(data.splitlines(), files.content(made).splitlines())
        for number, (is_line, made_line) in enumerate(lines, start=1):
            if is_line != made_line:
                yield f"differs from the database at line {number}: {_shown(is_line)}"
                return
    if stored.sha256 != made.sha256:
        yield f"has sha256 {stored.sha256}, the database makes {made.sha256}"


def _shown(line: bytes | None) -> str:
    return "it is missing" if line is None else line.decode(errors="replace")[:80]


# What was set aside


def set_aside(rounds: Rounds = None) -> Checked:
    """V9: whatever is out of the count says why, in the log, and who let it in again and why."""
    rows = SetAside.objects.filter(round__in=chosen(rounds)).order_by("pk")
    kept_out = set(rows.exclude(decision="released").values_list("ballot_id", flat=True))
    out = Ballot.objects.filter(round__in=chosen(rounds), is_quarantined=True)
    is_out = set(out.values_list("pk", flat=True))
    found = [f"ballot {pk} is out of the count without a reason" for pk in is_out - kept_out]
    found += [f"ballot {pk} counts, though it is set aside" for pk in kept_out - is_out]
    for row in rows.iterator():
        found += _not_in_log(row, row.seq, is_out=True)
        if row.decision == SetAside.Decision.RELEASED:
            found += _not_in_log(row, row.decided_seq, is_out=False)
    return Checked("ballots set aside", rows.count(), sorted(found))


def _not_in_log(row: SetAside, seq: int | None, *, is_out: bool) -> Iterator[str]:
    log = BallotLog.objects.filter(round=row.round_id, ballot=row.ballot_id, seq=seq or 0).first()
    if log is None or log.standing.startswith(QUARANTINED) is not is_out:
        step = "setting aside" if is_out else "release"
        yield f"ballot {row.ballot_id}: its {step} is not change {seq} of the log"


CHECKS: Final[Mapping[str, Any]] = {
    "rules": rules,
    "course": course,
    "electorate": electorate,
    "heads": heads,
    "public-files": public_files,
    "set-aside": set_aside,
}
