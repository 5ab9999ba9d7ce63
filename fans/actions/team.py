"""A brand's team: invited by mail, each in one role, never without an owner."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from core.clock import db_now
from core.live import leave_all
from core.mail import queue_mail
from core.models import StateLog
from fans.joining import hold_team, joined
from fans.models import Brand, Invitation, Membership, User

VALID_FOR = dt.timedelta(days=14)
Role = Membership.Role


class LastOwner(Exception):
    """A brand must keep at least one owner."""


class AlreadyMember(Exception):
    """The person belongs to the team already."""


class NotForYou(Exception):
    """The invitation was sent to another address."""


class InvitationOver(Exception):
    """The invitation was accepted, withdrawn, or is too old."""


@transaction.atomic
def invite_member(*, brand: Brand, email: str, role: str, by: User, now: dt.datetime) -> Invitation:
    """Offer a role by mail. A new invitation to the same address replaces the open one."""
    email = email.strip().lower()
    _hold(brand)
    if Membership.objects.filter(brand=brand, user__email=email).exists():
        raise AlreadyMember
    _open_invitations(brand).filter(email=email).update(revoked_at=now)
    invitation = Invitation.objects.create(
        brand=brand,
        email=email,
        role=role,
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    known = User.objects.filter(email=email).first()
    queue_mail(
        f"invitation:{invitation.pk}",
        email,
        "invitation",
        {
            "invitation": invitation,
            "brand": brand,
            "by": by.public_name,
            "page": reverse("fans:invitation", args=[invitation.code]),
        },
        language=known.language if known else get_language() or "en",
    )
    return invitation


def revoke_invitation(*, invitation: Invitation, now: dt.datetime) -> None:
    """Withdraw an open invitation; one that is closed stays as it is."""
    _open_invitations(invitation.brand).filter(pk=invitation.pk).update(revoked_at=now)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, now: dt.datetime) -> Membership:
    """Join the team. Only the invited address may, only once, only in time.

    Votes in the brand's open rounds are taken back (`fans.joining`).
    """
    if not is_for(invitation, user):
        raise NotForYou
    _hold(invitation.brand)
    still_open = _open_invitations(invitation.brand).filter(
        pk=invitation.pk, expires_at__gt=now, brand__state=Brand.State.APPROVED
    )
    if not still_open.update(accepted_at=now, accepted_by=user):
        raise InvitationOver
    membership, created = Membership.objects.get_or_create(
        brand=invitation.brand,
        user=user,
        # After the lock: not before a close that this has waited for.
        defaults={"role": invitation.role, "since": max(now, db_now())},
    )
    if created:
        _log(membership, "", invitation.role, "join", user.actor, now)
        leave_all(user.pk)
        joined(membership)
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, actor: str, now: dt.datetime) -> None:
    """Give a member another role. Raises `LastOwner` where no owner would be left."""
    _hold(membership.brand)
    membership.refresh_from_db()
    before = membership.role
    if before == role:
        return
    _keep_an_owner(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)
    membership.role = role
    _log(membership, before, role, "role", actor, now)
    leave_all(membership.user_id)


@transaction.atomic
def remove_member(*, membership: Membership, actor: str, now: dt.datetime) -> None:
    """Take a member off the team. Raises `LastOwner` where no owner would be left."""
    _hold(membership.brand)
    membership.refresh_from_db()
    _keep_an_owner(membership)
    _log(membership, membership.role, "", "remove", actor, now)
    Membership.objects.filter(pk=membership.pk).delete()
    leave_all(membership.user_id)


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the person has proved the invited address; a signed-in person's own is proved."""
    mine = {user.email.lower()}
    proved = EmailAddress.objects.filter(user=user, verified=True)
    mine.update(proved.values_list("email", flat=True))
    return invitation.email.lower() in mine


def _hold(brand: Brand) -> None:
    # Two owners who demote each other at once: the second waits here and is then refused.
    hold_team(brand.pk)


def _open_invitations(brand: Brand) -> QuerySet[Invitation]:
    return Invitation.objects.filter(brand=brand, accepted_at=None, revoked_at=None)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(brand_id=membership.brand_id, role=Role.OWNER)
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner


def _log(
    membership: Membership, before: str, after: str, event: str, actor: str, now: dt.datetime
) -> None:
    StateLog.objects.create(
        entity="fans.membership",
        object_id=membership.user_id,
        from_state=before,
        to_state=after,
        event=event,
        actor=actor,
        reason=membership.brand.slug,
        at=now,
    )
