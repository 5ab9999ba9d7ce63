"""Who votes: a person with an account, or a guest known by a signed cookie."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fans.models import Guest, Voter

COOKIE = "toile_guest"
SALT = "fans.guest"
# A guest's ballot is kept until its round closes; no round runs longer than this.
MAX_AGE = 365 * 24 * 3600


def voter_of(request: HttpRequest) -> Voter | None:
    """The voter of this request, if there is one already; writes nothing."""
    if request.user.is_authenticated:
        return Voter.objects.filter(user=request.user).first()
    return guest_voter(request)


def voter_or_guest(request: HttpRequest) -> Voter:
    """The voter of this request, made now if need be.

    A new guest's cookie is set on the response by `fans.middleware.GuestMiddleware`.
    """
    if request.user.is_authenticated:
        return Voter.objects.get_or_create(user=request.user)[0]
    found = guest_voter(request)
    if found:
        return found
    guest = Guest.objects.create()
    request.guest_key = guest.key  # type: ignore[attr-defined]
    return Voter.objects.create(guest=guest)


def guest_voter(request: HttpRequest) -> Voter | None:
    """The voter behind the guest cookie, even after the person signed in."""
    key = getattr(request, "guest_key", None) or _cookie_key(request)
    return Voter.objects.filter(guest__key=key).first() if key else None


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


def _cookie_key(request: HttpRequest) -> uuid.UUID | None:
    # A cookie that somebody changed has no valid signature: then there is no guest.
    if hasattr(request, "guest_key"):
        return None
    text = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=MAX_AGE)
    return uuid.UUID(text) if text else None
