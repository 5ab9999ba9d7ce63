"""Ballots over the page's socket, on the running site."""

import contextlib
import json
import re
import uuid
from typing import Any

import httpx
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from websockets.sync.client import connect

from core.ratelimit import Limit, Purses
from fans.models import Guest, User
from tests import cast
from tests.browser import session_cookie
from voting import presses, verify
from voting.models import Ballot, BallotLog, Choice, Round


@pytest.fixture
def it(site):
    presses._drawn.clear()
    return cast.voting_round()


def cookie_of(user: User | None) -> str:
    if user is None:
        return ""
    found = session_cookie(user)
    return f"{found['name']}={found['value']}"


@contextlib.contextmanager
def socket_of(site, cookie: str = "", language: str = "en"):
    """A page's socket; `ask(…)` sends a ballot and gives the answer."""
    headers = {"cookie": cookie} if cookie else {}
    with connect(
        f"{site.url.replace('http', 'ws')}/ws/?lang={language}",
        origin=site.url,
        additional_headers=headers,
    ) as wire:
        yield wire


def send(wire, of: Round, entry, said: str = "supports 1", **more: Any) -> str:
    ballot = {"key": str(uuid.uuid4()), "round": of.pk, "choice": f"{entry.pk} {said}"} | more
    wire.send(json.dumps({"ballot": ballot}))
    return ballot["key"]


def answer(wire, key: str) -> dict[str, Any]:
    while True:
        message = json.loads(wire.recv(10))
        if message.get("answer") == key:
            return message


def ask(wire, of: Round, entry, said: str = "supports 1", **more: Any) -> dict[str, Any]:
    return answer(wire, send(wire, of, entry, said, **more))


def counts():
    return Ballot.objects.count(), Choice.objects.count(), BallotLog.objects.count()


def findings():
    checks = [verify.one_ballot_per_voter, verify.counters, verify.log_chain, verify.replay]
    return [line for check in checks for line in check().findings]


def test_a_press_is_answered_with_the_control_after_it_is_on_disk(site, it):
    first, second, _third = it.entries.order_by("pk")
    with socket_of(site, cookie_of(cast.person("Ada"))) as wire:
        said = ask(wire, it, first)
        assert (
            'aria-pressed="true"' in said["html"][0] and f"entry-{first.pk}-vote" in said["html"][0]
        )
        assert "Vote counted for No." in said["text"] and said["marks"] == 1
        assert "held" not in said
        assert ask(wire, it, second, "would_buy 1")["marks"] == 2
        taken = ask(wire, it, first, "supports 0")
        assert "taken back" in taken["text"] and taken["marks"] == 1
    ballot = Ballot.objects.get()
    assert (ballot.voter.user.name, ballot.marks, ballot.seq) == ("Ada", 1, 3)
    assert findings() == []


def test_the_answer_is_in_the_language_of_the_page(site, it):
    with socket_of(site, cookie_of(cast.person("Ada")), "zh-hans") as wire:
        said = ask(wire, it, it.entries.first())
    assert "Vote" not in said["text"] and "投票" in said["html"][0] + said["text"]


def test_the_same_click_twice_is_one_change(site, it):
    entry, key = it.entries.first(), str(uuid.uuid4())
    with socket_of(site, cookie_of(cast.person("Ada"))) as wire:
        assert ask(wire, it, entry, key=key)["marks"] == 1
        assert ask(wire, it, entry, "supports 0")["marks"] == 0
        again = ask(wire, it, entry, key=key)
    assert again["marks"] == 0 and "taken back" in again["text"]
    assert counts() == (1, 0, 2)


