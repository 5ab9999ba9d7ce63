"""What a page says of its connection, and does without one: in a browser, with real servers."""

import json

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

from core import presence
from tests import cast, services
from tests.browser import windows
from tests.faults.fleet import Server
from tests.flows.test_live_pages import a_round, opened, vote
from tests.processes import database_url
from voting.models import Round
from voting.writer import Change, apply_batch

NO_PICTURES = ("404 (Not Found)",)
# Pages that the server left: the browser says so in its console.
GONE = (*NO_PICTURES, "ERR_CONNECTION_REFUSED", "WebSocket", "Failed to load", "500")


def always(round):
    Round.objects.filter(pk=round.pk).update(results=Round.Results.ALWAYS)


def elsewhere(round, name, entry):
    """A vote by a process that this test's server does not hear of."""
    voter = cast.voter(cast.person(name))
    apply_batch([Change(round.pk, voter.pk, entry.pk, supports=True)])


@pytest.mark.race
@pytest.mark.skipif(connection.vendor != "sqlite", reason="runs in the browser stage")
def test_a_server_that_was_killed_and_came_back_is_said_and_nothing_is_missed(own_db, browser):
    round, entry = a_round()
    server = Server(f"sqlite:///{own_db}", more={"WHITENOISE_USE_FINDERS": "1"})
    chip, tally = "#connection", f"#entry-{entry.pk}-tally"
    try:
        with windows(browser, f"http://127.0.0.1:{server.port}") as window:
            page = window(cast.person("Ada"), expect=GONE)
            page.goto(f"/r/{round.pk}/")
            expect(page.locator(chip)).to_have_attribute("data-state", "live")
            expect(page.locator(tally)).to_contain_text("2 votes")
            server.kill()
            expect(page.locator(chip)).to_have_attribute("data-state", "reconnecting")
            expect(page.locator(chip)).to_contain_text("Reconnecting")
            elsewhere(round, "Omar", entry)
            server.start()
            expect(page.locator(chip)).to_have_attribute("data-state", "live", timeout=60_000)
            expect(page.locator(tally)).to_contain_text("3 votes")
    finally:
        server.kill()


@pytest.mark.services
def test_without_redis_the_page_says_so_and_asks_by_itself(own_db, browser):
    if connection.vendor != "postgresql":
        pytest.skip("runs in the second pass of `make test`, on PostgreSQL")
    round, entry = a_round()
    redis = services.Redis()
    server = Server(database_url(own_db), redis.url)
    chip, tally = "#connection", f"#entry-{entry.pk}-tally"
    try:
        with windows(browser, f"http://127.0.0.1:{server.port}") as window:
            page = window(cast.person("Ada"), expect=GONE)
            page.clock.install()
            page.goto(f"/r/{round.pk}/")
            expect(page.locator(chip)).to_have_attribute("data-state", "live")
            redis.kill()
            expect(page.locator(chip)).to_have_attribute("data-state", "polling", timeout=40_000)
            expect(page.locator(chip)).to_contain_text("Updates by refresh")
            elsewhere(round, "Omar", entry)
            # The page's own half minute, without waiting for it.
            page.clock.fast_forward(40_000)
            expect(page.locator(tally)).to_contain_text("3 votes")
            redis.start()
            expect(page.locator(chip)).to_have_attribute("data-state", "live", timeout=40_000)
            elsewhere(round, "Ruth", entry)
            page.clock.fast_forward(90_000)
            expect(page.locator(tally)).to_contain_text("4 votes")
    finally:
        server.kill()
        redis.kill()


def test_how_many_are_here_is_said_quietly_and_guests_count(window, monkeypatch):
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.3)
    round, _entry = a_round()
    ada = opened(window, round, "Ada")
    here = ada.locator(f"[data-here='round.{round.pk}']")
    expect(here).to_be_hidden()
    guest = window(expect=NO_PICTURES)
    guest.goto(f"/r/{round.pk}/")
    expect(here).to_have_text("2 people here")
    guest.close()
    expect(here).to_be_hidden()


def test_at_most_one_sentence_in_ten_seconds_is_read_out(window):
    round, _entry = a_round()
    page = window(cast.person("Ada"), expect=NO_PICTURES)
    page.clock.install()
    page.goto(f"/r/{round.pk}/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.evaluate(
        """() => {
          window.spoken = [];
          const region = document.getElementById("status");
          new MutationObserver(() => region.textContent && spoken.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true });
          let n = 0;
          setInterval(() => document.dispatchEvent(
            new CustomEvent("live:say", { detail: `Change ${++n}` })), 200);
        }"""
    )
    page.clock.run_for(35_000)
    spoken = page.evaluate("spoken")
    assert 3 <= len(spoken) <= 4, spoken
    # What is read is the newest, not a queue of what was.
    assert int(spoken[-1].split()[1]) > 130


def test_order_stays_under_the_pointer_and_pause_holds_everything(window):
    round, entry = a_round()
    always(round)
    page = window(cast.person("Ada"), expect=NO_PICTURES)
    page.clock.install()
    page.goto(f"/r/{round.pk}/?order=ranking")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    ids = "[...document.querySelectorAll('.grid > li')].map((card) => card.id)"
    order, last = page.evaluate(ids), round.entries.order_by("pk").last()
    assert order == [f"entry-{entry.pk}", f"entry-{last.pk}"]
    page.locator(f"#entry-{last.pk}-title").hover()
    under = "document.querySelector('.grid > li:hover').id"
    for name in ("Omar", "Ruth", "Jonas1", "Jonas2"):
        vote(round, name, last)
    expect(page.locator(f"#entry-{last.pk}-tally")).to_contain_text("4 votes")
    assert (page.evaluate(ids), page.evaluate(under)) == (order, f"entry-{last.pk}")
    page.locator("#pause-live").click()
    expect(page.locator("#connection")).to_have_attribute("data-state", "paused")
    page.evaluate(
        "document.addEventListener('live:frames', () => { document.body.dataset.heard = 'yes'; })"
    )
    vote(round, "Jonas3", last)
    expect(page.locator("body")).to_have_attribute("data-heard", "yes")
    # It came and is kept, longer than a page waits before it applies what it heard.
    page.clock.run_for(2_000)
    assert "4 votes" in page.locator(f"#entry-{last.pk}-tally").inner_text()
    page.locator("#pause-live").click()
    expect(page.locator(f"#entry-{last.pk}-tally")).to_contain_text("5 votes")


@pytest.mark.django_db
def test_what_a_page_asks_by_itself_is_what_the_socket_would_say(client):
    round = cast.voting_round()
    rooms = {f"round.{round.pk}": 0, f"round.{round.pk}.tally": 0, "round.999": 0}
    said = client.get(reverse("live"), {"join": json.dumps(rooms), "lang": "zh-hans"})
    here, hidden, unknown = said.json()
    assert here["room"] == f"round.{round.pk}" and here["whole"] is True and here["frames"]
    # Scores show after one's own vote, here as everywhere.
    assert hidden == {"room": f"round.{round.pk}.tally", "refused": True}
    assert unknown == {"room": "round.999", "refused": True}
    assert "no-store" in said["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "join", ["", "[]", "{", '{"round.1": -1}', '{"round.1": "x"}', '{"a b": 1}']
)
def test_what_makes_no_sense_is_refused(client, join):
    assert client.get(reverse("live"), {"join": join}).status_code == 400
