"""What a voter is shown of their own ballot, and what anybody may be shown of it."""

from dataclasses import dataclass

from fans.models import Voter
from voting import files, queries
from voting.marks import Mark
from voting.models import Ballot, BallotLog, ClosingFile, Entry, Receipt, Round, SetAside


@dataclass(frozen=True)
class Statement:
    """One change in the chain: `head` is the sha256 of `before` and `leaf`; not what it says."""

    seq: int
    leaf: str
    before: str
    head: str


@dataclass(frozen=True)
class OwnBallot:
    """A ballot as its own voter sees it; for nobody else."""

    ballot: Ballot
    statements: list[Statement]
    choices: list[tuple[Entry, Mark]]
    answers: int
    name: str
    aside: SetAside | None
    mailed: Receipt | None

    @property
    def last(self) -> Statement:
        """Its newest change, which is the one that counts."""
        return self.statements[-1]


def own_ballot(round: Round, voter: Voter | None) -> OwnBallot | None:
    """The voter's ballot in the round, with all its changes in the log."""
    ballot, marks = queries.marks_of(round, voter)
    if ballot is None:
        return None
    log = BallotLog.objects.filter(ballot=ballot).order_by("seq")
    rows = list(log.values_list("seq", "leaf", "head"))
    before = BallotLog.objects.filter(round=round, seq__in=[seq - 1 for seq, _l, _h in rows])
    heads = {0: "0" * 64, **dict(before.values_list("seq", "head"))}
    entries = queries.entries_with_designs(round).filter(pk__in=marks)
    return OwnBallot(
        ballot=ballot,
        statements=[Statement(seq, leaf, heads[seq - 1], head) for seq, leaf, head in rows],
        choices=[(entry, marks[entry.pk]) for entry in entries],
        answers=ballot.comparisons.count(),
        name=files.voter_name(round.log_secret, ballot.pk),
        aside=SetAside.objects.filter(ballot=ballot).order_by("pk").last(),
        mailed=Receipt.objects.filter(ballot=ballot).first(),
    )


@dataclass(frozen=True)
class WithAside:
    """Who would have come first, had the ballots that were set aside counted."""

    number: str
    is_same: bool


def with_aside(round: Round, result: queries.RoundResult | None) -> WithAside | None:
    """As the published result says it; nothing where no ballot was set aside."""
    file = ClosingFile.objects.filter(round=round, name=ClosingFile.Name.RESULT).first()
    if not (round.set_aside and result and file):
        return None
    told = files.read_json(file)["set_aside"]
    numbers = {one.entry.pk: one.entry.revision.design.number for one in result.places}
    would_be = told.get("first_would_be")
    if would_be not in numbers:
        return None
    return WithAside(f"{numbers[would_be]:04d}", would_be == told["first_is"])
