"""What people say: posted, edited while fresh, deleted with its place kept."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F, Q

from core.once import once
from designs import live, search, threads
from designs.access import EDITABLE_FOR
from designs.models import Comment, CommentVersion, Thread
from fans.access import has_role
from fans.actions import record_contribution
from fans.models import Contribution, User

SAID_AGAIN = dt.timedelta(minutes=1)


class Locked(Exception):
    """Nobody writes in this thread any more."""


class TooLate(Exception):
    """The comment has stood for too long, or is deleted."""


class _SaidAlready(Exception):
    """The same words came a moment earlier; what this one wrote is taken back."""

    def __init__(self, comment: Comment) -> None:
        super().__init__()
        self.comment = comment


def post_comment(
    *,
    thread: Thread,
    author: User,
    body: str,
    now: dt.datetime,
    client_key: uuid.UUID,
    parent: Comment | None = None,
) -> Comment:
    """Add a comment, or a reply. The same `client_key` again gives the same comment.

    So do the same words of the same person in the same place within a minute: somebody who saw
    no answer sent them once more from a fresh page.

    A reply to a reply answers the comment above both. Raises `Locked`.
    """
    above = (parent.parent or parent) if parent else None
    mine = Comment.objects.filter(author=author)
    said = mine.filter(thread=thread, parent=above, body=body, deleted_at=None)
    sent = Q(client_key=client_key) | Q(pk__in=said.filter(created_at__gt=now - SAID_AGAIN))

    def write() -> Comment:
        comment = write_comment(thread, author, body, now, client_key, above)
        # Whoever writes here holds the thread's row: of two that looked at the same moment and
        # found nothing, the second sees the first now.
        first = mine.filter(sent).exclude(pk=comment.pk).first()
        if first:
            raise _SaidAlready(first)
        return comment

    try:
        return once(mine.filter(sent).first, write)
    except _SaidAlready as said_already:
        return said_already.comment


def write_comment(
    thread: Thread,
    author: User,
    body: str,
    now: dt.datetime,
    client_key: uuid.UUID,
    parent: Comment | None = None,
) -> Comment:
    """The row itself, for actions that have made sure that it is new. Raises `Locked`."""
    seq = _next_seq(thread, writing=True)
    comment = Comment.objects.create(
        thread=thread,
        author=author,
        parent=parent,
        body=body,
        seq=seq,
        posted_seq=seq,
        client_key=client_key,
        created_at=now,
    )
    _contribute(comment, now)
    search.note(comment)
    live.announce(comment)
    return comment


def _next_seq(thread: Thread, *, writing: bool = False) -> int:
    # The row's lock is held to the end of the transaction, so numbers appear in their order.
    rows = Thread.objects.filter(pk=thread.pk)
    rows = rows.filter(is_locked=False) if writing else rows
    if not rows.update(seq=F("seq") + 1):
        raise Locked
    return Thread.objects.values_list("seq", flat=True).get(pk=thread.pk)


def touch_thread(thread: Thread) -> None:
    """Take the thread's row until the end of the transaction: whoever writes in it waits."""
    _next_seq(thread)


def touch(comment_id: int, thread: Thread) -> None:
    """Something about a comment is other than it was, though not its words."""
    seq = _next_seq(thread)
    Comment.objects.filter(pk=comment_id).update(seq=seq)
    live.announce_by_id(thread, comment_id)


def _contribute(comment: Comment, now: dt.datetime) -> None:
    place = threads.place_of(comment.thread)
    if not place or comment.author_id in place.hosts or has_role(comment.author, place.brand):
        return
    # Once per thread: saying more there is welcome and counts no more.
    record_contribution(
        user=comment.author,
        brand=place.brand,
        kind=Contribution.Kind.COMMENTED,
        subject=f"thread:{comment.thread_id}",
        label=place.title,
        url=place.url,
        at=now,
    )


@transaction.atomic
def edit_comment(*, comment: Comment, body: str, now: dt.datetime) -> None:
    """Other words in its place; the page says that it was edited. Raises `TooLate`, `Locked`."""
    oldest = now - EDITABLE_FOR
    seq = _next_seq(comment.thread, writing=True)
    fresh = Comment.objects.filter(pk=comment.pk, deleted_at=None, created_at__gt=oldest)
    before = fresh.values_list("body", flat=True).first()
    if before is None or not fresh.update(body=body, edited_at=now, seq=seq):
        raise TooLate
    if before != body:
        CommentVersion.objects.create(comment=comment, body=before, until=now)
    comment.body, comment.edited_at, comment.seq = body, now, seq
    search.note(comment)
    live.announce(comment)


@transaction.atomic
def delete_comment(*, comment: Comment, actor: User, now: dt.datetime) -> None:
    """Take the words away and keep the place, so that replies still make sense. Again: no-op."""
    seq = _next_seq(comment.thread)
    standing = Comment.objects.filter(pk=comment.pk, deleted_at=None)
    if not standing.update(body="", deleted_at=now, deleted_by=actor, seq=seq):
        return
    comment.versions.all().delete()
    comment.body, comment.deleted_at, comment.deleted_by, comment.seq = "", now, actor, seq
    search.note(comment)
    live.announce(comment)
