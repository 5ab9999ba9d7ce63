"""Pins: set on a picture, looked at by themselves, judged; and what people ask where."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.ratelimit import Limit, TooMany, spend, who_is
from core.states import WrongState
from designs import access, actions, drafts, pins, queries
from designs.forms.pins import JudgeForm, PinForm, ReactionForm
from designs.models import Design, RevisionPicture
from designs.views.threads import COMMENTS, by_script, too_many

PLACE: Final = ("x", "y", "w", "h", "cell")
REACTIONS: Final = Limit("reaction", 60, 60)


@require_http_methods(["GET", "HEAD", "POST"])
def pin_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a pin on a picture of the newest revision; with a script, in the place of the picture."""
    design = access.design_for_reading(request.user, pk)
    if design.state == Design.State.WITHDRAWN:
        raise Http404
    placed = list(queries.revisions_of(design)[-1].placements.all())
    placement = _chosen(request, placed)
    if request.method == "POST":
        return _set(request, design, placed, placement)
    form = PinForm(thread=design.thread, placement=placement, initial=_first(request, design))
    status = 409 if design.thread.is_locked else 200
    return render(request, "designs/pin_new.html", _context(design, placed, form), status=status)


def _chosen(request: HttpRequest, placed: list[RevisionPicture]) -> RevisionPicture:
    raw = request.POST.get("picture") or request.GET.get("picture") or "1"
    wanted = int(raw) if raw.isdecimal() and len(raw) < 3 else 1
    if not 1 <= wanted <= len(placed):
        raise Http404
    return placed[wanted - 1]


def _first(request: HttpRequest, design: Design) -> dict[str, Any]:
    """What was filled in before the sign-in."""
    sent = {name: request.GET.get(name, "") for name in PLACE}
    known = {name: raw for name, raw in sent.items() if raw.isdecimal() and len(raw) < 6}
    return {"body": drafts.kept(request, design.thread), **known}


def _context(design: Design, placed: list[RevisionPicture], form: PinForm) -> dict[str, Any]:
    return {
        "design": design,
        "placements": placed,
        "placement": form.placement,
        "marks": pins.marks_of(form.placement),
        "form": form,
    }


def _set(
    request: HttpRequest,
    design: Design,
    placed: list[RevisionPicture],
    placement: RevisionPicture,
) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_in_first(request, design, placement)
    form = PinForm(request.POST, thread=design.thread, placement=placement)
    context = _context(design, placed, form)
    if not form.is_valid():
        return render(request, "designs/pin_new.html", context, status=422)
    try:
        spend(who_is(request), *COMMENTS)
        pin = actions.set_pin(
            placement=placement,
            spot=form.spot,
            author=access.signed_in(request),
            body=form.cleaned_data["body"],
            client_key=form.cleaned_data["client_key"],
            now=now(),
        )
    except TooMany as limit:
        form.add_error("body", too_many(limit))
        answer = render(request, "designs/pin_new.html", context, status=429)
        answer["Retry-After"] = str(limit.retry_after)
        return answer
    except (actions.Locked, actions.OlderRevision) as refusal:
        form.add_error(None, _refused(refusal))
        return render(request, "designs/pin_new.html", context, status=409)
    drafts.forget(request, design.thread)
    page = reverse("designs:design", args=[design.pk])
    return redirect(f"{page}?picture={placement.position + 1}#comment-{pin.comment_id}")


def _refused(refusal: Exception) -> str:
    if isinstance(refusal, actions.Locked):
        return _("This conversation is closed. Nothing was posted.")
    return _("A newer revision has come in meanwhile. Look at it first; nothing was posted.")


def _sign_in_first(
    request: HttpRequest, design: Design, placement: RevisionPicture
) -> HttpResponse:
    drafts.keep(request, design.thread, request.POST.get("body", ""))
    kept = {name: request.POST.get(name, "")[:5] for name in PLACE}
    query = {"picture": placement.position + 1, **{name: v for name, v in kept.items() if v}}
    back = f"{reverse('designs:pin-new', args=[design.pk])}?{urlencode(query)}"
    return redirect(f"{resolve_url('account_login')}?{urlencode({'next': back})}")


@require_safe
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """The life of one pin: its words, its place in every revision, what was answered and said."""
    found = access.pin_for_reading(request.user, pk)
    context = {"pin": found, "design": found.design, **pins.life_of(found, request.user)}
    return render(request, "designs/pin.html", context)


@require_POST
@login_required
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Its author, or who supported it, says whether the revision answers it."""
    found = access.pin_for_reading(request.user, pk)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return redirect("designs:pin", pk)
    is_right = form.cleaned_data["is_right"]
    try:
        actions.judge_pin(pin=found, user=access.signed_in(request), is_right=is_right, now=now())
    except actions.NotYours:
        says = _("Only its author, or who agreed before the answer, may say so.")
        raise PermissionDenied(says) from None
    except WrongState:
        messages.warning(request, _("There was nothing to say any more. Nothing was changed."))
        return redirect("designs:pin", pk)
    messages.success(request, _("Thank you, that is noted."))
    return redirect("designs:pin", pk)


@require_POST
@login_required
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree with a comment, like it, thank for it; or take that back."""
    comment = access.comment_for_reading(pk)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return redirect("designs:comment", pk)
    user = access.signed_in(request)
    if comment.author_id == user.pk:
        raise PermissionDenied(_("Others say whether they agree with you."))
    kind, is_on = form.cleaned_data["kind"], form.cleaned_data["on"]
    try:
        spend(user.actor, REACTIONS)
    except TooMany as limit:
        return HttpResponse(str(limit), status=429, headers={"Retry-After": str(limit.retry_after)})
    actions.react(comment=comment, user=user, kind=kind, is_on=is_on, now=now())
    if by_script(request):
        context = pins.options_of(comment, user)
        return render(request, "designs/_reactions.html", context)
    return redirect("designs:comment", pk)


@require_safe
@login_required
def feedback(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Where people ask for changes, for the designer and the brand: a heat map and a digest."""
    design = access.design_for_feedback(access.signed_in(request), pk)
    revision = next((r for r in queries.revisions_of(design) if r.number == number), None)
    if revision is None:
        raise Http404
    context = {"design": design, "revision": revision, **pins.feedback_on(revision)}
    return render(request, "designs/feedback.html", context)
