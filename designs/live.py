"""Conversations as they happen: every change of a thread reaches the pages that show it."""

from typing import Any

from django.template.loader import render_to_string

from core import live
from core.live import Frame
from designs import access, pins, queries
from designs.models import Comment, Thread
from designs.queries import Row

# A client that missed more than this gets the whole list instead of the pieces.
MOST_REPLAYED = 100
# On pages of older revisions the markers stay as they were when the page came.
REVISIONS_MARKED = 2


def thread_room(thread: Thread) -> str:
    """The room's name, for `data-live`."""
    return f"thread.{thread.pk}"


def announce(comment: Comment) -> None:
    """Tell the open pages after commit that this comment is new or other than it was."""
    announce_by_id(comment.thread, comment.pk)


def announce_by_id(thread: Thread, comment_id: int) -> None:
    """The same, for who has only the comment's number."""
    live.changed(thread_room(thread), str(comment_id))


def may_join(user: Any, voter: Any, pk: int, part: str) -> bool:
    """Everybody reads, visitors too; a thread has no parts."""
    return not part and access.public_threads().filter(pk=pk).exists()


def render(pk: int, part: str, language: str, keys: set[str] | None, after: int) -> list[Frame]:
    """What came or changed after `after`, or of these comments, in the order of writing."""
    thread = Thread.objects.filter(pk=pk).first()
    if not thread:
        return []
    changed = queries.comments_of(thread)
    if keys is None:
        changed = changed.filter(seq__gt=after)
    else:
        changed = changed.filter(pk__in=[int(key) for key in keys if key.isdecimal()])
    comments = list(changed[: MOST_REPLAYED + 1])
    if not comments:
        return []
    if len(comments) > MOST_REPLAYED:
        return [whole_list(thread), count(thread, thread.seq)]
    queries.add_parts(thread, comments)
    frames = [frame for comment in comments for frame in frames_of(comment)]
    return [*frames, count(thread, max(comment.seq for comment in comments))]


def frames_of(comment: Comment) -> list[Frame]:
    """The comment for a page that has not got it, then for one that has an older state of it.

    A page that knows the comment leaves the first aside, one that just took it the second.
    """
    container = f"thread-{comment.thread_id}-comments"
    if comment.parent_id:
        container = f"comment-{comment.parent_id}-replies"
    row = render_to_string("designs/_comment_row.html", {"row": Row(comment, [])})
    frames = [Frame(container, row, comment.seq, mode="append")]
    if comment.seq != comment.posted_seq:
        words = render_to_string("designs/_comment.html", {"comment": comment})
        frames.append(Frame(f"comment-{comment.pk}", words, comment.seq))
    return [*frames, *marks(comment)]


def marks(comment: Comment) -> list[Frame]:
    """The markers of a pin, for whatever picture of whatever revision a page shows."""
    pin = getattr(comment, "pin", None)
    if pin is None:
        return []
    frames = []
    places = pin.places.exclude(placement=None).select_related("placement__picture")
    for place in places.order_by("-revision__number")[:REVISIONS_MARKED]:
        place.pin, pin.comment = pin, comment
        mark = pins.mark_of(place, place.placement)
        html = render_to_string("designs/_mark.html", {"mark": mark})
        name = f"mark-{pin.pk}-{mark.placement}"
        frames += [
            Frame(f"marks-{mark.placement}", html, comment.seq, mode="append"),
            Frame(name, html, comment.seq),
        ]
    return frames


def whole_list(thread: Thread) -> Frame:
    """All shown comments at once."""
    talk = queries.conversation(thread)
    html = render_to_string("designs/_comments.html", {"talk": talk})
    return Frame(f"thread-{thread.pk}-comments", html, thread.seq)


def count(thread: Thread, version: int) -> Frame:
    """The number of comments, beside the heading."""
    number = thread.comments.filter(deleted_at=None).count()
    return Frame(f"thread-{thread.pk}-count", str(number), version, mode="text")
