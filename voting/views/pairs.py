"""Judging in pairs: one question after another, each with the next one behind it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.ratelimit import TooMany, is_address
from fans.models import Voter
from fans.voters import voter_of, who_votes
from voting import access, live, queries, questions
from voting.actions import NotCounted, NotKnownYet
from voting.methods import method_of
from voting.models import Round
from voting.pairing import Question
from voting.panes import Pane, progress_of
from voting.presses import too_many
from voting.questions import NOT_ASKED, NotAsked
from voting.views.ballots import cast, not_known, spend_vote
from voting.views.rounds import keep_order, order_seed

PAGE = "voting:pair"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """The question of now; its form answers it or takes the last answer back."""
    round = access.round_for_reading(request.user, pk)
    if method_of(round).page != PAGE:
        raise Http404
    if request.method == "POST":
        return _answer(request, round)
    if round.state != Round.State.OPEN:
        return HttpResponseRedirect(reverse("voting:round", args=[round.pk]))
    seed = order_seed(request)
    return keep_order(request, render(request, "voting/pair.html", _context(request, round)), seed)


def _context(request: HttpRequest, round: Round) -> dict[str, Any]:
    voter = voter_of(request)
    refusal = access.may_vote(round, request.user, voter)
    context = {"round": round, "rooms": live.rooms(round).split()[0], "refusal": refusal}
    if refusal:
        return context
    ballot = queries.marks_of(round, voter)[0]
    own = questions.own_answers(ballot)
    who, seat = _who(request), _seat(request)
    now = _again(request, round, who) or questions.next_for(round, seat, own)
    after = questions.next_for(round, seat, own, [now]) if now else None
    return {
        **context,
        "pane": Pane(round, who, now),
        "next": Pane(round, who, after),
        "progress": progress_of(round, own, ballot, voter, request.user),
    }


def _again(request: HttpRequest, round: Round, who: str) -> Question | None:
    """The question that was undone just now."""
    try:
        return questions.read(round.pk, who, request.GET.get("again", ""))
    except NotAsked:
        return None


def _who(request: HttpRequest) -> str:
    """For whom a question is signed."""
    who = who_votes(request)
    return questions.NOBODY if is_address(who) else who


def _seat(request: HttpRequest) -> str:
    """By what people are told apart who are asked something."""
    who = _who(request)
    return f"visitor:{order_seed(request)}" if who == questions.NOBODY else who


def _answer(request: HttpRequest, round: Round) -> HttpResponse:
    page, who = reverse(PAGE, args=[round.pk]), _who(request)
    undone = None
    try:
        if request.POST.get("undo"):
            undone, said = questions.taken_back(request.POST["undo"])
        else:
            said = _said(request, round, who)
        spend_vote(request)
        cast(request, round, **said)
    except NotAsked:
        messages.error(request, str(NOT_ASKED.text))
    except NotCounted as refused:
        messages.error(request, str(refused.refusal.text))
    except NotKnownYet:
        return not_known(request, round)
    except TooMany as limit:
        return _too_fast(request, page, limit.retry_after)
    else:
        if undone:
            page += "?" + urlencode(
                {"again": questions.sign(round, who, questions.arranged(undone, who))}
            )
    return HttpResponseRedirect(page)


def _said(request: HttpRequest, round: Round, who: str) -> dict[str, Any]:
    token = request.POST.get("question", "")
    question = questions.read(round.pk, who, token, is_new=_is_new(round, voter_of(request)))
    key = questions.key_of(request.POST.get("client_key", ""))
    return questions.answered(question, request.POST.get("answer", "")) | {"client_key": key}


def _is_new(round: Round, voter: Voter | None) -> bool:
    return queries.marks_of(round, voter)[0] is None


def _too_fast(request: HttpRequest, page: str, seconds: int) -> HttpResponse:
    context = {"reason": too_many(seconds), "back": page}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
