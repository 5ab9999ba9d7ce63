"""What a person prefers, and the cookie by which a guest is known, on each request."""

import functools
import zoneinfo
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.dates import reading_in
from fans.models import User
from fans.voters import write_cookie

THEME_COOKIE = "theme"
# Written by static/js/zone.js.
ZONE_COOKIE = "zone"
# Where a second factor is asked for: pages of brands' teams, of operators, the admin.
TEAM_PAGES = ("/m/", "/ops/", "/admin/")
Next = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Language, time zone and theme: of the account, else of the browser.

    Sets `request.theme` (system, light or dark) and, for people with an account, `request.own_zone`
    (the time zone they chose, "" for none). The language of a visitor without an account
    comes from Django's LocaleMiddleware (cookie, then Accept-Language), which runs before.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        # UTC is what an account has before its owner chose anything.
        own = user.time_zone if user.is_authenticated and user.time_zone != "UTC" else ""
        request.own_zone = own  # type: ignore[attr-defined]
        zone = _zone(own or request.COOKIES.get(ZONE_COOKIE, ""))
        with timezone.override(zone), reading_in(own and zone.key):
            if user.is_authenticated:
                return self._as_preferred(request, user)
            theme = request.COOKIES.get(THEME_COOKIE, "")
            request.theme = theme if theme in User.Theme.values else User.Theme.SYSTEM  # type: ignore[attr-defined]
            return self.get_response(request)

    def _as_preferred(self, request: HttpRequest, user: User) -> HttpResponse:
        language = user.language if user.language in dict(settings.LANGUAGES) else "en"
        request.theme = user.theme  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class GuestMiddleware:
    """Carries the guest cookie out with the response that made or forgot a guest."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        write_cookie(request, response)
        return response


class SecondFactorMiddleware:
    """Sends operators and members of brands to set up a second factor before their pages.

    Only with `REQUIRE_STAFF_MFA` (production). Pages for everybody stay open to them.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_STAFF_MFA and _needs_second_factor(request):
            messages.warning(
                request,
                _("Pages of a team need a second factor: an authenticator app or a passkey."),
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)


def _needs_second_factor(request: HttpRequest) -> bool:
    if not request.path.startswith(TEAM_PAGES) or not request.user.is_authenticated:
        return False
    return not is_mfa_enabled(request.user)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name; UTC for what is none, for a cookie may say anything."""
    return zoneinfo.ZoneInfo(name if name in _known_zones() else "UTC")


@functools.cache
def _known_zones() -> set[str]:
    return zoneinfo.available_timezones()
