"""Fragments that belong to the running installation itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.status import progress


def progress_fragment(request: HttpRequest) -> HttpResponse:
    """How far the demo is; pages ask again while it is under way."""
    return render(request, "components/_progress.html", {"demo_progress": progress()})
