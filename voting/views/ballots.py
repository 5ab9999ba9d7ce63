"""Voting from the page of a round: one press, one change of the ballot."""

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event
from django_htmx.middleware import HtmxDetails

from core.ratelimit import Limit, TooMany, is_address, spend
from fans.models import Voter
from fans.voters import guest_key, remember_guest, voter_of, voter_of_person, who_votes
from voting import access, cards, queries, reads
from voting.actions import NotCounted, NotKnownYet, cast_ballot
from voting.forms import ChoiceForm, WouldBuyForm
from voting.marks import Marks
from voting.methods import Method, method_of
from voting.models import Entry, Round
from voting.own import PLACE, own_ballot
from voting.presses import VOTES, too_many, what_became
from voting.states import ENDED
from voting.traces import trace_of
from voting.writer import Counted


class FromPage(HttpRequest):
    """A request with what django-htmx says about it."""

    htmx: HtmxDetails


# An address is many people, and under it count only votes that bring no cookie yet: each of them
# would make a guest. Other votes are counted with those that come by the socket.
FIRST_VOTES: Final = Limit("first-vote", 240, 60)


@require_POST
def ballot(request: FromPage, pk: int) -> HttpResponse:
    """Set one part of one's ballot, and show the control as it is then."""
    round = access.round_for_ballot(request.user, pk)
    form = ChoiceForm(request.POST, round=round)
    if not form.is_valid():
        return _not_counted(request, round, None, _("Not counted: no such draft in this round."))
    entry, said = form.cleaned_data["choice"]
    try:
        spend_vote(request)
        said["client_key"] = form.cleaned_data["client_key"]
        counted = cast(request, round, entry_id=entry.pk, **said)
    except TooMany as limit:
        return _too_fast(request, round, entry, limit.retry_after)
    except NotCounted as refused:
        return _not_counted(request, round, entry, str(refused.refusal.text))
    except NotKnownYet:
        return not_known(request, round)
    return _counted(request, round, entry, counted)


@require_http_methods(["GET", "HEAD", "POST"])
def would_buy(request: FromPage, pk: int, entry_pk: int) -> HttpResponse:
    """Which option of a draft one would buy, and up to which price."""
    round = access.round_for_reading(request.user, pk)
    entry = get_object_or_404(queries.entries_with_designs(round), pk=entry_pk)
    mark = queries.marks_of(round, voter_of(request))[1].get(entry.pk)
    form = WouldBuyForm(request.POST or None, round=round, mark=mark)
    if request.method == "POST" and form.is_valid():
        try:
            spend_vote(request)
            counted = cast(request, round, entry_id=entry.pk, **form.said())
        except TooMany as limit:
            return _too_fast(request, round, entry, limit.retry_after)
        except NotCounted as refused:
            form.add_error(None, str(refused.refusal.text))
        except NotKnownYet:
            return not_known(request, round)
        else:
            entry.number = entry.revision.design.number
            return _counted(request, round, entry, counted)
    context = {"round": round, "entry": entry, "form": form, "mark": mark}
    return render(request, "voting/would_buy.html", context, status=409 if form.errors else 200)


@require_safe
def held(request: FromPage, pk: int) -> HttpResponse:
    """A guest's ballot waits: one field, so that it counts."""
    round = access.round_for_reading(request.user, pk)
    ballot, marks = queries.marks_of(round, voter_of(request))
    waiting = queries.held_ballot(round, ballot, marks)
    if waiting is None or round.state in ENDED:
        # The round's page says what became of it.
        return HttpResponseRedirect(reverse("voting:round", args=[round.pk]))
    return render(request, "voting/held.html", {"round": round, "held": waiting})


@require_safe
def mine(request: FromPage, pk: int) -> HttpResponse:
    """What on a page hangs on the own ballot as a whole: which scores show, and what is held.

    For a page that voted by its socket, when its first or last choice changed that.
    """
    round = access.round_for_reading(request.user, pk)
    voter = voter_of(request)
    ballot, marks = queries.marks_of(round, voter)
    visible, among = access.results_visible(round, voter, request.user), _shown(request.GET)
    context = {
        "round": round,
        "held": queries.held_ballot(round, ballot, marks),
        "tallies": cards.fresh_tallies(round, among, visible=visible),
        "orders": cards.orders(visible) if among is None else [],
        "order": _order_shown(request),
    }
    return render(request, "voting/_mine.html", context)


def _shown(query: QueryDict) -> list[int] | None:
    """The drafts on a page that shows some of them: nothing is sent that has no place there."""
    named = query.get("shown", "").split()
    return [int(pk) for pk in named if pk.isdecimal() and len(pk) <= 15] or None


def spend_vote(request: HttpRequest) -> None:
    """Count a vote under the limit of who casts it. Raises `TooMany`."""
    who = who_votes(request)
    spend(who, FIRST_VOTES if is_address(who) else VOTES)


def cast(request: HttpRequest, round: Round, **said: Any) -> Counted:
    """Cast for the account, or for a guest, who is one from the first vote that is taken."""
    said["trace"] = trace_of(request, round)
    if request.user.is_authenticated:
        voter = voter_of_person(request.user)
        return cast_ballot(round_id=round.pk, voter=voter, **said)
    key = guest_key(request)
    try:
        counted = cast_ballot(round_id=round.pk, guest_key=key, **said)
    except NotKnownYet:
        # It may be counted yet, and whoever presses again must then be the same guest.
        remember_guest(request, key)
        raise
    if counted.ballot_id:
        remember_guest(request, key)
    return counted


