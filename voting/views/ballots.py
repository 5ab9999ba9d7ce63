"""Voting from the page of a round: one press, one change of the ballot."""

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event
from django_htmx.middleware import HtmxDetails

from core.ratelimit import Limit, TooMany, is_address, spend
from fans.voters import guest_key, remember_guest, voter_of, voter_of_person, who_votes
from voting import access, cards, queries
from voting.actions import NotCounted, NotKnownYet, cast_ballot
from voting.forms import ChoiceForm, WouldBuyForm
from voting.methods import method_of
from voting.models import Entry, Round
from voting.traces import trace_of
from voting.writer import Counted


class FromPage(HttpRequest):
    """A request with what django-htmx says about it."""

    htmx: HtmxDetails


# For bursts only: nobody who judges a hundred drafts comes near. An address is many people, and
# under it count only votes that bring no cookie yet: each of them would make a guest.
VOTES: Final = Limit("vote", 60, 10)
FIRST_VOTES: Final = Limit("first-vote", 240, 60)


@require_POST
def ballot(request: FromPage, pk: int) -> HttpResponse:
    """Set one part of one's ballot, and show the control as it is then."""
    round = access.round_for_reading(request.user, pk)
    form = ChoiceForm(request.POST, round=round)
    if not form.is_valid():
        return _not_counted(request, round, None, _("Not counted: no such draft in this round."))
    entry, said = form.cleaned_data["choice"]
    try:
        _spend(request)
        counted = _cast(request, round, entry, client_key=form.cleaned_data["client_key"], **said)
    except TooMany as limit:
        return _too_fast(request, round, entry, limit.retry_after)
    except NotCounted as refused:
        return _not_counted(request, round, entry, str(refused.refusal.text))
    except NotKnownYet:
        return _not_known(request, round)
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
            _spend(request)
            counted = _cast(request, round, entry, **form.said())
        except TooMany as limit:
            return _too_fast(request, round, entry, limit.retry_after)
        except NotCounted as refused:
            form.add_error(None, str(refused.refusal.text))
        except NotKnownYet:
            return _not_known(request, round)
        else:
            return _counted(request, round, entry, counted)
    context = {"round": round, "entry": entry, "form": form, "mark": mark}
    return render(request, "voting/would_buy.html", context, status=409 if form.errors else 200)


@require_safe
def held(request: FromPage, pk: int) -> HttpResponse:
    """A guest's ballot waits: one field, so that it counts."""
    round = access.round_for_reading(request.user, pk)
    ballot, marks = queries.marks_of(round, voter_of(request))
    waiting = queries.held_ballot(round, ballot, marks)
    if waiting is None:
        return HttpResponseRedirect(reverse("voting:round", args=[round.pk]))
    return render(request, "voting/held.html", {"round": round, "held": waiting})


def _spend(request: FromPage) -> None:
    who = who_votes(request)
    spend(who, FIRST_VOTES if is_address(who) else VOTES)


def _cast(request: FromPage, round: Round, entry: Entry, **said: Any) -> Counted:
    """Cast for the account, or for a guest, who is one from the first vote that is taken."""
    said["trace"] = trace_of(request, round)
    if request.user.is_authenticated:
        voter = voter_of_person(request.user)
        return cast_ballot(round_id=round.pk, voter=voter, entry_id=entry.pk, **said)
    key = guest_key(request)
    try:
        counted = cast_ballot(round_id=round.pk, guest_key=key, entry_id=entry.pk, **said)
    except NotKnownYet:
        # It may be counted yet, and whoever presses again must then be the same guest.
        remember_guest(request, key)
        raise
    if counted.ballot_id:
        remember_guest(request, key)
    return counted


