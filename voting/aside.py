"""Reads about ballots that were set aside."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from voting.fraud import Signal
from voting.models import Round, SetAside

LABELS: Final[dict[str, Promise]] = {
    Signal.BURST: _("many at once from one network"),
    Signal.CROWD: _("many from one network"),
    Signal.UNREAD: _("no time to look at the drafts"),
    Signal.THROWAWAY: _("throw-away e-mail"),
    Signal.NEW: _("account made for the vote"),
}
SHOWN: Final = 300


@dataclass(frozen=True)
class Summary:
    """How many ballots of a round were set aside, why, and what became of them. Nobody's data."""

    signals: list[tuple[Promise, int]]
    decisions: list[tuple[str, int]]
    total: int


def summary(round: Round) -> Summary:
    """For the brand: numbers only."""
    rows = list(SetAside.objects.filter(round=round).values_list("signals", "decision"))
    seen = Counter(signal for signals, _decision in rows for signal in signals)
    decided = Counter(decision for _signals, decision in rows)
    return Summary(
        signals=[(LABELS[one], seen[one]) for one in Signal if seen[one]],
        decisions=[(str(one.label), decided[one]) for one in SetAside.Decision if decided[one]],
        total=len(rows),
    )


@dataclass(frozen=True)
class Group:
    """Ballots of one network, judged together."""

    key: str
    rows: list[SetAside]

    @property
    def waiting(self) -> list[SetAside]:
        """Those about which nobody has decided."""
        return [row for row in self.rows if row.decision == SetAside.Decision.WAITING]


@dataclass(frozen=True)
class RoundGroups:
    """A round and its groups, for operators."""

    round: Round
    groups: list[Group]


def rounds_with_groups() -> list[RoundGroups]:
    """Rounds with ballots that were set aside: open ones first, then the newest."""
    rounds = Round.objects.filter(set_asides__isnull=False).select_related("brief__brand")
    found = sorted(rounds.distinct(), key=lambda one: (not one.is_open, -one.pk))[:20]
    return [RoundGroups(one, _groups(one)) for one in found]


def _groups(round: Round) -> list[Group]:
    rows = SetAside.objects.filter(round=round).select_related("ballot", "decided_by")
    by_key: dict[str, list[SetAside]] = {}
    for row in rows.order_by("decision", "pk")[:SHOWN]:
        by_key.setdefault(row.group, []).append(_named(row))
    return [Group(key, rows) for key, rows in by_key.items()]


def _named(row: SetAside) -> SetAside:
    row.reasons = names_of(row.signals)  # type: ignore[attr-defined]
    return row


def names_of(signals: Iterable[str]) -> list[Promise]:
    """The signals in words."""
    return [LABELS[one] for one in Signal if one in set(signals)]
