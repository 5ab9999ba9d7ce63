"""Refusals that come without words get a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WORDLESS = (405, 410, 429)


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