def _counted(request: FromPage, round: Round, entry: Entry, counted: Counted) -> HttpResponse:
    number = f"{entry.revision.design.number:04d}"
    text = _said(counted) % {"number": number}
    if not request.htmx:
        messages.success(request, text)
        return HttpResponseRedirect(_back(request, round, entry))
    round.refresh_from_db(fields=["voters", "guests", "seq"])
    voter = voter_of(request)
    ballot, marks = queries.marks_of(round, voter)
    visible = access.results_visible(round, voter, request.user)
    # A page that shows some of the drafts names them, so that nothing is sent that has no place.
    named = request.POST.get("shown", "").split()
    shown = [int(pk) for pk in named if pk.isdecimal() and len(pk) <= 15]
    # With the first choice the scores of the whole round appear, with the last they go.
    all_of_them = round.results == Round.Results.AFTER_VOTE and len(marks) <= 1
    among = (shown or None) if all_of_them else [entry.pk]
    response = render(
        request,
        "voting/_vote_answer.html",
        {
            **_control(request, round, entry, marks, is_held=not counted.is_confirmed),
            "held": queries.held_ballot(round, ballot, marks),
            "tallies": cards.fresh_tallies(round, among, visible=visible),
            # Only the page of the round offers orders, and by votes only who sees them.
            "orders": cards.orders(visible) if among is None else [],
            "order": _order_shown(request),
        },
    )
    return trigger_client_event(response, "toile:say", {"text": text})


def _order_shown(request: FromPage) -> str:
    query = urlsplit(request.htmx.current_url or "").query
    return parse_qs(query).get("order", [cards.SHUFFLED])[-1]


def _said(counted: Counted) -> str:
    if counted.mark.says_something:
        if not counted.is_confirmed:
            return _("Vote held for No. %(number)s. Add an e-mail so that it counts.")
        return _("Vote counted for No. %(number)s. Undo available.")
    return _("Vote taken back for No. %(number)s.")


def _control(
    request: FromPage, round: Round, entry: Entry, marks: dict[int, Any], *, is_held: bool
) -> dict[str, Any]:
    refusal = access.may_vote(round, request.user, voter_of(request))
    may_vote = round.state == Round.State.OPEN and refusal is None
    viewer = cards.Viewer(marks=marks, is_held=is_held, may_vote=may_vote)
    shown = cards.vote_context(queries.entries_with_designs(round).get(pk=entry.pk), viewer)
    return {
        **shown,
        "round": round,
        "control": method_of(round).control,
        "ballot_url": reverse("voting:ballot", args=[round.pk]),
    }


def _not_counted(request: FromPage, round: Round, entry: Entry | None, text: str) -> HttpResponse:
    """Say why nothing changed, beside the control as it still is."""
    if not request.htmx or entry is None:
        messages.error(request, text)
        return HttpResponseRedirect(_back(request, round, entry))
    ballot, marks = queries.marks_of(round, voter_of(request))
    is_held = bool(ballot and not ballot.is_confirmed)
    context = _control(request, round, entry, marks, is_held=is_held)
    response = render(request, "voting/_vote.html", {**context, "problem": text})
    return trigger_client_event(response, "toile:say", {"text": text, "urgent": True})


def _too_fast(request: FromPage, round: Round, entry: Entry, seconds: int) -> HttpResponse:
    """More in a moment than anybody judges: nothing changed, and when to press again."""
    text = ngettext(
        "Not counted: too many votes at once. Press again in %(seconds)s second.",
        "Not counted: too many votes at once. Press again in %(seconds)s seconds.",
        seconds,
    ) % {"seconds": seconds}
    if request.htmx:
        response = _not_counted(request, round, entry, text)
    else:
        context = {"reason": text, "back": _back(request, round, entry)}
        response = render(request, "429.html", context)
    response.status_code = 429
    response["Retry-After"] = str(seconds)
    return response


def _not_known(request: FromPage, round: Round) -> HttpResponse:
    return render(request, "voting/not_known.html", {"round": round}, status=503)


def _back(request: FromPage, round: Round, entry: Entry | None) -> str:
    """To the page the press came from; without a word about it, to the card in the round."""
    after = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(after, {request.get_host()}, request.is_secure()):
        return after
    page = reverse("voting:round", args=[round.pk])
    return f"{page}#entry-{entry.pk}" if entry else page
