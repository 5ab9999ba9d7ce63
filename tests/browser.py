"""The whole site on a port, and Chromium windows that fail the test when a page complains."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from channels.layers import channel_layers
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import override_settings

from fans.models import User
from tests import services

try:
    from playwright.sync_api import expect

    # Five seconds are not enough on a machine whose cores have other work; nothing waits longer
    # than it has to.
    expect.set_options(timeout=20_000)
except ImportError:  # the fast suite runs without a browser's driver
    pass

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Site:
    """A running site and its address."""

    url: str
    port: int


@pytest.fixture
def site(own_db: str) -> Iterator[Site]:
    """Pages, sockets and background work on a port of this process, on a database of its own."""
    with serving() as site:
        yield site


@contextlib.contextmanager
def serving(**settings: Any) -> Iterator[Site]:
    """The whole site on a free port, on the database of this moment; with these settings."""
    from config.server import SOCKETS, build

    port = services.free_port()
    site = Site(f"http://127.0.0.1:{port}", port)
    channel_layers.backends.clear()
    usual = {
        "EMBEDDED_WORKER": True,
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": True,
        "PUBLIC_URL": site.url,
    }
    with override_settings(**(usual | settings)):
        server = uvicorn.Server(
            uvicorn.Config(
                build(),
                port=port,
                **SOCKETS,
                lifespan="on",
                log_config=None,
                timeout_graceful_shutdown=3,
            )
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started, "the site did not start"
        yield site
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive(), "the site did not stop"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium."""
    path = services.chromium()
    if not path:
        pytest.skip("no Chromium (apt install chromium, or set CHROMIUM)")
    return {"executable_path": path, "args": FLAGS}


@pytest.fixture
def window(browser: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """`window(user=None, **context)` opens another browser on `site` and returns its page."""
    with windows(browser, site.url) as open_window:
        yield open_window


@contextlib.contextmanager
def windows(browser: Any, url: str) -> Iterator[Callable[..., Any]]:
    """A function that opens one more browser on that address and returns its page.

    Errors in the console (broken policies are such), uncaught exceptions and answers of 500 fail
    the test, unless a part of their text stands in `expect=[...]`.
    """
    opened: list[tuple[Any, list[str], list[str]]] = []

    def open_window(user: User | None = None, *, expect: tuple[str, ...] = (), **options: Any):
        context = browser.new_context(base_url=url, **options)
        if user:
            context.add_cookies([{**session_cookie(user), "url": url}])
        page = context.new_page()
        problems: list[str] = []
        page.on(
            "console",
            lambda said: problems.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "response",
            lambda got: problems.append(f"{got.status} {got.url}") if got.status >= 500 else None,
        )
        opened.append((context, problems, list(expect)))
        return page

    yield open_window
    complaints = [
        problem
        for context, problems, expected in opened
        for problem in problems
        if not any(part in problem for part in expected)
    ]
    for context, _problems, _expected in opened:
        context.close()
    assert not complaints, complaints


def session_cookie(user: User) -> dict[str, str]:
    """The cookie of a fresh session of that person."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = MODEL_BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": django_settings.SESSION_COOKIE_NAME, "value": str(session.session_key)}
