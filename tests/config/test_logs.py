"""Secrets planted everywhere must not come out in logs or pages."""

import json
import logging
import os
import subprocess
import sys

import httpx
import pytest
from django.conf import settings as django_settings
from django.test import RequestFactory
from django.urls import resolve

from config.logs import RequestLog
from tests import services

KEY = "canary-secret-key-Zt8-Qm3-Lk9-Wx2-Rb7-Hd5-Fy4-Pn6-Jc1"
CANARIES = {
    "SECRET_KEY": KEY,
    "STRIPE_API_KEY": "sk_test_canary_stripe",
    "STRIPE_WEBHOOK_SECRET": "whsec_canary_hook",
    "EMAIL_URL": "smtp://mailer:canary-mail-password@127.0.0.1:9",
}
TYPED = ["canary-query", "canary-cookie", "canary-bearer", "canary-body", "canary-code"]


@pytest.fixture
def production(tmp_path):
    """The site with production settings (but plain HTTP), and where its log goes."""
    port, log = services.free_port(), tmp_path / "log"
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_URL": "https://toile.example.com",
        "HTTPS": "0",
        "LOG_LEVEL": "DEBUG",
        "PAYMENT_PROVIDER": "stripe",
        **CANARIES,
    }
    options = {"cwd": django_settings.BASE_DIR, "env": environment}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], check=True, **options)
    with log.open("w") as sink:
        server = subprocess.Popen(
            [*manage, "serve", "--port", str(port)], stdout=sink, stderr=sink, **options
        )
        try:
            services.wait_for_port(port, 60)
            yield f"http://127.0.0.1:{port}", log
        finally:
            server.terminate()
            assert server.wait(10) is not None


@pytest.mark.race
def test_planted_secrets_appear_nowhere(production):
    address, log = production
    pages = []
    with httpx.Client(base_url=address) as browser:
        browser.cookies.set("sessionid", "canary-cookie")
        for path in ("/", "/?token=canary-query", "/orders/canary-code/", "/nowhere/canary-code"):
            got = browser.get(path, headers={"authorization": "Bearer canary-bearer"})
            pages.append(got.text.replace("canary-query", "") if "token" in path else got.text)
        pages.append(browser.post("/", data={"password": "canary-body"}).text)
        pages.append(browser.get("/readyz").text)
    written = log.read_text()
    assert '"request": "GET /"' in written, written[-2000:]
    for secret in [*CANARIES.values(), "canary-mail-password", *TYPED]:
        assert secret not in written, secret
        assert not [page for page in pages if secret in page and secret not in TYPED], secret


@pytest.mark.race
def test_every_line_in_production_is_json(production):
    address, log = production
    httpx.get(address)
    lines = [line for line in log.read_text().splitlines() if line.startswith("{")]
    assert any(json.loads(line).get("event") == "request_finished" for line in lines)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/r/12/", "GET /r/12/"),
        ("/orders/aB3-secret/", "GET /orders/<str:code>/"),
        ("/r/12/?token=secret", "GET /r/12/"),
    ],
)
def test_a_request_line_has_numbers_but_no_keys(path, line):
    request = RequestFactory().get(path)
    request.resolver_match = resolve(request.path)
    assert RequestLog.format_request(request) == line
    assert logging.getLogger("django.request").propagate is False


def test_an_unknown_address_is_not_logged():
    request = RequestFactory().get("/reset/secret")
    request.resolver_match = None
    assert RequestLog.format_request(request) == "GET (no route)"
