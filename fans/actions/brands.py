"""A brand's life: applied for, decided by an operator, suspended, set up by its owner."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from core.codes import public_code
from core.mail import queue_mail
from core.states import advance
from fans.locks import currency_is_locked
from fans.models import Brand, Membership, User
from fans.states import BRAND_MOVES
from fans.tiers import Thresholds

# Words that are addresses of their own below /brands/.
RESERVED_SLUGS = {"apply"}


class CurrencyLocked(Exception):
    """Prices in the brand's currency exist already."""


class ApplicationWaiting(Exception):
    """The person's earlier application has not been decided yet."""


@transaction.atomic
def apply_for_brand(*, user: User, fields: dict[str, Any], now: dt.datetime) -> Brand:
    """Ask for a brand; operators decide. One undecided application per person at a time."""
    User.objects.select_for_update().get(pk=user.pk)
    if Brand.objects.filter(applicant=user, state=Brand.State.APPLIED).exists():
        raise ApplicationWaiting
    brand = Brand.objects.create(
        **fields, slug=_free_slug(fields["name"]), applicant=user, applied_at=now
    )
    for operator in User.objects.filter(is_staff=True, is_active=True):
        _tell(brand, operator, "brand_applied", f"applied:{operator.pk}")
    return brand


def approve_brand(*, brand: Brand, actor: str, now: dt.datetime) -> None:
    """Open the brand; who applied becomes its owner."""
    with transaction.atomic():
        advance(
            brand,
            "approve",
            moves=BRAND_MOVES,
            actor=actor,
            now=now,
            decided_at=now,
            decision_reason="",
        )
        Membership.objects.get_or_create(
            brand=brand,
            user=brand.applicant,
            defaults={"role": Membership.Role.OWNER, "since": now},
        )
        _tell(brand, brand.applicant, "brand_approved", f"approved:{now.timestamp():.0f}")


def decline_brand(*, brand: Brand, reason: str, actor: str, now: dt.datetime) -> None:
    """Refuse an application, with the reason the applicant reads."""
    with transaction.atomic():
        _decide(brand, "decline", reason, actor, now)
        _tell(brand, brand.applicant, "brand_declined", f"declined:{now.timestamp():.0f}")


def reopen_application(*, brand: Brand, reason: str, actor: str, now: dt.datetime) -> None:
    """Take a refusal back: the application waits for a decision again."""
    _decide(brand, "reopen", reason, actor, now)


def suspend_brand(*, brand: Brand, reason: str, actor: str, now: dt.datetime) -> None:
    """Close the brand's own pages until it is restored; its owners read the reason."""
    with transaction.atomic():
        _decide(brand, "suspend", reason, actor, now)
        for owner in _owners(brand):
            _tell(brand, owner, "brand_suspended", f"suspended:{now.timestamp():.0f}:{owner.pk}")


def restore_brand(*, brand: Brand, reason: str, actor: str, now: dt.datetime) -> None:
    """End a suspension."""
    with transaction.atomic():
        _decide(brand, "restore", reason, actor, now)
        for owner in _owners(brand):
            _tell(brand, owner, "brand_restored", f"restored:{now.timestamp():.0f}:{owner.pk}")


@transaction.atomic
def update_brand(*, brand: Brand, fields: dict[str, Any]) -> None:
    """Write the brand's settings. Raises `CurrencyLocked` once prices exist in its currency."""
    held = Brand.objects.select_for_update().get(pk=brand.pk)
    changes_currency = fields.get("currency", held.currency) != held.currency
    if changes_currency and currency_is_locked(held):
        raise CurrencyLocked
    Brand.objects.filter(pk=brand.pk).update(**fields)


def set_thresholds(*, brand: Brand, terms: Thresholds) -> None:
    """Change what makes a fan and an honorary developer; standings follow at once."""
    Brand.objects.filter(pk=brand.pk).update(
        fan_threshold=terms.fan, honorary_threshold=terms.honorary, window_days=terms.window_days
    )


def _decide(brand: Brand, event: str, reason: str, actor: str, now: dt.datetime) -> None:
    advance(
        brand,
        event,
        moves=BRAND_MOVES,
        actor=actor,
        now=now,
        reason=reason,
        decided_at=now,
        decision_reason=reason,
    )


def _owners(brand: Brand) -> list[User]:
    owners = User.objects.filter(memberships__brand=brand)
    return list(owners.filter(memberships__role=Membership.Role.OWNER).order_by("pk"))


def _tell(brand: Brand, to: User, template: str, fact: str) -> None:
    queue_mail(
        f"brand:{brand.pk}:{fact}",
        to.email,
        template,
        {
            "brand": brand,
            "name": to.public_name,
            "console": f"/m/{brand.slug}/",
            "page": reverse("fans:brand", args=[brand.slug]),
        },
        language=to.language,
    )


def _free_slug(name: str) -> str:
    # A Chinese name leaves nothing for a slug: then a short code stands for it.
    slug = slugify(name)[:50] or f"brand-{public_code()[:6].lower().strip('-_')}"
    taken = slug in RESERVED_SLUGS or Brand.objects.filter(slug=slug).exists()
    return f"{slug}-{public_code()[:5].lower().strip('-_')}" if taken else slug
