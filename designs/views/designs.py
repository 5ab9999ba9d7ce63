"""Drafts: sent, looked at, compared, revised, withdrawn."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.states import WrongState
from designs import access, actions, pins, queries
from designs.forms.designs import DraftForm, ReasonForm, RevisionForm
from designs.forms.pictures import PictureSet
from designs.models import Design, Revision, RevisionPicture
from designs.states import ASKABLE, DESIGN_MOVES
from designs.views.briefs import takes_drafts


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def design_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a brief with a draft. The royalty stands above the first picture."""
    user = access.signed_in(request)
    brief = access.brief_for_answering(user, pk)
    form, pictures = DraftForm(request.POST or None), PictureSet(request)
    context = {"brief": brief, "form": form, "pictures": pictures}
    if not takes_drafts(brief):
        return render(request, "designs/brief_closed.html", context, status=409)
    if request.method != "POST":
        return render(request, "designs/design_form.html", context)
    # Both, so that the page shows every problem at once.
    if not all([form.is_valid(), pictures.is_valid()]):
        return render(request, "designs/design_form.html", context, status=422)
    data = form.cleaned_data
    words = actions.DraftWords(data["title"], data["description"], pictures.chosen)
    try:
        made = actions.submit_design(
            brief=brief, designer=user, words=words, form_key=data["form_key"], now=now()
        )
    except actions.BriefClosed:
        return render(request, "designs/brief_closed.html", context, status=409)
    messages.success(request, _("Your draft is in. It is number %(no)s.") % {"no": made.number})
    return redirect("designs:design", made.pk)


@require_safe
def design(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft by its newest revision."""
    found = access.design_for_reading(request.user, pk)
    return _page(request, found, queries.revisions_of(found)[-1:])


@require_safe
def design_revision(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A draft by one revision; an older one says so."""
    found = access.design_for_reading(request.user, pk)
    wanted = [one for one in queries.revisions_of(found) if one.number == number]
    return _page(request, found, wanted)


def _page(request: HttpRequest, found: Design, wanted: list[Revision]) -> HttpResponse:
    if not wanted:
        raise Http404
    shown = wanted[0]
    withdrawn = found.state == Design.State.WITHDRAWN
    if withdrawn and not _is_party(request, found):
        return render(request, "designs/withdrawn.html", {"design": found}, status=410)
    revisions = queries.revisions_of(found)
    placed = list(shown.placements.all())
    chosen = _chosen(request, placed)
    # The apps that add sections see which revision is on the page.
    found.shown_revision = shown  # type: ignore[attr-defined]
    context = {
        "design": found,
        "revision": shown,
        "revisions": revisions,
        "newest": revisions[-1],
        "before": next((one for one in revisions if one.number == shown.number - 1), None),
        "placements": placed,
        "placement": chosen,
        "marks": pins.marks_of(chosen),
        "orphans": pins.orphans_of(shown),
        "answered": pins.answered_by(shown),
        "awaiting": pins.awaiting_word(found, request.user),
        "withdrawn": withdrawn,
        **_rights(request, found),
    }
    return render(request, "designs/design.html", context)


def _is_party(request: HttpRequest, found: Design) -> bool:
    return found.designer_id == request.user.pk or access.may_decide(request.user, found)


def _chosen(request: HttpRequest, placed: list[RevisionPicture]) -> RevisionPicture | None:
    raw = request.GET.get("picture", "1")
    wanted = int(raw) - 1 if raw.isdecimal() and len(raw) < 3 else 0
    return placed[wanted] if 0 <= wanted < len(placed) else next(iter(placed), None)


def _rights(request: HttpRequest, found: Design) -> dict[str, Any]:
    own = found.designer_id == request.user.pk
    decides = access.may_decide(request.user, found)
    return {
        "is_own": own,
        "may_decide": decides,
        "may_revise": own and (found.state, "revise") in DESIGN_MOVES,
        "may_withdraw": own and (found.state, "withdraw") in DESIGN_MOVES,
        "may_ask": decides and found.state in ASKABLE,
    }


@require_safe
def compare(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A revision beside the one before it, picture by picture."""
    found = access.design_for_reading(request.user, pk)
    by_number = {one.number: one for one in queries.revisions_of(found)}
    after, before = by_number.get(number), by_number.get(number - 1)
    if not after or not before:
        raise Http404
    if found.state == Design.State.WITHDRAWN and not _is_party(request, found):
        return render(request, "designs/withdrawn.html", {"design": found}, status=410)
    first, second = list(before.placements.all()), list(after.placements.all())
    pairs = list(zip(first, second, strict=False))
    context = {"design": found, "before": before, "after": after, "pairs": pairs}
    context["view"] = "difference" if request.GET.get("view") == "difference" else ""
    context |= {"gone": first[len(pairs) :], "added": second[len(pairs) :]}
    return render(request, "designs/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The next revision; it starts from the pictures of the last one."""
    user = access.signed_in(request)
    found = access.design_for_editing(user, pk)
    newest = queries.revisions_of(found)[-1]
    form = RevisionForm(request.POST or None, pins=pins.unsettled(found))
    pictures = PictureSet(request, kept=newest.placements.all())
    context = {"design": found, "newest": newest, "form": form, "pictures": pictures}
    if (found.state, "revise") not in DESIGN_MOVES:
        return render(request, "designs/not_now.html", context, status=409)
    if request.method != "POST":
        return render(request, "designs/revise.html", context)
    if not all([form.is_valid(), pictures.is_valid()]):
        return render(request, "designs/revise.html", context, status=422)
    try:
        made = actions.add_revision(
            design=found,
            what_changed=form.cleaned_data["what_changed"],
            pictures=pictures.chosen,
            actor=user,
            form_key=form.cleaned_data["form_key"],
            answers=[one.pk for one in form.cleaned_data["answers"]],
            now=now(),
        )
    except WrongState:
        return render(request, "designs/not_now.html", context, status=409)
    messages.success(request, _("Revision %(number)s is in.") % {"number": made.number})
    return redirect("designs:design", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The brand asks the designer for another revision."""
    found = access.design_for_deciding(request.user, pk)
    form = ReasonForm(request.POST or None)
    context = {"design": found, "form": form}
    if found.state not in ASKABLE:
        return render(request, "designs/not_now.html", context, status=409)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "designs/ask.html", context, status=status)
    actor = access.signed_in(request).actor
    try:
        actions.send_to_revision(found, reason=form.cleaned_data["reason"], actor=actor, now=now())
    except WrongState:
        return render(request, "designs/not_now.html", context, status=409)
    messages.success(request, _("The designer is asked for another revision."))
    return redirect("designs:design", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The designer takes a draft back, after one more question."""
    user = access.signed_in(request)
    found = access.design_for_editing(user, pk)
    context = {"design": found}
    if (found.state, "withdraw") not in DESIGN_MOVES:
        return render(request, "designs/not_now.html", context, status=409)
    if request.method != "POST":
        return render(request, "designs/withdraw.html", context)
    try:
        actions.withdraw(found, actor=user, now=now())
    except WrongState:
        return render(request, "designs/not_now.html", context, status=409)
    messages.success(request, _("Your draft is withdrawn."))
    return redirect("designs:studio")
