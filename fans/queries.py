"""Reads about people and brands."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from fans import tiers
from fans.models import Brand, Contribution, User
from fans.tiers import Deed, Score, Thresholds, Tier


@dataclass(frozen=True)
class Standing:
    """Where a person stands with a brand, why, and what is missing for the next tier."""

    brand: Brand
    tier: Tier
    score: Score
    next_tier: Tier | None
    missing: int
    missing_part: int
    reasons: list[Contribution]

    @property
    def points(self) -> int:
        """Points within the brand's window."""
        return self.score.points

    @property
    def needed(self) -> int:
        """Points that make the next tier (the present one at the top)."""
        fan = self.next_tier == Tier.FAN
        return self.brand.fan_threshold if fan else self.brand.honorary_threshold


def standing(user: User, brand: Brand, at: dt.datetime) -> Standing:
    """Tier, points and the reasons for them, newest first."""
    reasons = list(_window(brand, at).filter(user=user).order_by("-at", "-pk"))
    return _standing(brand, reasons, at)


def standings(user: User, at: dt.datetime) -> list[Standing]:
    """The person's standing with every brand they did something for, highest first."""
    by_brand: dict[Brand, list[Contribution]] = defaultdict(list)
    rows = Contribution.objects.filter(user=user, at__lte=at, brand__in=Brand.objects.public())
    for row in rows.select_related("brand").order_by("-at", "-pk"):
        by_brand[row.brand].append(row)
    made = [_standing(brand, reasons, at) for brand, reasons in by_brand.items()]
    return sorted(made, key=lambda s: (-s.tier, -s.points, s.brand.name))


def people_by_tier(
    brand: Brand, terms: Iterable[Thresholds], at: dt.datetime
) -> list[dict[Tier, int]]:
    """How many people stand in each tier under each of the terms; for trying thresholds out."""
    terms = list(terms)
    longest = max(term.window_days for term in terms)
    begin = at - dt.timedelta(days=longest)
    rows = Contribution.objects.filter(brand=brand, at__gt=begin, at__lte=at)
    deeds: dict[int, list[Deed]] = defaultdict(list)
    for user_id, *fields in rows.values_list("user_id", *tiers.FIELDS):
        deeds[user_id].append(Deed(*fields))
    return [_count(deeds.values(), term, at) for term in terms]


def _count(
    people: Iterable[list[Deed]], term: Thresholds, at: dt.datetime
) -> dict[Tier, int]:
    made = Counter(
        tiers.tier_for(tiers.score(deeds, term.window_days, at), term)
        for deeds in people
        if tiers.in_window(deeds, term.window_days, at)
    )
    return {tier: made[tier] for tier in Tier}


def _standing(brand: Brand, reasons: list[Contribution], at: dt.datetime) -> Standing:
    terms = tiers.terms_of(brand)
    deeds = [Deed(row.kind, row.points, row.at, row.subject) for row in reasons]
    made = tiers.score(deeds, brand.window_days, at)
    tier = tiers.tier_for(made, terms)
    missing, missing_part = tiers.lacking(made, terms)
    return Standing(
        brand=brand,
        tier=tier,
        score=made,
        next_tier=None if tier == Tier.HONORARY else Tier(tier + 1),
        missing=missing,
        missing_part=missing_part,
        reasons=reasons,
    )


def _window(brand: Brand, at: dt.datetime) -> QuerySet[Contribution]:
    begin = at - dt.timedelta(days=brand.window_days)
    return Contribution.objects.filter(brand=brand, at__gt=begin, at__lte=at)


DEMO_DOMAIN = "@demo.toile.example"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo and where they stand."""

    user: User
    brands: list[str]


@dataclass(frozen=True)
class DemoGroup:
    """People of the demo who can do the same things."""

    key: str
    people: list[DemoPerson]


def demo_groups(at: dt.datetime) -> list[DemoGroup]:
    """The demo's people by their highest part; each stands in one group only."""
    groups: dict[str, list[DemoPerson]] = {key: [] for key in DEMO_ORDER}
    people = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True)
    for user in people.prefetch_related("memberships__brand").order_by("name", "pk"):
        key, brands = _demo_part(user, at)
        groups[key].append(DemoPerson(user, brands))
    return [DemoGroup(key, people) for key, people in groups.items() if people]


DEMO_ORDER = ("operator", "owner", "manager", "designer", "honorary", "fan", "user")


def _demo_part(user: User, at: dt.datetime) -> tuple[str, list[str]]:
    if user.is_staff:
        return "operator", []
    for role in ("owner", "manager", "designer"):
        brands = [m.brand.name for m in user.memberships.all() if m.role == role]
        if brands:
            return role, brands
    best = standings(user, at)
    top = best[0].tier if best else Tier.USER
    return top.slug, [s.brand.name for s in best if s.tier == top]
