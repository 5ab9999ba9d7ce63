"""Answers that several pages give."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def refusal(
    request: HttpRequest, *, title: str, text: str, url: str, link: str, status: int = 409
) -> HttpResponse:
    """A page that says what cannot be done, why, and where to go on."""
    context = {"title": title, "text": text, "url": url, "link": link}
    return render(request, "presale/refusal.html", context, status=status)


def attachment(body: str | bytes, name: str, content_type: str) -> HttpResponse:
    """A file to be saved under that (ASCII) name, never shown in the page's origin."""
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def actor_of(request: HttpRequest) -> str:
    """Who acts on an order: whoever holds its code; without an account it names no one."""
    return request.user.actor if request.user.is_authenticated else "guest"
