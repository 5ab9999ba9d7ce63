"""The smoke set of the parts of `make faults` on PostgreSQL and Redis, and their controls."""

import datetime as dt
import json
import os
import uuid
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from core import live
from designs.actions import post_comment
from designs.models import Thread
from tests import cast, services
from tests.faults import close, cut
from tests.faults.fleet import faketime
from voting import writer
from voting.marks import Mark
from voting.models import Round
from voting.promises import Answer
from voting.writer import Change, apply_batch

pytestmark = [
    pytest.mark.race,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="several processes vote"),
    pytest.mark.skipif(bool(services.why_no_redis()), reason=services.why_no_redis() or "there"),
]


def url_of(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def zeros(figures, *names):
    return {name: figures[name] for name in names if figures[name]}


@pytest.mark.skipif(not faketime(), reason="faketime was not found (apt install faketime)")
def test_the_close_by_servers_whose_clocks_are_wrong(own_db, redis_url):
    size = close.Size(ballots=40, voters=10, skews=(90, -90), warm=1.0)
    figures = close.run(url_of(own_db), redis_url, size=size, seed=7)
    assert zeros(figures, "late", "early", "lost", "wrong") == {}
    assert figures["acknowledged"] + figures["refused"] == figures["sent"] == 60


def test_pages_that_are_cut_off_miss_nothing(own_db, redis_url):
    size = cut.Size(pages=10, changes=400, kills=1, cuts=(0.3, 1.0))
    figures = cut.run(url_of(own_db), redis_url, size=size, seed=7)
    assert zeros(figures, "missed", "twice", "disordered") == {}
    assert figures["changes"] >= 390


def test_control_a_ballot_after_the_close_by_a_clock_that_is_late_is_found(own_db, monkeypatch):
    it = cast.voting_round()
    voter, key = cast.voter(cast.person("Ada")), uuid.uuid4()
    entry, end = it.entries.first(), timezone.now() - dt.timedelta(seconds=30)
    Round.objects.filter(pk=it.pk).update(closes_at=end)
    behind = timezone.now() - dt.timedelta(seconds=90)
    monkeypatch.setattr(writer, "db_now", lambda using: behind)
    apply_batch([Change(it.pk, voter.pk, entry.pk, supports=True, client_key=key)])
    sent = close.Sent(Answer(voter.pk, entry.pk, key, Mark(supports=True)), sent=29.0)
    assert close.check(it, [sent])["late"] == 2


def test_control_a_page_that_lost_a_frame_or_took_one_twice_is_found(own_db):
    it = cast.voting_round(results=Round.Results.ALWAYS)
    thread, ada = Thread.objects.get(pk=it.thread_id), cast.person("Ada")
    for n in range(3):
        key = uuid.uuid4()
        post_comment(thread=thread, author=ada, body=f"{n}", now=timezone.now(), client_key=key)
    rooms = (f"round.{it.pk}", f"round.{it.pk}.tally", f"thread.{thread.pk}")
    whole, lost, twice = cut.Page(rooms), cut.Page(rooms), cut.Page(rooms)
    for page in (whole, lost, twice):
        for room in rooms:
            page.take(json.loads(live.render(room, "en", None, 0)))
    lost.items.pop()
    lost.shown.popitem()
    twice.items.insert(0, twice.items[-1])
    found = cut.check(it, thread, [whole])
    assert zeros(found, "missed", "twice", "disordered") == {}
    found = cut.check(it, thread, [whole, lost, twice])
    assert (found["missed"], found["twice"], found["disordered"]) == (2, 1, 1)
