"""Briefs: read by everybody, written by their brand."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.states import WrongState
from designs import access, actions, queries
from designs.forms.briefs import BriefForm
from designs.models import Brief
from fans.access import MERCHANT, brand_for, has_role

PER_PAGE = 24


@require_safe
def brief_list(request: HttpRequest) -> HttpResponse:
    """Open briefs first, then what became of the closed ones."""
    public = access.public_briefs()
    open_now = queries.counted(queries.open_briefs(now()).filter(pk__in=public))
    past = queries.counted(public.exclude(pk__in=open_now.values("pk")))
    context = {
        "open_briefs": open_now.select_related("brand").prefetch_related("axes"),
        "past": Paginator(past, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "designs/brief_list.html", context)


@require_safe
def brief(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wanted, what it pays, which options, until when, and what came in."""
    found = access.brief_for_reading(request.user, pk)
    drafts = Paginator(queries.drafts_of(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "brief": found,
        "drafts": drafts,
        "takes_drafts": takes_drafts(found),
        "may_answer": access.may_answer(request.user, found),
        "may_manage": has_role(request.user, found.brand, *MERCHANT),
    }
    return render(request, "designs/brief.html", context)


def takes_drafts(found: Brief) -> bool:
    """Whether a draft sent now would be taken."""
    open_now = found.state == Brief.State.OPEN
    return open_now and (found.closes_at is None or found.closes_at > now())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def brief_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a brief; it opens at once or stays in preparation, by the button pressed."""
    brand = brand_for(request.user, slug, *MERCHANT)
    at = now()
    form = BriefForm(request.POST or None, brand=brand, now=at)
    if request.method == "POST" and form.is_valid():
        user = access.signed_in(request)
        made = actions.create_brief(brand=brand, words=form.brief_words, actor=user, now=at)
        if "open" in request.POST:
            actions.open_brief(brief=made, actor=user.actor, now=at)
            messages.success(request, _("The brief is open for drafts."))
        else:
            messages.success(request, _("The brief is saved. Only your brand sees it so far."))
        return redirect("designs:brief-manage", slug, made.pk)
    context = {"brand": brand, "form": form}
    return render(request, "designs/brief_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def brief_manage(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The brand's page of a brief: change its words, open and close it, see what came in."""
    found = access.brief_for_managing(request.user, slug, pk)
    first = BriefForm.first_values(found)
    form = BriefForm(request.POST or None, brand=found.brand, now=now(), initial=first)
    if request.method == "POST" and form.is_valid():
        actions.edit_brief(brief=found, words=form.brief_words)
        messages.success(request, _("The brief is changed."))
        return redirect("designs:brief-manage", slug, pk)
    context: dict[str, Any] = {
        "brand": found.brand,
        "brief": found,
        "form": form,
        "takes_drafts": takes_drafts(found),
        "drafts": queries.drafts_of(found),
    }
    return render(request, "designs/brief_manage.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def brief_open(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let drafts in."""
    said = _("The brief is open for drafts."), _("The brief was open already.")
    return _moved(request, slug, pk, actions.open_brief, said)


@require_POST
@login_required
def brief_close(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take no more drafts."""
    said = _("The brief is closed. The drafts that came in stay."), _("The brief was not open.")
    return _moved(request, slug, pk, actions.close_brief, said)


def _moved(
    request: HttpRequest, slug: str, pk: int, step: Callable[..., None], said: tuple[str, str]
) -> HttpResponse:
    """Take the step, and say that it was taken, or that there was nothing to do."""
    found = access.brief_for_managing(request.user, slug, pk)
    done, was_so = said
    try:
        step(brief=found, actor=access.signed_in(request).actor, now=now())
        messages.success(request, done)
    except WrongState:
        messages.warning(request, was_so)
    return redirect("designs:brief-manage", slug, pk)
