"""Conversations: read, write, reply, edit, delete. With a script, the thread comes back alone."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget

from core.clock import now
from core.ratelimit import Limit, TooMany, spend, who_is
from designs import access, actions, drafts, pins, queries, threads
from designs.forms.comments import CommentForm, EditForm
from designs.models import Comment, Thread

QUOTED: Final = 300
COMMENTS: Final = (Limit("comment-burst", 8, 60), Limit("comment-hour", 80, 3600))


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread as a page of its own (what links lead to without a script), or a new comment."""
    thread = access.thread_for_reading(pk)
    if request.method == "POST":
        return _post(request, thread)
    parent = _number(request.GET.get("parent"), thread)
    form = drafts.comment_form(request, thread, parent)
    if parent and "quote" in request.GET and not form.initial.get("body"):
        form.initial["body"] = quoted(parent.body)
    if by_script(request) and parent:
        return render(request, "designs/_reply_form.html", _context(thread, form, parent))
    before = request.GET.get("before", "")
    talk = queries.conversation(thread, int(before) if _is_key(before) else None)
    context = {**_context(thread, form, parent), "talk": talk, "before": before}
    return render(request, "designs/thread.html", context)


def quoted(words: str) -> str:
    """The beginning of a text as lines of a quotation, with room for the answer below."""
    lines = [f"> {line}" for line in words[:QUOTED].splitlines() if line]
    return "\n".join([*lines, "", ""])


def by_script(request: HttpRequest) -> bool:
    """Whether htmx asks, which takes a part of the page."""
    return bool(getattr(request, "htmx", False))


def _number(raw: str | None, thread: Thread) -> Comment | None:
    if not raw or not _is_key(raw):
        return None
    return thread.comments.filter(pk=int(raw), deleted_at=None).select_related("author").first()


def _is_key(raw: str) -> bool:
    # Python refuses to read thousands of digits.
    return raw.isdecimal() and len(raw) <= 15


def _post(request: HttpRequest, thread: Thread) -> HttpResponse:
    parent = _number(request.POST.get("parent"), thread)
    form = CommentForm(request.POST, thread=thread, parent=parent)
    if not request.user.is_authenticated:
        return _sign_in_first(request, thread, parent)
    if not form.is_valid():
        return _with_problem(request, form, parent, status=422)
    data = form.cleaned_data
    try:
        spend(who_is(request), *COMMENTS)
        comment = actions.post_comment(
            thread=thread,
            author=access.signed_in(request),
            body=data["body"],
            parent=parent,
            client_key=data["client_key"],
            now=now(),
        )
    except TooMany as limit:
        form.add_error("body", too_many(limit))
        return _with_problem(request, form, parent, status=429, wait=limit.retry_after)
    except actions.Locked:
        form.add_error(None, _("This conversation is closed. Nothing was posted."))
        return _with_problem(request, form, parent, status=409)
    drafts.forget(request, thread)
    return _done(request, comment)


def too_many(limit: TooMany) -> str:
    """Why a comment has to wait."""
    return ngettext(
        "You are writing very fast. Post again in %(seconds)s second; your text stays here.",
        "You are writing very fast. Post again in %(seconds)s seconds; your text stays here.",
        limit.retry_after,
    ) % {"seconds": limit.retry_after}


def _sign_in_first(request: HttpRequest, thread: Thread, parent: Comment | None) -> HttpResponse:
    drafts.keep(request, thread, request.POST.get("body", ""))
    place = threads.place_of(thread)
    back = reverse("designs:comment-post", args=[thread.pk])
    if parent:
        back += f"?parent={parent.pk}"
    elif place:
        back = place.url
    target = f"{resolve_url('account_login')}?{urlencode({'next': back})}"
    if by_script(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _with_problem(
    request: HttpRequest,
    form: CommentForm,
    parent: Comment | None,
    *,
    status: int,
    wait: int = 0,
) -> HttpResponse:
    context = _context(form.thread, form, parent)
    context["talk"] = queries.conversation(form.thread)
    page = "designs/_thread_body.html" if by_script(request) else "designs/thread.html"
    answer = render(request, page, context, status=status)
    if wait:
        answer["Retry-After"] = str(wait)
    return answer


def _context(thread: Thread, form: CommentForm, parent: Comment | None) -> dict[str, Any]:
    return {
        "thread": thread,
        "form": form,
        "parent": parent,
        "place": threads.place_of(thread),
    }


def _done(request: HttpRequest, comment: Comment) -> HttpResponse:
    thread = access.thread_for_reading(comment.thread_id)
    if by_script(request):
        context = _context(thread, CommentForm(thread=thread), None)
        context["talk"] = queries.conversation(thread)
        answer = render(request, "designs/_thread_body.html", context)
        return retarget(reswap(answer, "outerHTML"), f"#thread-{thread.pk}-body")
    place = threads.place_of(thread)
    page = place.url if place else reverse("designs:comment-post", args=[thread.pk])
    return HttpResponseRedirect(f"{page}#comment-{comment.pk}")


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """One comment with what its reader may do with it."""
    found = access.comment_for_reading(pk)
    may = _may(request, found)
    page = "designs/_comment_options.html" if by_script(request) else "designs/comment.html"
    return render(request, page, {"comment": found, **may})


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What a comment said before it was edited, for everybody who reads it."""
    found = access.comment_for_reading(pk)
    context = {"comment": found, "place": threads.place_of(found.thread)}
    return render(request, "designs/comment_history.html", context)


def _may(request: HttpRequest, found: Comment) -> dict[str, Any]:
    user = request.user
    place = threads.place_of(found.thread)
    return {
        "place": place,
        "may_edit": user.is_authenticated and access.may_edit(found, user, now()),
        "may_delete": user.is_authenticated and access.may_delete(found, user),
        **pins.options_of(found, user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words for one's own comment, while it is fresh."""
    found = access.comment_for_reading(pk)
    if found.author_id != request.user.pk:
        raise PermissionDenied(_("Only its author may edit a comment."))
    form = EditForm(
        request.POST or None, initial={"body": found.body}, auto_id=f"edit-{found.pk}-%s"
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_comment(comment=found, body=form.cleaned_data["body"], now=now())
            return _done(request, found)
        except (actions.TooLate, actions.Locked):
            form.add_error("body", _("It has stood too long to be edited. Write a reply instead."))
            status = 409
    page = "designs/_edit_form.html" if by_script(request) else "designs/comment_edit.html"
    context = {"comment": found, "form": form, "place": threads.place_of(found.thread)}
    return render(request, page, context, status=422 if form.errors and status == 200 else status)


@require_POST
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a comment's words away."""
    found = access.comment_for_reading(pk)
    user = access.signed_in(request)
    if not access.may_delete(found, user):
        raise PermissionDenied(_("Only its author or the brand may delete a comment."))
    actions.delete_comment(comment=found, actor=user, now=now())
    return _done(request, found)