def _counted(request: FromPage, round: Round, entry: Entry, counted: Counted) -> HttpResponse:
    number = f"{entry.number:04d}"
    text = _said(counted, method_of(round)) % {"number": number}
    if not request.htmx:
        messages.success(request, text)
        return HttpResponseRedirect(_back(request, round, entry))
    round = reads.rounds([round.pk], DEFAULT_DB_ALIAS)[round.pk]
    method = method_of(round)
    voter = voter_of(request)
    ballot, marks = queries.marks_of(round, voter)
    visible = access.results_visible(round, voter, request.user)
    # With the first choice the scores of the whole round appear, with the last they go.
    appear = round.results == Round.Results.AFTER_VOTE and len(marks) <= 1
    shown = _shown(request.POST)
    among = shown if appear or method.is_ordered else [entry.pk]
    is_held = not counted.is_confirmed
    control = _control(request, round, entry, voter, marks, is_held=is_held)
    response = render(
        request,
        "voting/_vote_answer.html",
        {
            **control,
            "others": [] if shown else _others(request, control, marks, is_held=is_held),
            "own": None if shown else own_ballot(round, marks),
            "at_own": _at_own(request),
            "held": queries.held_ballot(round, ballot, marks),
            "has_ballot": bool(ballot and ballot.is_live),
            "tallies": cards.fresh_tallies(round, among, visible=visible),
            # Only the page of the round offers orders, and by votes only who sees them.
            "orders": cards.orders(visible) if appear and not shown else [],
            "order": _order_shown(request),
        },
    )
    return trigger_client_event(response, "toile:say", {"text": text})


def _others(
    request: FromPage, control: dict[str, Any], marks: Marks, *, is_held: bool
) -> list[SafeString]:
    """The controls of the drafts that moved with the one that was pressed."""
    round, entry = control["round"], control["entry"]
    if not control["method"].is_ordered:
        return []
    viewer = cards.Viewer(marks=marks, is_held=is_held, may_vote=control["is_open"])
    moved = [pk for pk, mark in marks.items() if mark.rank and pk != entry.pk]
    found = queries.entries_of(round).filter(pk__in=moved)
    shown = [{**control, **cards.control_context(one, viewer), "oob": True} for one in found]
    return [render_to_string("voting/_vote.html", one, request) for one in shown]


def _at_own(request: FromPage) -> bool:
    return request.GET.get("at") == PLACE


def _order_shown(request: FromPage) -> str:
    query = urlsplit(request.htmx.current_url or "").query
    return parse_qs(query).get("order", [cards.SHUFFLED])[-1]


def _said(counted: Counted, method: Method) -> str:
    says_something, aside = counted.mark.says_something, counted.is_set_aside
    if says_something and counted.is_confirmed and not aside:
        return method.counted(counted.mark)
    return what_became(says_something, held=not counted.is_confirmed, is_set_aside=aside)


def _control(
    request: FromPage,
    round: Round,
    entry: Entry,
    voter: Voter | None,
    marks: dict[int, Any],
    *,
    is_held: bool,
) -> dict[str, Any]:
    refusal = access.may_vote(round, request.user, voter)
    may_vote = round.state == Round.State.OPEN and refusal is None
    viewer = cards.Viewer(marks=marks, is_held=is_held, may_vote=may_vote)
    return {
        **cards.control_context(entry, viewer),
        "round": round,
        "method": method_of(round),
        "ballot_url": reverse("voting:ballot", args=[round.pk]),
    }


def _not_counted(request: FromPage, round: Round, entry: Entry | None, text: str) -> HttpResponse:
    """Say why nothing changed, beside the control as it still is."""
    if not request.htmx or entry is None:
        messages.error(request, text)
        return HttpResponseRedirect(_back(request, round, entry))
    voter = voter_of(request)
    ballot, marks = queries.marks_of(round, voter)
    is_held = bool(ballot and not ballot.is_confirmed)
    context = {**_control(request, round, entry, voter, marks, is_held=is_held), "problem": text}
    template = "voting/_vote.html"
    if _at_own(request):
        template, context["own"] = "voting/_own.html", own_ballot(round, marks)
    response = render(request, template, context)
    return trigger_client_event(response, "toile:say", {"text": text, "urgent": True})


def _too_fast(request: FromPage, round: Round, entry: Entry, seconds: int) -> HttpResponse:
    """More in a moment than anybody judges: nothing changed, and when to press again."""
    text = too_many(seconds)
    if request.htmx:
        response = _not_counted(request, round, entry, text)
    else:
        context = {"reason": text, "back": _back(request, round, entry)}
        response = render(request, "429.html", context)
    response.status_code = 429
    response["Retry-After"] = str(seconds)
    return response


def not_known(request: HttpRequest, round: Round) -> HttpResponse:
    """Whether the vote counts will be known later."""
    return render(request, "voting/not_known.html", {"round": round}, status=503)


def _back(request: FromPage, round: Round, entry: Entry | None) -> str:
    """To the page the press came from; without a word about it, to the card in the round."""
    after = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(after, {request.get_host()}, request.is_secure()):
        return after
    page = reverse("voting:round", args=[round.pk])
    if _at_own(request):
        return f"{page}#round-own"
    return f"{page}#entry-{entry.pk}" if entry else page
