import datetime as dt

import pytest
from django.utils import timezone

from config import health
from core import status


def test_alive_needs_no_database(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_every_part_answers(client, settings):
    settings.EMBEDDED_WORKER = True
    status.beat(timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "migrations": "ok",
        "cache": "ok",
        "ticker": "ok",
    }


@pytest.mark.django_db
def test_not_ready_when_the_ticker_is_silent(client, settings):
    settings.EMBEDDED_WORKER = True
    status.beat(timezone.now() - dt.timedelta(minutes=2))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ticker"]) == (503, "late")


@pytest.mark.django_db
def test_a_failure_is_named_by_its_class_only(client, monkeypatch):
    def broken() -> str:
        raise ConnectionError("redis://:secret@host")

    monkeypatch.setattr(health, "_cache", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["cache"] == "ConnectionError"
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_pages_show_how_far_the_demo_is(client):
    status.report_progress(3, 40, "Drawing jackets")
    assert b"3 of 40" in client.get("/progress/").content
    status.finish_progress()
    assert client.get("/progress/").content.strip() == b""
