"""Tiers: a pure function of what a person did for a brand.

Everything here is pure but `tier_of`, which reads the deeds and hands them to the rules.

Three tiers: user, fan, honorary developer. Points count within the brand's window of days.
Money alone lifts nobody: a fan has done at least one thing that is no purchase, and at least
half of what makes an honorary developer comes from taking part.
"""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Tier(enum.IntEnum):
    """A person's standing with one brand; comparable (`tier >= Tier.FAN`)."""

    USER = 0
    FAN = 1
    HONORARY = 2

    @property
    def label(self) -> Promise:
        """The name people read."""
        return TIER_NAMES[self]

    @property
    def slug(self) -> str:
        """The name in forms and CSS: user, fan, honorary."""
        return self.name.lower()


TIER_NAMES: Final = {
    Tier.USER: _("User"),
    Tier.FAN: _("Fan"),
    Tier.HONORARY: _("Honorary developer"),
}
# What each kind of contribution is worth; the kinds are `Contribution.Kind`.
POINTS: Final[dict[str, int]] = {
    "voted": 2,
    "commented": 1,
    "pin-answered": 4,
    "draft-entered": 5,
    "picked-winner": 3,
    "draft-advanced": 10,
    "draft-won": 25,
    "deposit-paid": 5,
    "order-paid": 10,
    "order-received": 2,
    "granted": 10,
    "suspended": 0,
}
# The same kinds as an invitation, in the order of the published rules.
TO_DO: Final = {
    "voted": _("Vote in a round"),
    "picked-winner": _("Back the draft that wins"),
    "commented": _("Take part in a discussion"),
    "pin-answered": _("Set a pin that a revision answers"),
    "draft-entered": _("Enter a draft"),
    "draft-advanced": _("Have a draft go to revision"),
    "draft-won": _("Have a draft win"),
    "deposit-paid": _("Pay a deposit"),
    "order-paid": _("Pay an order in full"),
    "order-received": _("Receive an order"),
}
# What is not entered at once.
WHEN: Final = {
    "voted": _("entered when the round closes"),
    "picked-winner": _("entered when the brand decides"),
    "pin-answered": _("entered when the answer is confirmed"),
}
# The most points of a kind that count within the window, so that talk alone lifts nobody far.
CAPS: Final[dict[str, int]] = {"commented": 10, "pin-answered": 24}
SPENDING: Final = frozenset({"deposit-paid", "order-paid", "order-received"})
GRANTED: Final = "granted"
SUSPENDED: Final = "suspended"
LIFT: Final = "lift:"
FIELDS: Final = ("kind", "points", "at", "subject")


@dataclass(frozen=True)
class Thresholds:
    """A brand's terms: points for each tier, and the days within which they count."""

    fan: int
    honorary: int
    window_days: int


@dataclass(frozen=True)
class Deed:
    """What the rules need of one contribution."""

    kind: str
    points: int
    at: dt.datetime
    subject: str = ""


@dataclass(frozen=True)
class Score:
    """What the deeds within the window add up to."""

    points: int
    from_taking_part: int
    suspended_since: dt.datetime | None = None


def tier_of(user: Any, brand: Any, at: dt.datetime) -> Tier:
    """The person's tier with the brand at that instant; nobody and strangers are users."""
    if user is None or not user.is_authenticated:
        return Tier.USER
    begin = at - dt.timedelta(days=brand.window_days)
    rows = user.contributions.filter(brand=brand, at__gt=begin, at__lte=at)
    deeds = (Deed(*row) for row in rows.values_list(*FIELDS))
    return tier_for(score(deeds, brand.window_days, at), terms_of(brand))


def terms_of(brand: Any) -> Thresholds:
    """The terms of a brand's tiers."""
    return Thresholds(brand.fan_threshold, brand.honorary_threshold, brand.window_days)


def score(deeds: Iterable[Deed], window_days: int, at: dt.datetime) -> Score:
    """Add up the deeds of one person with one brand as of `at`."""
    counted = in_window(deeds, window_days, at)
    by_kind: dict[str, int] = {}
    for deed in counted:
        by_kind[deed.kind] = by_kind.get(deed.kind, 0) + deed.points
    capped = {kind: min(sum_, CAPS.get(kind, sum_)) for kind, sum_ in by_kind.items()}
    return Score(
        points=sum(capped.values()),
        from_taking_part=sum(n for kind, n in capped.items() if kind not in SPENDING),
        suspended_since=_suspended_since(counted),
    )


def in_window(deeds: Iterable[Deed], window_days: int, at: dt.datetime) -> list[Deed]:
    """The deeds that count at `at`: not older than the window, not in the future."""
    begin = at - dt.timedelta(days=window_days)
    return [deed for deed in deeds if begin < deed.at <= at]


def tier_for(score: Score, terms: Thresholds) -> Tier:
    """The tier that a score makes under a brand's terms."""
    if score.suspended_since:
        return Tier.USER
    if score.points >= terms.honorary and 2 * score.from_taking_part >= terms.honorary:
        return Tier.HONORARY
    if score.points >= terms.fan and score.from_taking_part > 0:
        return Tier.FAN
    return Tier.USER


def lacking(score: Score, terms: Thresholds) -> tuple[int, int]:
    """Points missing for the next tier: (in all, from taking part); (0, 0) at the top."""
    tier = tier_for(score, terms)
    if tier == Tier.HONORARY:
        return 0, 0
    points, part = (terms.honorary, -(-terms.honorary // 2)) if tier else (terms.fan, 1)
    return max(points - score.points, 0), max(part - score.from_taking_part, 0)


def _suspended_since(deeds: list[Deed]) -> dt.datetime | None:
    lifted = {deed.subject for deed in deeds if deed.kind == GRANTED}
    since = [d.at for d in deeds if d.kind == SUSPENDED and LIFT + d.subject not in lifted]
    return max(since, default=None)
