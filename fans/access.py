"""The doors to brands: who may come in, in which role."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fans.models import Brand, Membership, User

OWNER = Membership.Role.OWNER
MANAGER = Membership.Role.MANAGER
DESIGNER = Membership.Role.DESIGNER
# Who may run rounds and campaigns.
MERCHANT = (OWNER, MANAGER)
# Who may change the brand itself: its settings.
SETS_UP = (OWNER,)

Visitor = User | AnonymousUser
View = Callable[..., HttpResponse]


def brand_for(user: Visitor, slug: str, *roles: str) -> Brand:
    """The brand, if the person has one of the roles in it (no roles: any).

    404 for a brand that does not exist or is not approved yet, `PermissionDenied` for a person
    without such a role, and for everybody while the brand is suspended.
    """
    brand = get_object_or_404(Brand.objects.public(), slug=slug)
    if not has_role(user, brand, *roles):
        raise PermissionDenied(_refusal(brand, roles))
    if brand.state == Brand.State.SUSPENDED:
        raise PermissionDenied(
            _("%(brand)s is suspended. Its pages open again when an operator lifts it.")
            % {"brand": brand.name}
        )
    return brand


def has_role(user: Visitor, brand: Brand, *roles: str) -> bool:
    """Whether the person has one of the roles in the brand (no roles: any)."""
    if not user.is_authenticated:
        return False
    mine = Membership.objects.filter(user=user, brand=brand)
    return (mine.filter(role__in=roles) if roles else mine).exists()


def person_of(request: HttpRequest) -> User:
    """Who is signed in; for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Sign in first."))
    return request.user


def public_brand(slug: str) -> Brand:
    """A brand everybody may look at: approved, or suspended (its page says so)."""
    return get_object_or_404(Brand.objects.public(), slug=slug)


def operator_required(view: View) -> View:
    """Let only operators in: others are asked to sign in, or refused."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied(_("This page is for operators of the site."))
        return view(request, *args, **kwargs)

    return guarded


def _refusal(brand: Brand, roles: tuple[str, ...]) -> str:
    names = [str(Membership.Role(role).label) for role in roles]
    if not names:
        return _("This page is for the team of %(brand)s.") % {"brand": brand.name}
    return _("This page of %(brand)s is open to these roles: %(roles)s.") % {
        "brand": brand.name,
        "roles": pgettext("between the words of a list", ", ").join(names),
    }
