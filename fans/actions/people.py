"""Accounts: found or made by an e-mail address, changed by their owner."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from fans.models import Brand, Follow, User

BATCH = 200


def person_for(email: str, *, language: str = "en") -> User:
    """The account of an address, made now if there is none; the address still has to be proved.

    The page looks the same in both cases, so that nobody learns which addresses are known.
    """
    email = email.strip().lower()
    # An address that somebody merely wrote into their account opens no account.
    proved = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    if proved:
        return proved.user
    user = User.objects.filter(email=email).first() or _new_person(email, language)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    return user


def confirm_address(user: User) -> None:
    """Note that the person's own address is proved (made by an operator, or by the demo)."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def set_preferences(*, user: User, language: str = "", theme: str = "") -> None:
    """Keep the chosen language and theme; an empty one stays as it is."""
    chosen = {"language": language, "theme": theme}
    changes = {name: value for name, value in chosen.items() if value}
    if changes:
        User.objects.filter(pk=user.pk).update(**changes)


def update_person(*, user: User, fields: dict[str, str]) -> None:
    """Write what a person says about themselves and how they want the site."""
    User.objects.filter(pk=user.pk).update(**fields)


def follow_brand(*, user: User, brand: Brand) -> None:
    """Follow a brand; again changes nothing."""
    Follow.objects.get_or_create(user=user, brand=brand)


def unfollow_brand(*, user: User, brand: Brand) -> None:
    """Follow a brand no longer."""
    Follow.objects.filter(user=user, brand=brand).delete()


def forget_unconfirmed(now: dt.datetime) -> int:
    """Remove accounts whose address nobody proved within a day: they never signed in."""
    old = now - dt.timedelta(days=1)
    proved = EmailAddress.objects.filter(verified=True).values("user_id")
    asked = EmailAddress.objects.filter(verified=False).values("user_id")
    never = User.objects.filter(
        last_login=None, date_joined__lt=old, pk__in=asked, is_staff=False, memberships=None
    )
    return sum(_forget(user) for user in never.exclude(pk__in=proved)[:BATCH])


def _forget(user: User) -> int:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        # Something was done in the name of this address after all: then the account stays.
        return 0
    return 1


def _new_person(email: str, language: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, language=language)
    except IntegrityError:
        # Two requests with the same new address at once: the other one made it. Else the handle
        # was taken, one in millions: the next one is free.
        made = User.objects.filter(email=email).first()
        return made or User.objects.create_user(email, language=language)
