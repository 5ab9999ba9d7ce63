"""What every page may use."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from core import assets, status
from designs.models import Design
from fans.models import Membership, User


@dataclass
class Roles:
    """What the navigation asks about a person; each question costs a query at its first use."""

    user: User | AnonymousUser

    @cached_property
    def is_designer(self) -> bool:
        """Answers briefs: designs for a brand, or has a design of their own."""
        if not self.user.is_authenticated:
            return False
        roles = {membership.role for membership in self._memberships}
        return (
            Membership.Role.DESIGNER in roles or Design.objects.filter(designer=self.user).exists()
        )

    @cached_property
    def is_merchant(self) -> bool:
        """Owns or manages a brand."""
        return any(m.role != Membership.Role.DESIGNER for m in self._memberships)

    @cached_property
    def _memberships(self) -> list[Membership]:
        if not self.user.is_authenticated:
            return []
        return list(self.user.memberships.all())


def site(request: HttpRequest) -> dict[str, Any]:
    """Name of the site, whether this is a demo, the theme, and who is reading."""
    if settings.DEBUG:
        assets.build_if_stale()
    # The account's own choice stands above this browser's cookie.
    theme = getattr(request, "theme", "") or request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "is_demo": settings.DEMO,
        "theme": theme if theme in ("light", "dark") else "",
        "own_zone": getattr(request, "own_zone", ""),
        "roles": Roles(getattr(request, "user", None) or AnonymousUser()),
        "preferences_url": _preferences_url(),
        "demo_progress": status.progress if settings.DEMO else None,
    }


def _preferences_url() -> str:
    try:
        return reverse("fans:preferences")
    except NoReverseMatch:
        return ""
