"""Refusals are pages: what happened, what is safe, what to do."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import Client
from django.urls import path

from config import urls as site

pytestmark = pytest.mark.django_db


def refuse(error: Exception):
    def view(request):
        raise error

    return view


urlpatterns = [
    *site.urlpatterns,
    path("refuse/400/", refuse(BadRequest("secret detail"))),
    path("refuse/403/", refuse(PermissionDenied())),
    path("refuse/410/", lambda request: HttpResponse(status=410)),
    path("refuse/429/", lambda request: HttpResponse(status=429, headers={"Retry-After": "60"})),
    path("refuse/405/", lambda request: HttpResponseNotAllowed(["POST"])),
    path("refuse/json/", lambda request: HttpResponse("{}", status=429)),
    path("refuse/500/", refuse(ZeroDivisionError("secret detail"))),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("status", [400, 403, 405, 410, 429, 500])
def test_every_refusal_has_its_page(client, status):
    client.raise_request_exception = False
    response = client.get(f"/refuse/{status}/")
    assert response.status_code == status
    body = response.content.decode()
    assert f'<p class="oops__code">{status}</p>' in body
    assert "secret detail" not in body


def test_a_missing_page_leads_on(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert b"There is nothing at this address" in response.content


@pytest.mark.urls(__name__)
def test_headers_of_a_refusal_are_kept(client):
    assert client.get("/refuse/405/").headers["Allow"] == "POST"
    assert client.get("/refuse/429/").headers["Retry-After"] == "60"


@pytest.mark.urls(__name__)
def test_an_answer_with_words_is_left_alone(client):
    assert client.get("/refuse/json/").content == b"{}"


def test_an_old_form_says_that_nothing_was_sent():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/preferences/", {"theme": "dark"})
    assert response.status_code == 403
    assert b"This form has expired" in response.content
