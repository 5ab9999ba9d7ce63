"""Pages that stand above the apps."""

import json
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import home as first_page
from config.sockets import viewer_of
from core import live
from core.consumers import MAX_ROOMS, parse
from core.ratelimit import Limit, TooMany, spend, who_is
from voting.views.rounds import keep_order, order_seed

# A page asks twice a minute; behind one address there may be many.
REFRESHES: Final = Limit("live-refresh", 600, 60)
FRESH_SECONDS: Final = 2
ROBOTS = """User-agent: *
Disallow: /accounts/
Disallow: /admin/
Disallow: /demo/
Disallow: /invitations/
Disallow: /m/
Disallow: /me/
Disallow: /ops/
Disallow: /orders/
Disallow: /styleguide/
"""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: something to vote on, something to order, something that was made."""
    seed = order_seed(request)
    response = render(request, "home.html", first_page.context(request, seed))
    return keep_order(request, response, seed)


@require_safe
def page(request: HttpRequest, template: str) -> HttpResponse:
    """A page of words."""
    return render(request, f"site/{template}.html")


@never_cache
@require_safe
def live_now(request: HttpRequest) -> HttpResponse:
    """What the rooms of a page are now, for a page that hears nothing by its socket.

    `?join={"round.12": 77}&lang=en` is answered by a list of what the socket would have said.
    """
    try:
        message = json.loads(request.GET.get("join", ""))
        wanted = parse({"join": message})[0]
    except (ValueError, RecursionError, live.BadMessage):
        return HttpResponseBadRequest()
    if len(wanted) > MAX_ROOMS:
        return HttpResponseBadRequest()
    try:
        spend(who_is(request), REFRESHES)
    except TooMany as limit:
        return HttpResponse(status=429, headers={"Retry-After": str(limit.retry_after)})
    viewer, language = viewer_of(request), request.GET.get("lang", "").lower()
    language = language if language in live.languages() else settings.LANGUAGE_CODE
    said = [_room_now(room, after, viewer, language) for room, after in wanted.items()]
    text = ",".join(one for one in said if one)
    return HttpResponse(f"[{text}]", content_type="application/json")


def _room_now(room: str, after: int, viewer: live.Viewer, language: str) -> str | None:
    if not live.may_join(room, viewer):
        return live.encode({"room": room, "refused": True})
    # Many pages that lost their socket ask for the same: one rendering serves for a moment.
    key = f"live:{language}:{room}:{after}"
    text: str | None = cache.get(key)
    if text is None:
        text = live.render(room, language, None, after) or ""
        cache.set(key, text, FRESH_SECONDS)
    return text


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone: everything behind a door."""
    return HttpResponse(ROBOTS, content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: say so; the typed text is still in the browser."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
