"""Running rounds: planning, opening, closing, deciding; for owners and managers of the brand."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.states import WrongState
from designs.models import Brief, Design
from fans.access import MERCHANT, brand_for, person_of
from voting import access, actions, aside, cards, live, queries
from voting.actions import NotPossible
from voting.candidates import enterable_designs, lacking_drafts
from voting.forms import (
    CommonReasonForm,
    DecisionForm,
    ExtendForm,
    FirstOnesForm,
    ReasonForm,
    ResumeForm,
    RoundForm,
)
from voting.gate import why_waiting
from voting.methods import method_of
from voting.models import Entry, Round
from voting.schedule import to_wall
from voting.states import TO_OPEN

Outcome = Entry.Outcome


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Plan the next round of a brief."""
    brand = brand_for(request.user, slug, *MERCHANT)
    brief = get_object_or_404(Brief.objects.select_related("brand"), pk=pk, brand=brand)
    designs = enterable_designs(brief)
    supply = queries.draft_supply(brief, designs)
    if not supply.is_enough:
        return _too_few(request, brief, supply)
    form = RoundForm(request.POST or None, designs=designs, initial=_first_plan(brief, designs))
    if request.method == "POST" and form.is_valid():
        round = actions.plan_round(
            brief=brief,
            plan=form.plan(),
            designs=form.cleaned_data["designs"],
            actor=person_of(request),
            now=now(),
        )
        return HttpResponseRedirect(_manage_url(round))
    context = {"brand": brand, "brief": brief, "form": form}
    return render(request, "voting/round_form.html", context, status=_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a round that is not public yet."""
    round = access.round_for_running(request.user, slug, pk)
    if round.state != Round.State.DRAFT:
        messages.error(request, _("Its rules are fixed: the round is public."))
        return HttpResponseRedirect(_manage_url(round))
    designs = enterable_designs(round.brief)
    supply = queries.draft_supply(round.brief, designs)
    if not supply.is_enough:
        return _too_few(request, round.brief, supply, round)
    form = RoundForm(request.POST or None, designs=designs, initial=_plan_of(round))
    if request.method == "POST" and form.is_valid():
        actions.change_round(round=round, plan=form.plan(), designs=form.cleaned_data["designs"])
        return HttpResponseRedirect(_manage_url(round))
    context = {"brand": round.brief.brand, "brief": round.brief, "round": round, "form": form}
    return render(request, "voting/round_form.html", context, status=_status(form))


def _too_few(
    request: HttpRequest, brief: Brief, supply: queries.DraftSupply, round: Round | None = None
) -> HttpResponse:
    """No form that could only be refused: what is missing, and where it comes from."""
    context = {"brand": brief.brand, "brief": brief, "round": round, "supply": supply}
    return render(request, "voting/too_few_drafts.html", context)


@login_required
@require_safe
def round_manage(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Where the round stands, and the one next step."""
    round = access.round_for_running(request.user, slug, pk)
    return _manage_page(request, round)


@login_required
@require_POST
def round_step(request: HttpRequest, slug: str, pk: int, step: str) -> HttpResponse:
    """Schedule, take back, or open now."""
    round = access.round_for_running(request.user, slug, pk)
    steps: dict[str, Callable[..., None]] = {
        "schedule": actions.schedule_round,
        "unschedule": actions.unschedule_round,
        "open": actions.open_round,
    }
    said = {
        "schedule": _("The round is announced."),
        "unschedule": _("The round is a draft again."),
        "open": _("The round is open."),
    }
    answer = _taken(request, round, said[step], steps[step])
    round.refresh_from_db()
    if step == "unschedule" and round.state == Round.State.DRAFT:
        # It is taken back to be changed.
        answer["Location"] = reverse("voting:round-edit", args=[slug, pk])
    return answer


@login_required
@require_POST
def round_close(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Close early, with a reason that fans read."""
    round = access.round_for_running(request.user, slug, pk)
    form = ReasonForm(request.POST, prefix="close")
    if not form.is_valid():
        return _manage_page(request, round, close_form=form)
    reason = form.cleaned_data["reason"]
    said = _("The round is closed. Its votes are being counted.")
    return _taken(request, round, said, actions.close_round_early, reason=reason, now=None)


@login_required
@require_POST
def round_cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Call the round off, with a reason that fans read."""
    round = access.round_for_running(request.user, slug, pk)
    form = ReasonForm(request.POST, prefix="cancel")
    if not form.is_valid():
        return _manage_page(request, round, cancel_form=form)
    reason = form.cleaned_data["reason"]
    said = _("The round is cancelled.")
    return _taken(request, round, said, actions.cancel_round, reason=reason, now=None)


@login_required
@require_POST
def round_pause(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take no ballots for a while, with a reason that fans read."""
    round = access.round_for_running(request.user, slug, pk)
    form = ReasonForm(request.POST, prefix="pause")
    return _course(request, round, "pause_form", form, actions.pause_round, _("Voting is paused."))


@login_required
@require_POST
def round_resume(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take ballots again."""
    round = access.round_for_running(request.user, slug, pk)
    form = ResumeForm(request.POST, prefix="resume")
    said = _("The round takes votes again.")
    return _course(request, round, "resume_form", form, actions.resume_round, said)


@login_required
@require_POST
def round_extend(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move the close to later, with a reason that fans read."""
    round = access.round_for_running(request.user, slug, pk)
    form = ExtendForm(request.POST, prefix="extend", round=round)
    said = _("The round closes later.")
    return _course(request, round, "extend_form", form, actions.extend_round, said)


def _course(
    request: HttpRequest,
    round: Round,
    name: str,
    form: ReasonForm,
    step: Callable[..., None],
    said: str,
) -> HttpResponse:
    if not form.is_valid():
        return _manage_page(request, round, **{name: form})
    fields = dict(form.cleaned_data)
    if "closes" in fields:
        fields["closes_at"] = fields.pop("closes")
    return _taken(request, round, said, step, now=None, **fields)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ranked table with certainty; a decision and its reason for every draft."""
    round = access.round_for_running(request.user, slug, pk)
    access.require_decider(round, request.user)
    result = queries.round_result(round)
    assert result
    if result.is_decided:
        return HttpResponseRedirect(reverse("voting:round", args=[round.pk]))
    bound = request.POST if request.method == "POST" else None
    common, first = CommonReasonForm(bound), FirstOnesForm(request.GET)
    forms = _decision_forms(bound, result, common, first)
    problem = _decided(request, round, forms) if bound is not None else ""
    if problem is None:
        messages.success(request, _("Decided. Every designer reads the reason."))
        return HttpResponseRedirect(_after_decision(round))
    context = {
        "common": common,
        "first": first,
        "brand": round.brief.brand,
        "round": round,
        "result": result,
        "rows": [(one, forms[one.entry.pk]) for one in result.places],
        "problem": problem,
    }
    return render(request, "voting/decide.html", context, status=422 if problem else 200)


def _decided(request: HttpRequest, round: Round, forms: dict[int, DecisionForm]) -> str | None:
    """Take the decisions; a sentence about what hinders them, None when they are taken."""
    wrong = [form for form in forms.values() if not form.is_valid()]
    if wrong:
        return ngettext(
            "%(count)s draft has no complete decision.",
            "%(count)s drafts have no complete decision.",
            len(wrong),
        ) % {"count": len(wrong)}
    decisions = {key: form.decision() for key, form in forms.items()}
    try:
        actions.decide_round(
            round=round, decisions=decisions, actor=person_of(request).actor, now=now()
        )
    except NotPossible as reason:
        return str(reason)
    return None


def _decision_forms(
    bound: Any, result: queries.RoundResult, common: CommonReasonForm, first: FirstOnesForm
) -> dict[int, DecisionForm]:
    reason = common.cleaned_data["common"].strip() if common.is_valid() else ""
    count = first.cleaned_data["first"] if first.is_valid() else None
    return {
        one.entry.pk: DecisionForm(
            bound,
            prefix=f"entry-{one.entry.pk}",
            initial=_proposal(result, one, count),
            common=reason,
        )
        for one in result.places
    }


def _proposal(
    result: queries.RoundResult, one: queries.Placing, count: int | None
) -> dict[str, str]:
    """What the result proposes: its first ones go on, if so asked, or a clear one wins."""
    if count:
        goes_on = one.deciding.rank <= count
        return {"outcome": Outcome.FORWARDED if goes_on else Outcome.NOT_CHOSEN}
    return {"outcome": Outcome.WINNER} if result.first is one and result.is_clear else {}


def _after_decision(round: Round) -> str:
    """On to the next round where enough drafts wait for it, else to the result."""
    if round.entries.filter(outcome=Outcome.FORWARDED).count() >= queries.FEWEST_DRAFTS:
        return reverse("voting:round-new", args=[round.brief.brand.slug, round.brief_id])
    return reverse("voting:round", args=[round.pk])


def _taken(
    request: HttpRequest, round: Round, said: str, step: Callable[..., None], **extra: Any
) -> HttpResponse:
    # What decides about ballots takes the database's clock itself.
    if "now" not in extra and step is not actions.open_round:
        extra["now"] = now()
    try:
        step(round=round, actor=person_of(request).actor, **extra)
    except NotPossible as reason:
        messages.error(request, str(reason))
    except WrongState:
        messages.error(request, _("Nothing changed: the round has moved on meanwhile."))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(_manage_url(round))


def _manage_page(request: HttpRequest, round: Round, **forms: ReasonForm) -> HttpResponse:
    result = queries.round_result(round)
    context = {
        "brand": round.brief.brand,
        "aside": aside.summary(round),
        "waiting": "" if round.rules_frozen else why_waiting(round),
        "round": round,
        "method": method_of(round),
        "rows": _scored(request, round, result),
        "sees_scores": access.results_visible(round, None),
        "result": result,
        "lacks_drafts": round.state in TO_OPEN and bool(lacking_drafts([round])),
        "rooms": live.rooms(round),
        "close_title": _("Close it early"),
        "cancel_title": _("Cancel the round"),
        "pause_title": _("Pause it"),
        "resume_title": _("Go on"),
        "extend_title": _("Close it later"),
        "pause_form": ReasonForm(prefix="pause"),
        "resume_form": ResumeForm(prefix="resume"),
        "extend_form": ExtendForm(prefix="extend", round=round),
        "close_form": ReasonForm(prefix="close"),
        "cancel_form": ReasonForm(prefix="cancel"),
        **forms,
    }
    return render(request, "voting/round_manage.html", context, status=422 if forms else 200)


def _scored(
    request: HttpRequest, round: Round, result: queries.RoundResult | None
) -> list[tuple[Entry, queries.Placing | None, SafeString]]:
    """The drafts with their place, or with the score of now where everybody sees it."""
    if result:
        return [(one.entry, one, SafeString()) for one in result.places]
    tallies = cards.tallies(round) if access.results_visible(round, None) else {}
    entries = queries.entries_with_designs(round)
    return [(one, None, tallies.get(one.pk, SafeString())) for one in entries]


def _first_plan(brief: Brief, designs: Any) -> dict[str, Any]:
    zone = brief.brand.time_zone
    opens = to_wall(now() + dt.timedelta(days=1), zone).replace(hour=10, minute=0)
    waiting = [one.pk for one in designs if one.state == Design.State.SUBMITTED]
    number = brief.rounds.count() + 1
    last = brief.rounds.filter(state=Round.State.CLOSED).order_by("-closed_at").first()
    return {
        "title": _("Round %(number)s") % {"number": number},
        "designs": waiting
        if len(waiting) >= queries.FEWEST_DRAFTS
        else [one.pk for one in designs],
        "opens": opens,
        "closes": opens.replace(hour=20) + dt.timedelta(days=7),
        "time_zone": zone,
        **(_rules_of(last) if last else FIRST_RULES),
    }


FIRST_RULES = {
    "electorate": Round.Electorate.EVERYONE,
    "results": Round.Results.AFTER_VOTE,
    "deciding": Round.Deciding.ALL,
    "method": Round.Method.SUPPORT,
}


def _rules_of(round: Round) -> dict[str, Any]:
    names = ("rule", "method", "electorate", "results", "deciding", "waits_for_pins")
    parameters = method_of(round).parameters
    return {
        **{name: getattr(round, name) for name in names},
        **{f"{round.method}_{name}": value for name, value in parameters.items()},
    }


def _plan_of(round: Round) -> dict[str, Any]:
    return {
        **_rules_of(round),
        "title": round.title,
        "time_zone": round.time_zone,
        "opens": to_wall(round.opens_at, round.time_zone),
        "closes": to_wall(round.closes_at, round.time_zone),
        "designs": list(round.entries.values_list("revision__design", flat=True)),
    }


def _status(form: RoundForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _manage_url(round: Round) -> str:
    return reverse("voting:round-manage", args=[round.brief.brand.slug, round.pk])
