"""The public files of a counted round, each made from the database alone, always alike.

`voters.csv` says who voted, by names that only the voter knows; `choices.csv` what was chosen,
without any of these names, in an order that a secret makes. Neither leads to the other, nor to
the leaves of the log. `result.json` names the sha256 of all others: who knows its own, can check
everything.
"""

import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voting import chain, roll
from voting.methods import method_of
from voting.methods.base import Cast, Method, Standing, groups_of
from voting.models import BallotLog, ClosingFile, Entry, Round, Tally
from voting.tally import box_of, order_of

Name = ClosingFile.Name
VOTE, WOULD_BUY = "vote", "would-buy"
LEAVES_HEAD: Final = "seq,leaf,head\n"
PAGE: Final = 2000


@dataclass(frozen=True)
class Counted:
    """The ballots of a round as its files list them."""

    method: Method
    ballots: list[Cast]
    aside: list[Cast]
    labels: dict[str, str]

    def label(self, standing: Standing) -> str:
        """The class under which a ballot stands in the files."""
        return self.labels[roll.class_of(*standing)]

    @property
    def guests_are_listed(self) -> bool:
        """What a handful of guests chose is not told."""
        return sum(not standing.is_confirmed for _pk, standing, _p in self.ballots) >= roll.FEWEST


def counted(round: Round) -> Counted:
    """What the files of a round are made of."""
    method = method_of(round)
    ballots = list(method.ballots(round))
    sizes = roll.sizes_of([roll.class_of(*standing) for _pk, standing, _paper in ballots])
    deciding = {"buyers": roll.BUYER, "honorary": roll.HONORARY}.get(round.deciding, "")
    aside = list(method.ballots(round, set_aside=True))
    return Counted(method, ballots, aside, roll.merged(sizes, deciding))


def closing_files(round: Round, tallies: Sequence[Tally]) -> list[ClosingFile]:
    """All files of a round that was counted just now, not saved yet.

    Called by the count: `round` has closed, and has its last number and head.
    """
    found = counted(round)
    made = [
        _packed(round, Name.VOTERS, voters_csv(round, found)),
        _packed(round, Name.CHOICES, choices_csv(round, found)),
        _packed(round, Name.RULES, rules_json(round)),
        leaves_file(round),
    ]
    shas = {one.name: one.sha256 for one in made}
    return [*made, _packed(round, Name.RESULT, result_json(round, found, tallies, shas))]


def content(file: ClosingFile) -> bytes:
    """The bytes of a stored file."""
    return zlib.decompress(bytes(file.packed or b""))


def read_json(file: ClosingFile) -> dict[str, Any]:
    """The content of a stored JSON file."""
    read: dict[str, Any] = json.loads(content(file))
    return read


def _packed(round: Round, name: str, text: str) -> ClosingFile:
    data = text.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    packed = zlib.compress(data, 6)
    return ClosingFile(round=round, name=name, sha256=sha256, size=len(data), packed=packed)


# Who voted


def voter_name(log_secret: str, ballot_id: int) -> str:
    """A ballot's name in the list of voters: told to its owner alone, and to nobody a way back."""
    text = f"voter:{ballot_id}"
    return hmac.new(log_secret.encode(), text.encode(), "sha256").hexdigest()[:32]


def voters_csv(round: Round, found: Counted) -> str:
    """Name and class of everybody whose ballot says something, by name."""
    rows = [(pk, found.label(standing)) for pk, standing, _paper in found.ballots]
    rows += [(pk, roll.SET_ASIDE) for pk, _standing, _paper in found.aside]
    lines = sorted(f"{voter_name(round.log_secret, pk)},{label}\n" for pk, label in rows)
    return "".join(["name,class\n", *lines])


# What was chosen


def choices_csv(round: Round, found: Counted) -> str:
    """Class, what is said, and of which entries; no options or prices of "would buy"."""
    rows: list[tuple[bytes, str]] = []
    key = round.log_secret.encode()
    for pk, standing, paper in found.ballots:
        if not (standing.is_confirmed or found.guests_are_listed):
            continue
        label = found.label(standing)
        slips = [f"{label},{VOTE},{slip}\n" for slip in slips_of(found.method, paper.said)]
        slips += [f"{label},{WOULD_BUY},{entry}\n" for entry in paper.would_buy]
        rows += [
            (hmac.digest(key, f"slip:{pk}:{number}".encode(), "sha256"), slip)
            for number, slip in enumerate(slips)
        ]
    return "".join(["class,says,what\n", *(slip for _place, slip in sorted(rows))])


