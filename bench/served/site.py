"""The site with one address more: a page with nothing on it, behind everything a page passes."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as pages


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse()


urlpatterns = [path("bench/empty/", empty), *pages]
