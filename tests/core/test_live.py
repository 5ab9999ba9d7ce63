"""What the apps see: changes leave after the commit, in the room's language, once."""

import pytest
from django.db import transaction

from core import live
from tests.core.sockets import Probe, visitor


class Recorder:
    """A courier that only notes."""

    def __init__(self) -> None:
        self.marks = []
        self.told = []

    def mark(self, room, keys):
        self.marks.append((room, tuple(keys)))

    def tell(self, message):
        self.told.append(message)


@pytest.fixture
def courier():
    usual, recorder = live._courier, Recorder()
    live.deliver_by(lambda: recorder)
    yield recorder
    live.deliver_by(usual)


def test_nothing_is_said_before_the_commit(own_db, courier):
    with transaction.atomic():
        live.changed("round.1", "entry:4")
        live.leave_all(7)
        assert (courier.marks, courier.told) == ([], [])
    assert courier.marks == [("round.1", ("entry:4",))]
    assert courier.told == [{"type": "live.leave", "user": 7}]


def test_a_rollback_says_nothing(own_db, courier):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        live.changed("round.1")
        live.recheck("round.1.tally", 3)
        1 / 0  # noqa: B018
    assert (courier.marks, courier.told) == ([], [])


def test_an_inner_rollback_says_only_what_stayed(own_db, courier):
    with transaction.atomic():
        live.changed("round.1")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            live.changed("round.2")
            1 / 0  # noqa: B018
    assert courier.marks == [("round.1", ())]


def test_a_broken_courier_does_not_break_the_action(own_db):
    usual = live._courier
    live.deliver_by(lambda: 1 / 0)
    try:
        with transaction.atomic():
            live.changed("round.1")
    finally:
        live.deliver_by(usual)


@pytest.mark.parametrize(
    "room", ["", "probe", "probe.", "probe.x", "other.1", "probe.1.x.y", "p r.1"]
)
def test_an_unknown_room_is_nobodys(room):
    Probe()
    assert not live.may_join(room, visitor())
    assert live.render(room, "en", None, 0) is None


def test_frames_are_rendered_in_the_rooms_language():
    probe = Probe()
    probe.put("a", "one")
    assert '"html":"one (zh-hans)"' in live.render("probe.1", "zh-hans", None, 0)


def test_nothing_newer_is_no_message():
    probe = Probe()
    probe.put("a", "one")
    assert live.render("probe.1", "en", None, after=probe.version) is None