def slips_of(method: Method, said: Iterable[tuple[int, ...]]) -> list[str]:
    """What a ballot says as it stands in the file: whole, or each mark by itself."""
    marks = [":".join(map(str, one)) for one in said]
    if method.is_published_whole:
        return [" ".join(marks)] if marks else []
    return marks


# The log


def leaves_csv(round_id: int, until: int, after: int = 0) -> Iterator[str]:
    """The list of leaves from one number to another, in pieces, each read by itself."""
    yield LEAVES_HEAD
    while after < until:
        rows = BallotLog.objects.filter(round=round_id, seq__gt=after, seq__lte=until)
        page = list(rows.order_by("seq").values_list("seq", "leaf", "head")[:PAGE])
        if not page:
            return
        yield "".join(f"{seq},{leaf},{head}\n" for seq, leaf, head in page)
        after = page[-1][0]


def leaves_file(round: Round) -> ClosingFile:
    """The sha256 and size of the whole list; the list itself stays in the log."""
    digest, size = hashlib.sha256(), 0
    for piece in leaves_csv(round.pk, round.seq):
        digest.update(piece.encode())
        size += len(piece)
    return ClosingFile(round=round, name=Name.LEAVES, sha256=digest.hexdigest(), size=size)


# Rules and result


def rules_json(round: Round) -> str:
    """The frozen rules, to the letter: the sha256 of the file is what the page has shown."""
    return chain.canonical(round.rules_frozen or {})


def result_json(
    round: Round, found: Counted, tallies: Sequence[Tally], shas: Mapping[str, str]
) -> str:
    """The published tallies, and everything by which the other files can be checked."""
    assert round.closed_at
    result = {
        "round": round.pk,
        "closed_at": round.closed_at.isoformat(),
        "log": {"seq": round.seq, "head": round.head},
        "rules_sha256": round.rules_hash,
        "seed": round.seed,
        "deciding": round.deciding,
        "set_aside": _set_aside(round, found, tallies),
        "groups": {group: _group(group, found, tallies) for group in Tally.Group.values},
        "sha256": dict(shas),
    }
    return json.dumps(result, indent=1, sort_keys=True) + "\n"


def _group(group: str, found: Counted, tallies: Sequence[Tally]) -> dict[str, Any]:
    rows = sorted((one for one in tallies if one.group == group), key=lambda one: one.rank)
    kinds = [Standing(True, b, h) for b in (False, True) for h in (False, True)]
    kinds += [Standing(False, False, False)]
    members = {roll.class_of(*kind): group in groups_of(*kind) for kind in kinds}
    classes = roll.whole_classes(members, found.labels)
    if group == Tally.Group.GUESTS and not found.guests_are_listed:
        classes = None
    told: dict[str, Any] = {"classes": classes, "voters": rows[0].voters if rows else 0}
    if classes is not None:
        told["entries"] = [
            {
                "entry": row.entry_id,
                "place": row.rank,
                "votes": row.support,
                "value": _float(row.value),
                "low": _float(row.low),
                "high": _float(row.high),
                "would_buy": row.would_buy,
                "first_in_reruns": row.first_in_reruns,
            }
            for row in rows
        ]
    return told


def _float(value: float | None) -> float | None:
    """The same whether it was counted just now or read from the database."""
    return None if value is None else float(value)


def _set_aside(round: Round, found: Counted, tallies: Sequence[Tally]) -> dict[str, Any]:
    """How many ballots are set aside, and whether another entry were first if they counted."""
    if not found.aside:
        return {"ballots": 0}
    casts = [*found.ballots, *found.aside]
    papers = [paper for _pk, standing, paper in casts if round.deciding in groups_of(*standing)]
    entries = list(Entry.objects.filter(round=round).order_by("pk").values_list("pk", flat=True))
    order = order_of(found.method.rules()[0], box_of(papers), entries, round.seed)
    first = next(row.entry_id for row in tallies if row.group == round.deciding and row.rank == 1)
    return {"ballots": len(found.aside), "first_would_be": order[0], "first_is": first}
