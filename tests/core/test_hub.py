"""The hub on the in-memory layer; the same on Redis in test_hub_redis.py."""

import asyncio
import contextlib
import threading
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import connection as connection_module
from core import consumers, live
from core import hub as hub_module
from core import pulse as pulse_module
from core.pulse import TICK
from core.ratelimit import Limit
from tests.core.sockets import Page, Probe, running_hub, until, visitor

pytestmark = pytest.mark.asyncio
ADA = live.Viewer(
    SimpleNamespace(pk=12, is_authenticated=True, handle="ada", __str__=lambda: "Ada"), None
)


async def test_a_thousand_who_join_at_once_all_hear_the_first_change(monkeypatch):
    probe = Probe()
    async with running_hub() as hub:
        added = []
        usual = hub.layer.group_add

        async def slow_add(group, channel):
            added.append(group)
            await asyncio.sleep(0.02)
            await usual(group, channel)

        monkeypatch.setattr(hub.layer, "group_add", slow_add)
        pages = [Page() for _ in range(1000)]
        await asyncio.gather(*(page.join("probe.1") for page in pages))
        probe.put("a", "one")
        await until(lambda: all(page.state == {"a": "one (en)"} for page in pages))
        assert added == ["en.probe.1"]
        assert {len(page.frames()) for page in pages} == {1}
        # Few renderings however many join: they share those that began after they asked.
        assert probe.renderings < 20


@pytest.mark.parametrize(("is_list", "most"), [(False, 5), (True, 100)])
async def test_pages_that_come_back_share_an_answer_unless_each_lacks_something_else(is_list, most):
    made = []

    def render(*asked):
        made.append(asked)
        return []

    live.register("still", may_join=lambda *_asked: True, render=render, is_list=is_list)
    async with running_hub() as hub:
        await asyncio.gather(*(hub.present("still.1", "en", after) for after in range(100)))
    assert len(made) <= most and is_list is (len(made) == 100)


async def test_what_was_lost_before_something_newer_comes_when_the_page_asks_again(monkeypatch):
    probe = Probe()
    async with running_hub() as hub:
        probe.put("a", "one")
        page = await Page().join("probe.1")
        deliver = hub._deliver

        async def lose(group, text):
            pass

        monkeypatch.setattr(hub, "_deliver", lose)
        probe.put("b", "lost")
        await until(lambda: hub.pulse.quiet)
        await asyncio.sleep(0.05)
        monkeypatch.setattr(hub, "_deliver", deliver)
        probe.put("c", "three")
        await until(lambda: "c" in page.shown)
        assert "b" not in page.shown
        page.say(join={"probe.1": page.whole})
        await until(lambda: page.state == probe.state())


async def test_who_asks_again_without_the_right_hears_no_more():
    probe = Probe()
    async with running_hub():
        page = await Page(ADA).join("probe.1")
        probe.banned.add(ADA.user.pk)
        page.say(join={"probe.1": 0})
        await until(lambda: "probe.1" in page.refused)
        probe.put("a", "secret")
        await asyncio.sleep(3 * TICK)
        assert page.shown == {}


async def test_leaving_rooms_one_never_was_in_does_nothing():
    async with running_hub() as hub:
        page = await Page().join("probe.1")
        left = []
        hub.leave = lambda connection, room: left.append(room)
        page.say(leave=[f"probe.{number}" for number in range(2, 500)])
        await page.join("probe.2")
        assert left == [] and page.closed is None


async def test_a_message_nested_without_end_closes_the_socket():
    async with running_hub():
        page = Page()
        page.inbox.put_nowait({"type": "websocket.receive", "text": "[" * 60_000})
        await until(lambda: page.closed)
        assert page.closed == 1003


async def test_each_language_gets_its_own_text():
    probe = Probe()
    async with running_hub():
        pages = [await Page(language=code).join("probe.1") for code in ("en", "zh-hans", "xx")]
        probe.put("a", "one")
        await until(lambda: all(page.shown for page in pages))
        assert [page.state["a"] for page in pages] == ["one (en)", "one (zh-hans)", "one (en)"]


async def test_the_first_change_goes_at_once(monkeypatch):
    monkeypatch.setattr(pulse_module, "TICK", 60)
    probe = Probe()
    async with running_hub():
        page = await Page().join("probe.1")
        probe.put("a", "0")
        await until(page.frames)


