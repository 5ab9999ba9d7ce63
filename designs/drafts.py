"""A comment that could not be posted yet, because its writer has to sign in first."""

from django.http import HttpRequest

from designs.forms.comments import LONGEST, CommentForm
from designs.models import Comment, Thread

# Only the last one is kept: a session is no drawer.
SESSION_KEY = "unposted-comment"


def keep(request: HttpRequest, thread: Thread, body: str) -> None:
    """Keep the text in the session until it is posted."""
    request.session[SESSION_KEY] = {"thread": thread.pk, "body": body[:LONGEST]}


def forget(request: HttpRequest, thread: Thread) -> None:
    """It has been posted."""
    if kept(request, thread):
        del request.session[SESSION_KEY]


def comment_form(
    request: HttpRequest, thread: Thread, parent: Comment | None = None
) -> CommentForm:
    """An empty form, or one with the text that was waiting for a sign-in."""
    initial = {"body": kept(request, thread)} if request.user.is_authenticated else {}
    return CommentForm(thread=thread, parent=parent, initial=initial)


def kept(request: HttpRequest, thread: Thread) -> str:
    """The text that waits for its writer's sign-in."""
    waiting = request.session.get(SESSION_KEY) or {}
    return waiting.get("body", "") if waiting.get("thread") == thread.pk else ""
