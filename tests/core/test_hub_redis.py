"""The hub on Redis, and two servers that hear of each other."""

import asyncio
import json
import re
import subprocess

import httpx
import pytest
import websockets
from channels.layers import channel_layers
from django.db import transaction

from core import courier, live
from core import hub as hub_module
from tests import cast, services
from tests.browser import session_cookie
from tests.core.sockets import Page, Probe, running_hub, until

pytestmark = pytest.mark.services


@pytest.fixture
def on_redis(settings, redis_url):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [redis_url]},
        }
    }
    channel_layers.backends.clear()
    yield redis_url
    channel_layers.backends.clear()


@pytest.mark.asyncio
async def test_a_thousand_who_join_at_once_all_hear_the_first_change(on_redis):
    probe = Probe()
    async with running_hub():
        pages = [Page() for _ in range(1000)]
        await asyncio.gather(*(page.join("probe.1") for page in pages))
        probe.put("a", "one")
        await until(lambda: all(page.state == {"a": "one (en)"} for page in pages))
        assert {len(page.frames()) for page in pages} == {1}


@pytest.mark.asyncio
async def test_a_process_without_sockets_reaches_those_that_have_some(on_redis):
    """As a worker does it: through the layer, from its own thread and loop."""
    probe = Probe()
    async with running_hub():
        page = await Page(language="zh-hans").join("probe.1")
        probe.version, probe.values = 1, {"a": (1, "one")}
        remote = await asyncio.to_thread(courier.remote)
        remote.mark("probe.1", ["a"])
        await until(lambda: page.state == probe.state("zh-hans"))
        assert remote is await asyncio.to_thread(courier.remote)
        remote.flush()
        assert remote.pulse.quiet


@pytest.mark.asyncio
async def test_when_redis_was_away_pages_catch_up(on_redis, monkeypatch):
    monkeypatch.setattr(hub_module, "BEAT_SECONDS", 0.2)
    probe = Probe()
    port = services.free_port()
    command = ["redis-server", "--port", str(port), "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    services.wait_for_port(port)
    layer = channel_layers.make_backend("default")
    layer._kwargs["hosts"] = [f"redis://127.0.0.1:{port}"]
    monkeypatch.setattr(hub_module, "get_channel_layer", lambda: layer)
    try:
        async with running_hub():
            page = await Page().join("probe.1")
            server.kill()
            server.wait()
            probe.put("a", "one")
            await asyncio.sleep(1)
            assert page.frames() == []
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            await until(lambda: page.state == probe.state(), seconds=20)
    finally:
        server.kill()
        server.wait()


def test_a_vote_in_one_process_reaches_a_socket_of_another(two_servers, settings):
    here, there = two_servers
    ada, kenji = cast.person("Ada"), cast.person("Kenji")
    round = cast.voting_round(cast.brief(cast.brand()), drafts=2)
    entry = round.entries.order_by("pk").first()
    assert entry
    # Who reads the tally has voted already.
    vote(there, kenji, round, entry)
    heard = asyncio.run(listen_while(there, kenji, round, lambda: vote(here, ada, round, entry)))
    assert any(map(tells_of_two, heard)), heard


def test_a_sign_out_in_one_process_closes_the_sockets_of_another(two_servers, settings):
    here, there = two_servers
    ada = cast.person("Ada")
    round = cast.voting_round(cast.brief(cast.brand()), drafts=2)

    async def until_closed() -> int:
        async with await joined(there, ada, f"round.{round.pk}") as socket:
            await asyncio.to_thread(sign_out, ada)
            async with asyncio.timeout(2):
                await socket.wait_closed()
            return socket.close_code

    assert asyncio.run(until_closed()) == 4401


def sign_out(user) -> None:
    """What every sign-out does, in this third process."""
    with transaction.atomic():
        live.leave_all(user.pk)


def vote(address, user, round, entry) -> None:
    """Vote by form, as a page does."""
    cookie = session_cookie(user)
    with httpx.Client(base_url=f"http://{address}", follow_redirects=False) as browser:
        browser.cookies.set(cookie["name"], cookie["value"])
        page = browser.get(f"/r/{round.pk}/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:500]
        answer = browser.post(
            f"/r/{round.pk}/ballot/",
            data={"csrfmiddlewaretoken": token[1], "choice": f"{entry.pk} supports 1"},
            headers={"origin": f"http://{address}"},
        )
        assert answer.status_code in (200, 302, 303), answer.text[:500]


async def joined(address, user, *rooms):
    """A socket of that person that has joined the rooms."""
    cookie = session_cookie(user)
    socket = await websockets.connect(
        f"ws://{address}/ws/?lang=en",
        origin=f"http://{address}",
        additional_headers={"cookie": f"{cookie['name']}={cookie['value']}"},
    )
    await socket.send(json.dumps({"join": dict.fromkeys(rooms, 0)}))
    waiting = set(rooms)
    while waiting:
        message = json.loads(await asyncio.wait_for(socket.recv(), 10))
        assert not message.get("refused"), message
        if message.get("joined"):
            waiting.discard(message["room"])
    return socket


def tells_of_two(frame: dict) -> bool:
    return "2" in str(frame.get("fill") or frame.get("html", ""))


async def listen_while(address, user, round, act) -> list[dict]:
    """The frames that arrive after `act`, up to the one that tells of two votes."""
    rooms = (f"round.{round.pk}", f"round.{round.pk}.tally")
    frames = []
    async with await joined(address, user, *rooms) as socket:
        await asyncio.to_thread(act)
        try:
            async with asyncio.timeout(20):
                while not any(map(tells_of_two, frames)):
                    frames += json.loads(await socket.recv()).get("frames", [])
        except TimeoutError:
            pass
    return frames
