"""The ledger of contributions: what other apps report, and what people grant or suspend."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from core.codes import public_code
from core.live import leave_all
from fans.models import Brand, Contribution, User
from fans.tiers import LIFT, POINTS

Kind = Contribution.Kind


def record_contribution(
    *,
    user: User,
    brand: Brand,
    kind: str,
    subject: str,
    at: dt.datetime,
    label: str = "",
    url: str = "",
    points: int | None = None,
    recorded_by: str = "",
    note: str = "",
) -> Contribution:
    """Note one thing a person did for a brand; the same (kind, subject) again changes nothing.

    `subject` is a text key such as `round:12`; `label` and `url` are what the person reads.
    Points come from `fans.tiers.POINTS` unless given.
    """
    row, _created = Contribution.objects.get_or_create(
        user=user,
        brand=brand,
        kind=kind,
        subject=subject,
        defaults={
            "label": label[:160],
            "url": url[:200],
            "points": POINTS[kind] if points is None else points,
            "note": note,
            "recorded_by": recorded_by,
            "at": at,
        },
    )
    return row


def record_contributions(
    *,
    user_ids: Iterable[int],
    brand: Brand,
    kind: str,
    subject: str,
    at: dt.datetime,
    label: str = "",
    url: str = "",
) -> None:
    """Note the same thing for many people at once, e.g. a vote at the close of a round."""
    rows = (
        Contribution(
            user_id=user_id,
            brand=brand,
            kind=kind,
            subject=subject,
            label=label[:160],
            url=url[:200],
            points=POINTS[kind],
            at=at,
        )
        for user_id in user_ids
    )
    Contribution.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def grant_points(
    *, user: User, brand: Brand, points: int, reason: str, actor: str, at: dt.datetime
) -> Contribution:
    """Give points by hand, with the reason the person reads and the name of who gave them."""
    subject = f"grant:{public_code()[:12]}"
    return _by_hand(user, brand, Kind.GRANTED, subject, points, reason, actor, at)


@transaction.atomic
def suspend_person(
    *, user: User, brand: Brand, reason: str, actor: str, at: dt.datetime
) -> Contribution:
    """Take a person's standing with a brand away, for the brand's window or until lifted."""
    count = Contribution.objects.filter(user=user, brand=brand, kind=Kind.SUSPENDED).count()
    # Rooms for honorary developers close at once on every page the person has open.
    leave_all(user.pk)
    subject = f"suspension:{count + 1}"
    return _by_hand(user, brand, Kind.SUSPENDED, subject, 0, reason, actor, at)


@transaction.atomic
def lift_suspension(*, user: User, brand: Brand, reason: str, actor: str, at: dt.datetime) -> int:
    """End every suspension of a person with a brand; the entries stay. Returns how many."""
    rows = Contribution.objects.filter(user=user, brand=brand)
    lifted = set(rows.filter(kind=Kind.GRANTED).values_list("subject", flat=True))
    ended = 0
    for subject in rows.filter(kind=Kind.SUSPENDED).values_list("subject", flat=True):
        if LIFT + subject in lifted:
            continue
        _by_hand(user, brand, Kind.GRANTED, LIFT + subject, 0, reason, actor, at)
        ended += 1
    return ended


def _by_hand(
    user: User,
    brand: Brand,
    kind: str,
    subject: str,
    points: int,
    reason: str,
    actor: str,
    at: dt.datetime,
) -> Contribution:
    """An entry that somebody makes: the person reads the reason, the note keeps it and the name."""
    return record_contribution(
        user=user,
        brand=brand,
        kind=kind,
        subject=subject,
        at=at,
        label=reason,
        points=points,
        note=reason,
        recorded_by=actor,
    )