def test_a_click_sent_by_socket_and_again_by_form_is_one_change(site, it):
    ada, entry, key = cast.person("Ada"), it.entries.first(), str(uuid.uuid4())
    cookie = cookie_of(ada)
    with socket_of(site, cookie) as wire:
        send(wire, it, entry, key=key)
        # The socket is gone before the answer.
    with httpx.Client(base_url=site.url, headers={"cookie": cookie}) as browser:
        page = browser.get(f"/r/{it.pk}/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        data = {"csrfmiddlewaretoken": token, "choice": f"{entry.pk} supports 1", "client_key": key}
        kept = {"cookie": f"{cookie}; csrftoken={browser.cookies['csrftoken']}"}
        done = browser.post(f"/r/{it.pk}/ballot/", data=data, headers=kept)
    assert done.status_code == 302
    assert counts() == (1, 1, 1)


def test_a_visitors_first_vote_goes_by_the_form(site, it):
    with socket_of(site) as wire:
        assert ask(wire, it, it.entries.first()).get("form") is True
    assert counts() == (0, 0, 0) and Guest.objects.count() == 0


def test_a_guest_votes_on_and_reads_what_waits(site, it):
    first, second, third = it.entries.order_by("pk")
    client = Client()
    client.post(f"/r/{it.pk}/ballot/", {"choice": f"{first.pk} supports 1"})
    with socket_of(site, f"toile_guest={client.cookies['toile_guest'].value}") as wire:
        said = ask(wire, it, second)
        assert said["held"] == "Your votes for 2 drafts are held. Add an e-mail so they count."
        assert "Vote held" in said["text"] and "Held, not counted yet." in said["html"][0]
        ask(wire, it, second, "supports 0")
        assert ask(wire, it, first, "supports 0")["held"] == ""
    assert counts() == (1, 0, 4) and Guest.objects.count() == 1
    it.refresh_from_db()
    assert (it.voters, it.guests) == (0, 0)


def test_a_guests_cookie_that_was_made_up_is_nobodys(site, it):
    with socket_of(site, f"toile_guest={uuid.uuid4()}:forged") as wire:
        assert ask(wire, it, it.entries.first()).get("form") is True
    assert counts() == (0, 0, 0)


def end_session(user):
    Session.objects.all().delete()


def change_password(user):
    user.set_password("another one")
    user.save()


def deactivate(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("end", [end_session, change_password, deactivate])
def test_whose_session_ended_while_the_socket_was_open_is_refused(site, it, end):
    ada, entry = cast.person("Ada"), it.entries.first()
    with socket_of(site, cookie_of(ada)) as wire:
        assert ask(wire, it, entry)["marks"] == 1
        end(ada)
        before = counts()
        assert ask(wire, it, entry, "supports 0")["refused"] == "signed-out"
    assert counts() == before


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("Mei", {}, "member"),
        ("Omar", {"electorate": Round.Electorate.FANS}, "fans"),
        ("Omar", {"state": Round.State.CANCELLED}, "not-open"),
        ("Omar", {"parameters": {"budget": 3}, "state": Round.State.DRAFT}, "not-open"),
    ],
)
def test_who_may_not_vote_reads_why_and_nothing_changes(site, it, name, change, code):
    Round.objects.update(**change)
    with socket_of(site, cookie_of(cast.person(name))) as wire:
        said = ask(wire, it, it.entries.first())
    assert said["refused"] == code and len(said["text"]) > 20
    assert counts() == (0, 0, 0)


def test_an_entry_of_another_round_and_a_round_that_is_none_are_refused(site, it):
    other = cast.voting_round(it.brief, drafts=1, title="Round 2")
    with socket_of(site, cookie_of(cast.person("Omar"))) as wire:
        assert ask(wire, it, other.entries.first())["refused"] == "no-entry"
        assert ask(wire, it, it.entries.first(), round=999_999)["refused"] == "no-entry"
    assert counts() == (0, 0, 0)


def test_a_burst_is_refused_with_the_seconds_to_wait(site, it, monkeypatch):
    monkeypatch.setattr(presses, "_purses", Purses(Limit("vote-test", 3, 10**9), 2))
    entry = it.entries.first()
    with socket_of(site, cookie_of(cast.person("Ada"))) as wire:
        said = [ask(wire, it, entry, f"supports {n % 2}") for n in range(5)]
    assert [one.get("refused") for one in said] == [None, None, None, "too-many", "too-many"]
    assert "Press again in" in said[-1]["text"]
    assert BallotLog.objects.count() == 2  # "supports 0" on nothing says nothing


@pytest.mark.parametrize(
    "ballot",
    [
        [],
        {},
        {"key": "no key", "round": 1, "choice": "1 supports 1"},
        {"key": 7, "round": 1, "choice": "1 supports 1"},
        {"key": str(uuid.uuid4()), "round": "1", "choice": "1 supports 1"},
        {"key": str(uuid.uuid4()), "round": True, "choice": "1 supports 1"},
        {"key": str(uuid.uuid4()), "round": 1, "choice": "1 supports 2"},
        {"key": str(uuid.uuid4()), "round": 1, "choice": "1 nothing 1"},
        {"key": str(uuid.uuid4()), "round": 1, "choice": "١ supports 1"},
        {"key": str(uuid.uuid4()), "round": 1, "choice": "1 supports 1", "seen": 4},
    ],
)
def test_what_is_no_ballot_ends_the_socket_and_changes_nothing(site, it, ballot):
    with socket_of(site, cookie_of(cast.person("Ada"))) as wire:
        wire.send(json.dumps({"ballot": ballot}))
        with pytest.raises(Exception, match="1003"):
            wire.recv(5)
    assert counts() == (0, 0, 0)
