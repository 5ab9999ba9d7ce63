"""Who votes: a person with an account, or a guest known by a signed cookie."""

import uuid
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse

from core.plain import columns, made, select, stored_uuid
from core.ratelimit import who_is
from fans.models import User, Voter

COOKIE = "toile_guest"
SALT = "fans.guest"
# A guest's ballot is kept until its round closes; no round runs longer than this.
MAX_AGE = 365 * 24 * 3600


def voter_of(request: HttpRequest) -> Voter | None:
    """The voter of this request, if there is one already; writes nothing."""
    if request.user.is_authenticated:
        return _found("v.user_id = %s", request.user.pk)
    return guest_voter(request)


def voter_of_person(user: User) -> Voter:
    """The voter of an account, made now if need be."""
    return _found("v.user_id = %s", user.pk) or Voter.objects.get_or_create(user=user)[0]


def guest_key(request: HttpRequest) -> uuid.UUID:
    """The key by which a guest votes: the cookie's, or a new one that is nobody's yet."""
    return known_guest_key(request) or uuid.uuid4()


def remember_guest(request: HttpRequest, key: uuid.UUID) -> None:
    """Have `fans.middleware.GuestMiddleware` set the cookie of that guest on the response."""
    if key != known_guest_key(request):
        request.guest_key = key  # type: ignore[attr-defined]


def guest_voter(request: HttpRequest) -> Voter | None:
    """The voter behind the guest cookie, even after the person signed in."""
    key = known_guest_key(request)
    if not key:
        return None
    mine = "v.guest_id = (SELECT id FROM fans_guest WHERE key = %s)"
    return _found(mine, stored_uuid(key, DEFAULT_DB_ALIAS))


def _found(which: str, value: Any) -> Voter | None:
    # By plain SQL: every vote asks for its voter.
    rows = select(f"SELECT {columns(Voter, 'v')} FROM fans_voter v WHERE {which}", [value])
    return made(Voter, rows[0]) if rows else None


def who_votes(request: HttpRequest) -> str:
    """Whose limits votes count under: the account, the guest, or the address of somebody new."""
    key = None if request.user.is_authenticated else known_guest_key(request)
    return f"guest:{key}" if key else who_is(request)


def forget_guest(request: HttpRequest) -> None:
    """Have the cookie removed with the response: whoever comes next is somebody else."""
    request.guest_key = None  # type: ignore[attr-defined]


def write_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie of a guest made in this request, or remove a forgotten one."""
    if not hasattr(request, "guest_key"):
        return
    if request.guest_key is None:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_signed_cookie(
        COOKIE,
        str(request.guest_key),
        salt=SALT,
        max_age=MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def known_guest_key(request: HttpRequest) -> uuid.UUID | None:
    """The key in the guest's cookie, whoever is signed in; None without a valid one."""
    if hasattr(request, "guest_key"):
        return request.guest_key
    # A cookie that somebody changed has no valid signature: then there is no guest.
    text = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=MAX_AGE)
    return uuid.UUID(text) if text else None
