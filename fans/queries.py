"""Reads about people and brands."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Count, F, QuerySet

from fans import tiers
from fans.models import Brand, Contribution, Membership, User
from fans.tiers import Deed, Score, Thresholds, Tier

# What everybody may know of a person: what they showed in public themselves.
PUBLIC_KINDS = ("draft-entered", "draft-advanced", "draft-won")
DEMO_DOMAIN = "@demo.toile.example"
DEMO_ORDER = ("operator", "owner", "manager", "designer", "honorary", "fan", "user")


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
    def percent(self) -> int:
        """How far the way to the next tier is gone."""
        return min(100, 100 * self.points // self.needed)

    @property
    def ways(self) -> list["Way"]:
        """What earns points, with how often the person has done each within the window."""
        done = Counter(row.kind for row in self.reasons)
        return [Way(rule, done[rule.kind]) for rule in point_rules()]

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


def _count(people: Iterable[list[Deed]], term: Thresholds, at: dt.datetime) -> dict[Tier, int]:
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


@dataclass(frozen=True)
class Way:
    """One kind of contribution on a person's list."""

    rule: "PointRule"
    done: int


@dataclass(frozen=True)
class PointRule:
    """What one kind of contribution is worth."""

    kind: str
    label: str
    points: int
    cap: int | None
    is_spending: bool
    when: str = ""


def point_rules() -> list[PointRule]:
    """The points of every kind that a person can earn by themselves, as published."""
    return [
        PointRule(
            kind,
            str(label),
            points=tiers.POINTS[kind],
            cap=tiers.CAPS.get(kind),
            is_spending=kind in tiers.SPENDING,
            when=str(tiers.WHEN.get(kind, "")),
        )
        for kind, label in tiers.TO_DO.items()
    ]


def public_deeds(user: User) -> QuerySet[Contribution]:
    """What everybody may know of a person's part: drafts and how far they came."""
    rows = Contribution.objects.filter(user=user, kind__in=PUBLIC_KINDS)
    rows = rows.filter(brand__in=Brand.objects.public())
    return rows.select_related("brand").order_by("-at", "-pk")[:50]


def public_memberships(user: User) -> QuerySet[Membership]:
    """The teams a person belongs to."""
    rows = Membership.objects.filter(user=user, brand__in=Brand.objects.public())
    return rows.select_related("brand").order_by("brand__name")


def designers_of(brand: Brand) -> QuerySet[User]:
    """The brand's own designers, for its public page."""
    rows = User.objects.filter(memberships__brand=brand)
    return rows.filter(memberships__role=Membership.Role.DESIGNER).order_by("name", "pk")


def brands_with_followers() -> QuerySet[Brand]:
    """Brands at work, by name."""
    return Brand.objects.approved().annotate(followers=Count("follows")).order_by("name")


def brands_in_state(state: str) -> QuerySet[Brand]:
    """Brands as operators see them: who waits longest first, else who changed last."""
    rows = Brand.objects.filter(state=state).select_related("applicant")
    waiting = state == Brand.State.APPLIED
    return rows.order_by("applied_at" if waiting else "-decided_at", "pk")


def brand_counts() -> list[tuple[str, str, int]]:
    """Every state of a brand with its name and how many are in it."""
    counts = dict(Brand.objects.values_list("state").annotate(n=Count("pk")))
    return [(value, str(label), counts.get(value, 0)) for value, label in Brand.State.choices]


@dataclass(frozen=True)
class Row:
    """One person in a brand's list of people."""

    user: User
    tier: Tier
    points: int
    suspended: bool


def people_of(brand: Brand, at: dt.datetime) -> list[Row]:
    """Everybody with a contribution to the brand in its window, highest standing first."""
    deeds: dict[User, list[Deed]] = defaultdict(list)
    for row in _window(brand, at).select_related("user"):
        deeds[row.user].append(Deed(row.kind, row.points, row.at, row.subject))
    terms = tiers.terms_of(brand)
    made = {user: tiers.score(theirs, brand.window_days, at) for user, theirs in deeds.items()}
    rows = [
        Row(user, tiers.tier_for(score, terms), score.points, bool(score.suspended_since))
        for user, score in made.items()
    ]
    return sorted(rows, key=lambda row: (-row.tier, -row.points, row.user.pk))


def security_of(user: User) -> dict[str, Any]:
    """What the settings page says about the ways into an account."""
    return {
        "addresses": EmailAddress.objects.filter(user=user, verified=True).count() or 1,
        "has_password": user.has_usable_password(),
        "second_factors": Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .count(),
    }


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
    for user in people.prefetch_related("memberships__brand").order_by("pk"):
        key, brands = _demo_part(user, at)
        groups[key].append(DemoPerson(user, brands))
    return [DemoGroup(key, people) for key, people in groups.items() if people]


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


def reachable(people: QuerySet[User]) -> QuerySet[User]:
    """Those of them who may be mailed: their account is active and their own address is proved."""
    proved = EmailAddress.objects.filter(verified=True, email=F("user__email"))
    return people.filter(is_active=True, pk__in=proved.values("user"))
