"""What open pages hear of a conversation: fetching once and replaying gives the fresh page."""

import re
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import live as rooms
from designs import actions, live, queries
from designs.models import Comment, Thread
from tests import cast


class Page:
    """The comments as a browser holds them: rows with their words, by the rules of frames."""

    def __init__(self, thread: Thread) -> None:
        self.room = thread.pk
        self.after = thread.seq
        self.words: dict[str, tuple[int, str]] = {}
        self.lists: dict[str, list[str]] = {f"thread-{thread.pk}-comments": []}
        self.count = (thread.seq, str(queries.conversation(thread).number))
        for row in queries.conversation(thread, shown=1000).rows:
            for one in (row, *row.replies):
                queries.add_parts(thread, [one.comment])
                self._append(live.frames_of(one.comment)[0])

    def apply(self, frames: list[live.Frame]) -> None:
        # Announcements do not move `after`: what came by one counts as had only when it has
        # settled, so a page that missed one asks from before it.
        for frame in frames:
            if frame.mode == "append":
                self._append(frame)
            elif frame.mode == "text":
                self.count = max(self.count, (frame.version, frame.html))
            elif frame.id in self.words and self.words[frame.id][0] < frame.version:
                self.words[frame.id] = (frame.version, frame.html.strip())

    def _append(self, frame: live.Frame) -> None:
        own = re.search(r'<article id="(comment-\d+)"', frame.html)[1]
        if frame.id not in self.lists or own in self.words:
            return
        self.lists[frame.id].append(own)
        self.lists[f"{own}-replies"] = []
        article = frame.html[frame.html.index("<article") : frame.html.index("</article>") + 10]
        version = int(re.search(r'data-version="(\d+)"', article)[1])
        self.words[own] = (version, article.strip())

    def catch_up(self) -> None:
        self.apply(live.render(self.room, "", "en", None, self.after))

    def state(self) -> tuple:
        return self.words, self.lists, self.count[1]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["post", "reply", "edit", "delete"]),
        st.integers(0, 5),
        st.booleans(),
    ),
    max_size=9,
)


class Replay(TestCase):
    """Any history, with announcements lost, doubled or late, ends in the fresh page."""

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(STEPS, st.integers(0, 9))
    def test_fetch_and_replay_is_a_fresh_fetch(self, steps, joined_at):
        thread = cast.design().thread
        page = Page(thread)
        for number, (kind, which, heard) in enumerate(steps):
            if number == joined_at:
                page = Page(Thread.objects.get(pk=thread.pk))
            touched = take(thread, kind, which)
            if touched and heard:
                page.apply(live.render(thread.pk, "", "en", {str(touched.pk)}, 0))
        page.catch_up()
        missed_everything = Page(thread)
        missed_everything.after = 0
        missed_everything.catch_up()
        fresh = Page(Thread.objects.get(pk=thread.pk))
        assert missed_everything.state()[:2] == fresh.state()[:2]
        self.assertEqual(page.words, fresh.words)
        self.assertEqual(
            {key: sorted(row) for key, row in page.lists.items()},
            {key: sorted(row) for key, row in fresh.lists.items()},
        )
        assert page.count[1] == fresh.count[1]


def take(thread: Thread, kind: str, which: int) -> Comment | None:
    """One step of a history; None when there is nothing to do it to."""
    ada = cast.person("Ada")
    standing = list(thread.comments.filter(deleted_at=None))
    target = standing[which % len(standing)] if standing else None
    if kind == "edit" and target:
        actions.edit_comment(comment=target, body=f"Edited {which}", now=timezone.now())
    elif kind == "delete" and target:
        actions.delete_comment(comment=target, actor=ada, now=timezone.now())
    elif kind in ("post", "reply"):
        return actions.post_comment(
            thread=thread,
            author=ada,
            body=f"Said {which}",
            parent=target if kind == "reply" else None,
            now=timezone.now(),
            client_key=uuid.uuid4(),
        )
    return target


@pytest.mark.django_db
def test_a_change_is_announced_after_the_commit(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(rooms, "_mark", lambda room, keys: told.append((room, tuple(keys))))
    design = cast.design()
    with django_capture_on_commit_callbacks(execute=True):
        comment = take(design.thread, "post", 1)
        assert told == []
    assert told == [(f"thread.{design.thread_id}", (str(comment.pk),))]


@pytest.mark.django_db
def test_everybody_may_listen_until_the_draft_is_withdrawn():
    design = cast.design()
    assert live.may_join(None, None, design.thread_id, "")
    assert not live.may_join(None, None, design.thread_id, "staff")
    assert not live.may_join(None, None, 10**9, "")
    actions.withdraw(design, actor=design.designer, now=timezone.now())
    assert not live.may_join(None, None, design.thread_id, "")


@pytest.mark.django_db
def test_who_was_away_for_long_gets_the_list_as_it_is(monkeypatch):
    monkeypatch.setattr(live, "MOST_REPLAYED", 3)
    thread = cast.design().thread
    for number in range(4):
        take(thread, "post", number)
    frames = live.render(thread.pk, "", "en", None, 0)
    assert [frame.id for frame in frames] == [
        f"thread-{thread.pk}-comments",
        f"thread-{thread.pk}-count",
    ]
    assert frames[0].version == 4
    assert all(f"Said {number}" in frames[0].html for number in range(4))


@pytest.mark.django_db
def test_frames_hold_nothing_a_reader_could_be_using():
    thread = cast.design().thread
    take(thread, "post", 1)
    for frame in live.render(thread.pk, "", "en", None, 0):
        assert not re.search(r"<(form|button|input|select|textarea)|csrf", frame.html)
