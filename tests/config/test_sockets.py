"""Which pages may open a socket, and who is at its other end."""

import asyncio

import pytest
from django.test import Client

from config.sockets import Identified, OwnOrigin
from tests import cast
from tests.browser import session_cookie

HOST = "toile.example.com"
OWN = "https://toile.example.com"
FOREIGN = [
    "https://evil.example",
    "https://sub.toile.example.com",
    "https://toile.example.com.evil.example",
    "https://eviltoile.example.com",
    "http://toile.example.com",
    "https://toile.example.com:8443",
    "null",
    "",
    None,
]


def scope_of(origin, cookie="", host=HOST, scheme="wss"):
    headers = [(b"host", host.encode())]
    headers += [(b"origin", origin.encode())] if origin is not None else []
    headers += [(b"cookie", cookie.encode())] if cookie else []
    return {
        "type": "websocket",
        "path": "/ws/",
        "scheme": scheme,
        "headers": headers,
        "query_string": b"",
        "server": ("10.0.0.1", 8000),
    }


async def reached(scope, guard=OwnOrigin) -> bool:
    """Whether a handshake gets past the guard."""
    asked, events = [], iter(("websocket.connect", "websocket.disconnect"))

    async def inner(scope, receive, send):
        asked.append(scope)

    async def receive():
        return {"type": next(events), "code": 1006}

    async def send(message):
        assert message["type"] == "websocket.close"

    await guard(inner)(scope, receive, send)
    return bool(asked)


@pytest.fixture(autouse=True)
def _hosts(settings):
    settings.ALLOWED_HOSTS = [HOST]
    settings.CSRF_TRUSTED_ORIGINS = []


@pytest.mark.asyncio
@pytest.mark.parametrize("cookie", ["", "sessionid=abc"])
@pytest.mark.parametrize(
    ("origin", "welcome"), [(OWN, True), *((origin, False) for origin in FOREIGN)]
)
async def test_only_our_own_pages_may_open_a_socket(origin, welcome, cookie):
    assert await reached(scope_of(origin, cookie)) is welcome


@pytest.mark.asyncio
async def test_a_host_that_is_not_ours_opens_none():
    assert not await reached(scope_of("https://evil.example", host="evil.example"))


@pytest.mark.asyncio
async def test_trusted_origins_count_as_for_forms(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.com", "https://*.shops.example"]
    assert await reached(scope_of("https://app.example.com"))
    assert await reached(scope_of("https://weft.shops.example"))
    assert not await reached(scope_of("https://shops.example.evil"))
    assert not await reached(scope_of(None))


@pytest.mark.asyncio
async def test_behind_a_proxy_the_scheme_is_what_the_visitor_used(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    scope = scope_of(OWN, scheme="ws")
    assert not await reached(scope)
    scope["headers"] += [(b"x-forwarded-proto", b"https")]
    assert await reached(scope)


def viewer_with(cookie):
    """Who the other end is, by its cookies."""
    caught = []

    async def inner(scope, receive, send):
        caught.append(scope["identify"])

    asyncio.run(Identified(inner)(scope_of(OWN, cookie), None, None))
    return caught[0]()


@pytest.mark.django_db
def test_a_session_names_its_person_and_voter():
    ada = cast.person("Ada")
    voter = cast.voter(ada)
    cookie = session_cookie(ada)
    viewer = viewer_with(f"{cookie['name']}={cookie['value']}")
    assert (viewer.user, viewer.voter) == (ada, voter)


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "sessionid=made-up"])
def test_without_a_session_it_is_nobody(cookie):
    viewer = viewer_with(cookie)
    assert (viewer.user.is_authenticated, viewer.voter) == (False, None)


@pytest.mark.django_db
def test_after_the_session_ended_the_same_cookie_is_nobody(client: Client):
    client.force_login(cast.person("Ada"), backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert viewer_with(cookie).user.is_authenticated
    client.logout()
    assert not viewer_with(cookie).user.is_authenticated
