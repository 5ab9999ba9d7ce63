"""How many people are here: once per beat, nobody by name, and no work when somebody comes."""

import uuid
from types import SimpleNamespace

import pytest

from core import live, presence
from core.presence import Presence
from tests.core.sockets import Page, Probe, running_hub, until, visitor

pytestmark = pytest.mark.asyncio


def person(pk):
    user = SimpleNamespace(pk=pk, is_authenticated=True)
    return live.Viewer(user, None, f"user:{pk}")


@pytest.fixture
def counted(monkeypatch):
    monkeypatch.setattr(presence, "BEAT_SECONDS", 3600)
    probe = Probe()
    live.register("probe", may_join=probe.may_join, render=probe.render, counts_people=True)
    return probe


def here(page):
    return [message["here"] for message in page.heard if "here" in message]


async def test_visitors_count_and_a_person_with_two_pages_is_one(counted):
    async with running_hub() as hub:
        ada = [await Page(person(12)).join("probe.1") for _ in range(2)]
        await hub.presence.beat()
        assert here(ada[0]) == [""]
        omar, nobody = (
            await Page(person(13), "zh-hans").join("probe.1"),
            await Page().join("probe.1"),
        )
        guest = live.Viewer(visitor().user, None, "ip:1", guest_key=uuid.uuid4())
        tabs = [await Page(guest).join("probe.1") for _ in range(2)]
        await hub.presence.beat()
        await until(lambda: here(nobody))
        assert {here(page)[-1] for page in [*ada, nobody, *tabs]} == {"4 people here"}
        assert "4" in here(omar)[-1] and "people" not in here(omar)[-1]
        assert not [text for text in here(ada[0]) if "Ada" in text or "12" in text]


async def test_nothing_is_sent_while_the_number_stays_or_before_the_beat(counted):
    async with running_hub() as hub:
        pages = [await Page().join("probe.1") for _ in range(3)]
        assert here(pages[0]) == []
        for _again in range(3):
            await hub.presence.beat()
        assert here(pages[0]) == ["3 people here"]
        late = await Page().join("probe.1")
        assert (here(late), here(pages[0])) == (["3 people here"], ["3 people here"])
        await pages.pop().leave()
        await late.leave()
        await hub.presence.beat()
        assert here(pages[0])[-1] == "2 people here"


async def test_a_room_that_does_not_count_says_nothing(counted):
    async with running_hub() as hub:
        page, other = await Page().join("probe.1.part"), await Page().join("probe.1.part")
        await hub.presence.beat()
        assert here(page) == here(other) == []


async def test_processes_add_up_and_one_that_died_is_forgotten(counted, monkeypatch):
    async with running_hub() as hub:
        page = await Page().join("probe.1")
        other = Presence("other", {}, hub.layer.group_send)
        hub.presence.heard("other", {"probe.1": list("abcd"), "probe.2": list("efghi")})
        hub.presence.heard("third", {"probe.1": list("cd")})
        hub.presence.heard(hub._own, {"probe.1": list("xyz")})
        await hub.presence.beat()
        assert here(page) == ["5 people here"]
        monkeypatch.setattr(presence, "HOLDS_SECONDS", 0)
        await hub.presence.beat()
        assert here(page) == ["5 people here", ""] and other


async def test_a_person_in_two_processes_is_one_and_no_name_is_told(counted):
    async with running_hub() as hub:
        told = []

        async def tell(message):
            told.append(message)

        guest = live.Viewer(visitor().user, None, "ip:1", guest_key=uuid.uuid4())
        pages = [await Page(who).join("probe.1") for who in (person(12), guest, visitor())]
        # The same three sockets seen by another process: two known people, and a page of its own.
        other = Presence("other", hub.presence._groups, tell)
        await other.beat()
        hub.presence.heard("other", told[0]["rooms"])
        await hub.presence.beat()
        assert here(pages[0])[-1] == "4 people here"
        assert str(guest.guest_key) not in str(told) and "user" not in str(told)


async def test_without_the_layer_the_own_number_is_still_shown(counted):
    async with running_hub() as hub:
        page, _other = await Page().join("probe.1"), await Page().join("probe.1")

        async def gone(message):
            raise ConnectionError

        hub.presence._tell = gone
        with pytest.raises(ConnectionError):
            await hub.presence.beat()
        assert here(page) == ["2 people here"]