async def test_a_burst_becomes_one_message():
    probe = Probe()
    async with running_hub():
        page = await Page().join("probe.1")
        probe.put("a", "0")
        await until(page.frames)
        for number in range(1, 200):
            probe.put("a", str(number))
        await until(lambda: page.state["a"] == "199 (en)")
        await asyncio.sleep(2 * TICK)
        assert len(page.frames()) == 2


async def test_a_change_in_another_thread_arrives():
    probe = Probe()
    async with running_hub():
        page = await Page().join("probe.1")
        thread = threading.Thread(target=probe.put, args=["a", "one"])
        thread.start()
        await until(page.frames)
        thread.join()


async def test_a_newcomer_gets_the_present_and_only_what_it_lacks():
    probe = Probe()
    probe.put("a", "one")
    probe.put("b", "two")
    async with running_hub():
        fresh = await Page().join("probe.1")
        knowing = await Page().join("probe.1", after=1)
        assert (fresh.state, knowing.state) == (probe.state(), {"b": "two (en)"})


async def test_who_may_not_is_refused_and_hears_nothing():
    probe = Probe()
    probe.banned.add(12)
    async with running_hub():
        page = await Page(ADA).join("probe.1", "probe.1.closed", "nothing.3")
        assert (page.joined, len(page.refused)) == (set(), 3)
        probe.put("a", "one")
        await asyncio.sleep(3 * TICK)
        assert page.frames() == []


async def test_who_left_hears_nothing_more():
    probe = Probe()
    async with running_hub() as hub:
        page, other = await Page().join("probe.1"), await Page().join("probe.1")
        page.say(leave=["probe.1"])
        await page.join("probe.2")
        probe.put("a", "one")
        await until(other.frames)
        assert page.frames() == []
        await page.leave()
        assert len(hub.connections) == 1


async def test_the_process_lets_go_of_a_room_nobody_reads(monkeypatch):
    monkeypatch.setattr(hub_module, "LINGER_SECONDS", 0.01)
    Probe()
    async with running_hub() as hub:

        def subscribed() -> bool:
            # The layer on Redis puts a prefix before the name.
            return any(name.endswith("en.probe.1") for name in hub.layer.groups)

        page = await Page().join("probe.1")
        assert subscribed()
        await page.leave()
        await until(lambda: not subscribed())
        again = await Page().join("probe.1")
        assert again.joined and subscribed()


async def test_a_slow_reader_delays_nobody_and_then_asks_for_the_present():
    probe = Probe()
    async with running_hub():
        slow, quick = await Page().join("probe.1"), await Page().join("probe.1")
        slow.reads.clear()
        for number in range(5):
            probe.put("a", str(number))
            await until(lambda text=f"{number} (en)": quick.state.get("a") == text)
        slow.reads.set()
        await until(lambda: slow.state == probe.state())
        # One message was on its way; the four after it were dropped for one new request.
        assert len(slow.frames()) == 2
        assert [message for message in slow.heard if message.get("missed")]


async def test_a_reader_that_never_reads_is_cut(monkeypatch):
    monkeypatch.setattr(connection_module, "SLOW_SECONDS", 0.05)
    probe = Probe()
    async with running_hub() as hub:
        stuck = await Page().join("probe.1")
        stuck.reads.clear()
        probe.put("a", "one")
        await until(lambda: not hub.connections)
        assert stuck.task.cancelled()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", 1003),
        ("[]", 1003),
        ('{"join": ["probe.1"]}', 1003),
        ('{"join": {"probe.1": -1}}', 1003),
        ('{"join": {"probe.1": true}}', 1003),
        ('{"join": {"Probe 1": 0}}', 1003),
        ('{"leave": [1]}', 1003),
        ('{"typing": 4}', 1003),
        ("x" * 65_537, 1009),
    ],
)
async def test_what_is_no_message_ends_the_socket(text, code):
    Probe()
    async with running_hub() as hub:
        page = Page()
        page.inbox.put_nowait({"type": "websocket.receive", "text": text})
        await page.task
        assert page.closed == code
        assert not hub.connections


