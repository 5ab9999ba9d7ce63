"""Language and theme, for everybody, from the foot of any page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from fans import actions
from fans.middleware import THEME_COOKIE
from fans.models import User

YEAR = 365 * 24 * 3600


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and theme in the account, or in a cookie; back to the page."""
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    response = HttpResponseRedirect(next_page(request))
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    else:
        language = ""
    if theme in User.Theme.values:
        _keep(response, THEME_COOKIE, theme)
    else:
        theme = ""
    if request.user.is_authenticated:
        actions.set_preferences(user=request.user, language=language, theme=theme)
    return response


def next_page(request: HttpRequest, otherwise: str = "/") -> str:
    """The page named by the form's `next`, if it is one of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else otherwise


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
