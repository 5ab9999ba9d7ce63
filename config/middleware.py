"""Answers on their way out: refusals without words get a page, and pages travel compressed."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

WORDLESS = (405, 410, 429)


class SmallPages(GZipMiddleware):
    """Compress pages, unless their size could be made to tell what they hold.

    That takes a secret and a guess of somebody else's in one answer. Guesses come by the address:
    in its query, or as a page that does not exist. Within a session such answers go as they are.
    The token of forms is masked anew each time. Files are compressed already, or hold the data of
    many people, and stay as they are.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        has_guess = bool(request.GET) or response.status_code == 404
        has_secret = settings.SESSION_COOKIE_NAME in request.COOKIES
        if response.streaming or not is_page or (has_guess and has_secret):
            return response
        return super().process_response(request, response)


class RefusalPages:
    """An empty 405, 410 or 429 becomes the designed page; headers such as Allow are kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in WORDLESS or response.streaming or response.content:
            return response
        page = render(request, f"{response.status_code}.html", status=response.status_code)
        for name, value in response.items():
            if name.lower() not in ("content-type", "content-length"):
                page[name] = value
        return page
