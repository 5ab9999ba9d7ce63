"""One line per request: method, route, answer, person by number. Nothing that opens a door."""

import re
from typing import Any

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """Logs the route instead of the address: codes in links and queries are keys to something."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """`GET /r/12/`, but `GET /orders/<str:code>/`."""
        match = request.resolver_match
        if not match:
            return f"{request.method} (no route)"
        return f"{request.method} /{_with_numbers(match.route, match.kwargs)}"


def _with_numbers(route: str, values: dict[str, Any]) -> str:
    for name, value in values.items():
        if isinstance(value, int):
            route = re.sub(rf"<(\w+:)?{name}>", str(value), route)
    return route