async def test_a_signed_out_person_is_sent_away_and_others_are_not():
    Probe()
    async with running_hub() as hub:
        mine, other = await Page(ADA).join("probe.1"), await Page().join("probe.1")
        live._tell({"type": "live.leave", "user": 12})
        await until(lambda: mine.task.done(), seconds=2)
        assert (mine.closed, other.closed, len(hub.connections)) == (4401, None, 1)


async def test_a_voter_who_lost_the_right_leaves_that_room_only():
    probe = Probe()
    voter = live.Viewer(SimpleNamespace(pk=5, is_authenticated=False), SimpleNamespace(pk=3))
    async with running_hub():
        page = await Page(voter).join("probe.1", "probe.2")
        probe.banned.add(5)
        live._tell({"type": "live.recheck", "room": "probe.1", "voter": 3})
        probe.put("a", "one")
        await until(lambda: page.refused == {"probe.1"})
        probe.put("a", "two")
        await asyncio.sleep(3 * TICK)
        assert page.frames() == []


async def test_others_see_who_is_writing_and_guests_have_no_name():
    Probe()
    async with running_hub():
        writer, reader = await Page(ADA).join("probe.1"), await Page(visitor()).join("probe.1")
        reader.say(typing="probe.1")
        writer.say(typing="probe.2")
        writer.say(typing="probe.1")
        writer.say(typing="probe.1")
        await until(lambda: any("typing" in message for message in reader.heard))
        await asyncio.sleep(TICK)
        assert len([message for message in reader.heard if "typing" in message]) == 1


async def test_a_layer_that_was_away_makes_everybody_ask_again(monkeypatch):
    monkeypatch.setattr(hub_module, "BEAT_SECONDS", 0.05)
    probe = Probe()
    async with running_hub() as hub:
        page = await Page().join("probe.1")
        usual = hub.layer.group_send

        async def away(group, message):
            raise ConnectionError

        monkeypatch.setattr(hub.layer, "group_send", away)
        probe.version, probe.values = 1, {"a": (1, "one")}
        await asyncio.sleep(0.2)
        assert page.frames() == []
        monkeypatch.setattr(hub.layer, "group_send", usual)
        await until(lambda: page.state == probe.state())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("abc")),
        st.sampled_from([("join", ""), ("slow", ""), ("quick", ""), ("gone", ""), ("wait", "")]),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_what_a_page_heard_is_what_a_fresh_one_sees(steps):
    """However joins, changes, slow readers and lost sockets interleave."""
    probe, pages = Probe(), []
    async with running_hub():
        for number, (step, key) in enumerate(steps):
            match step:
                case "set":
                    probe.put(key, str(number))
                case "join":
                    pages.append(Page())
                    pages[-1].say(join={"probe.1": 0})
                case "slow" if pages:
                    pages[-1].reads.clear()
                case "quick" if pages:
                    pages[-1].reads.set()
                case "gone" if pages:
                    lost = pages.pop()
                    lost.reads.set()
                    again = Page()
                    again.shown = dict(lost.shown)
                    again.whole = lost.whole
                    again.say(join={"probe.1": lost.whole})
                    pages.append(again)
                case "wait":
                    await asyncio.sleep(0.03)
        for page in pages:
            page.reads.set()
        await until(lambda: all(page.joined and page.state == probe.state() for page in pages))


async def test_the_hub_stops_even_when_a_library_swallows_its_cancellation(monkeypatch):
    monkeypatch.setattr(hub_module, "STOP_SECONDS", 0.01)

    async def stubborn():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async with asyncio.timeout(10):
        async with running_hub() as hub:
            hub._spawn(stubborn())
            await asyncio.sleep(0)


async def test_who_asks_for_rooms_too_often_waits_and_nobody_else_does(monkeypatch):
    monkeypatch.setattr(consumers, "JOINS", Limit("socket-join", 2, 1))
    Probe()
    ada = live.Viewer(ADA.user, None, "user:12")
    async with running_hub():
        started = asyncio.get_running_loop().time()
        asked = asyncio.gather(*(Page(ada).join("probe.1") for _tab in range(5)))
        await Page(visitor()).join("probe.1")
        assert not asked.done()
        pages = await asked
    # Two in the window in which they began, two in the next, one in the third.
    assert asyncio.get_running_loop().time() - started > 1
    assert all(page.joined for page in pages)
