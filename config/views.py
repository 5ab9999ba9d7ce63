"""Pages that stand above the apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return render(request, "home.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: say so; the typed text is still in the browser."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
