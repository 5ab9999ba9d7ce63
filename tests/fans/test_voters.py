import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from fans import claims
from fans.middleware import GuestMiddleware
from fans.models import Guest, User, Voter
from fans.voters import (
    COOKIE,
    forget_guest,
    guest_key,
    guest_voter,
    remember_guest,
    voter_of,
    voter_of_person,
    who_votes,
)
from tests import cast

pytestmark = pytest.mark.django_db


def visit(cookies: dict[str, str] | None = None, user: User | None = None) -> HttpRequest:
    request = RequestFactory().post("/")
    request.COOKIES.update(cookies or {})
    request.user = user or AnonymousUser()
    request.session = SessionStore()
    return request


def answer(request: HttpRequest, act) -> HttpResponse:
    def view(inner: HttpRequest) -> HttpResponse:
        act(inner)
        return HttpResponse()

    return GuestMiddleware(view)(request)


def cookie_of_new_guest() -> str:
    return answer(visit(), remember_new).cookies[COOKIE].value


def remember_new(request: HttpRequest) -> None:
    remember_guest(request, cast.voter().guest.key)


def test_a_guest_is_known_again_by_the_cookie():
    value = cookie_of_new_guest()
    again = visit({COOKIE: value})
    assert voter_of(again) == Voter.objects.get()
    assert guest_key(again) == Guest.objects.get().key
    assert COOKIE not in answer(again, lambda it: remember_guest(it, guest_key(it))).cookies


def test_the_cookie_is_closed_to_scripts_and_other_sites():
    morsel = answer(visit(), remember_new).cookies[COOKIE]
    assert (morsel["httponly"], morsel["samesite"]) == (True, "Lax")
    assert int(morsel["max-age"]) == 365 * 24 * 3600


def test_looking_makes_nobody():
    request = visit()
    assert voter_of(request) is None
    assert COOKIE not in answer(request, voter_of).cookies
    assert Voter.objects.count() == 0


@pytest.mark.parametrize("bad", ["", "nonsense", str(uuid.uuid4()), "{0}x", "x{0}"])
def test_a_cookie_that_somebody_changed_is_no_guest(bad: str):
    value = bad.format(cookie_of_new_guest())
    assert voter_of(visit({COOKIE: value})) is None


def test_a_person_votes_as_themselves_and_never_as_the_guest():
    guest_cookie = {COOKIE: cookie_of_new_guest()}
    ada = cast.person("Ada")
    mine = voter_of_person(ada)
    assert (mine.user, mine.guest) == (ada, None)
    assert voter_of(visit(guest_cookie, ada)) == mine


def test_limits_count_by_account_then_guest_then_address():
    guest_cookie, ada = {COOKIE: cookie_of_new_guest()}, cast.person("Ada")
    assert who_votes(visit(guest_cookie, ada)) == f"user:{ada.pk}"
    assert who_votes(visit(guest_cookie)) == f"guest:{Guest.objects.get().key}"
    assert who_votes(visit({COOKIE: "made up"})) == "ip:127.0.0.1"


def test_a_forgotten_guest_loses_the_cookie():
    response = answer(visit({COOKIE: cookie_of_new_guest()}), forget_guest)
    assert response.cookies[COOKIE]["max-age"] == 0


@pytest.fixture
def settled(monkeypatch):
    """What was bound: who, for which guest, which thing."""
    told = []
    monkeypatch.setattr(claims, "_settlers", {})
    claims.register("ballot", lambda user, voter, claim, req: told.append((user, voter, claim)))
    return told


def name(request, claim):
    request.POST = {"claim": claim}
    return request


def test_a_claim_is_settled_once_for_the_person_whose_address_was_given(settled):
    request = name(visit({COOKIE: cookie_of_new_guest()}), "ballot:12")
    claims.hold(request, cast.person("Ada"))
    claims.settle(request, cast.person("Ada"))
    claims.settle(request, cast.person("Ada"))
    assert settled == [(cast.person("Ada"), guest_voter(request), claims.Claim("ballot", 12))]


def test_somebody_else_who_signs_in_gets_nothing_and_ends_the_claim(settled):
    request = name(visit({COOKIE: cookie_of_new_guest()}), "ballot:12")
    claims.hold(request, cast.person("Ada"))
    claims.settle(request, cast.person("Omar"))
    claims.settle(request, cast.person("Ada"))
    assert settled == []


def test_the_next_form_takes_the_place_of_the_one_before(settled):
    request = name(visit(), "ballot:12")
    claims.hold(request, cast.person("Ada"))
    claims.hold(name(request, ""), cast.person("Ada"))
    claims.settle(request, cast.person("Ada"))
    assert settled == []


@pytest.mark.parametrize("text", ["", "ballot", "ballot:x", "ballot:-1", "parcel:1", "ballot:1:2"])
def test_what_is_no_claim_names_nothing(settled, text):
    assert claims.named(name(visit(), text)) is None
