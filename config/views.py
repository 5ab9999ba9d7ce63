"""Pages that stand above the apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import home as first_page
from voting.views.rounds import keep_order, order_seed

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


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone: everything behind a door."""
    return HttpResponse(ROBOTS, content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: say so; the typed text is still in the browser."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
