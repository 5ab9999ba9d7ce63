"""The list of rounds and the page of one."""

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fans.access import MERCHANT, has_role
from fans.models import Voter
from fans.voters import voter_of
from voting import access, cards, earlier, live, panes, queries, receipts
from voting.methods import method_of
from voting.models import ClosingFile, Round
from voting.own import own_ballot

ORDER_COOKIE = "toile_order"


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """Open, coming and closed rounds."""
    context = {
        "open": queries.with_pictures(queries.running_rounds()[:60]),
        "coming": queries.with_pictures(queries.coming_rounds()[:12]),
        "closed": queries.with_pictures(queries.closed_rounds()[:24]),
    }
    return render(request, "voting/round_list.html", context)


@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A round as it is now: before, open, counted, cancelled."""
    round = access.round_for_reading(request.user, pk)
    voter = voter_of(request)
    if round.state == Round.State.CLOSED:
        return render(request, "voting/result.html", result_context(request, round, voter))
    seed = order_seed(request)
    context = round_context(request, round, voter, seed)
    return keep_order(request, render(request, "voting/round.html", context), seed)


def order_seed(request: HttpRequest) -> str:
    """What shuffles the drafts for this visitor: the cookie's, or a new one to be kept."""
    return request.COOKIES.get(ORDER_COOKIE) or secrets.token_hex(8)


def keep_order(request: HttpRequest, response: HttpResponse, seed: str) -> HttpResponse:
    """Have the drafts stand in the same order at the next visit. The cookie is nobody's name."""
    if ORDER_COOKIE not in request.COOKIES:
        response.set_cookie(
            ORDER_COOKIE,
            seed,
            max_age=180 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def round_context(
    request: HttpRequest, round: Round, voter: Voter | None, seed: str
) -> dict[str, Any]:
    """What the page of a round shows before its close."""
    ballot, marks = queries.marks_of(round, voter)
    held = queries.held_ballot(round, ballot, marks)
    refusal = access.may_vote(round, request.user, voter)
    person = f"user:{request.user.pk}" if request.user.is_authenticated else seed
    viewer = cards.Viewer(
        marks=marks,
        is_held=held is not None,
        may_vote=round.state == Round.State.OPEN and refusal is None,
        sees_tally=access.results_visible(round, voter, request.user),
        person=person,
    )
    order = request.GET.get("order", cards.SHUFFLED)
    return {
        "round": round,
        "method": method_of(round),
        "cards": cards.page_cards(round, viewer, order),
        "viewer": viewer,
        "rooms": live.rooms(round),
        "held": held,
        "own": own_ballot(round, marks) if viewer.may_vote else None,
        "earlier": earlier.questions(round, voter, marks) if viewer.may_vote else [],
        "has_ballot": bool(ballot and ballot.is_live),
        "refusal": refusal,
        "order": order,
        "orders": cards.orders(viewer.sees_tally),
        **queries.sibling_context(round),
        "runs_it": has_role(request.user, round.brief.brand, *MERCHANT),
        "ballot_url": reverse("voting:ballot", args=[round.pk]),
    }


def result_context(request: HttpRequest, round: Round, voter: Voter | None) -> dict[str, Any]:
    """What the page of a counted round shows."""
    result = queries.round_result(round)
    visible = access.results_visible(round, voter, request.user)
    ballot, marks = queries.marks_of(round, voter)
    return {
        "round": round,
        "top_words": panes.top_words(round) if visible else "",
        "result": result,
        "with_aside": receipts.with_aside(round, result),
        "unanswered": sum(one.entry.unanswered for one in result.places) if result else 0,
        "method": method_of(round),
        "files": ClosingFile.objects.filter(round=round).defer("packed").order_by("name"),
        "groups": result.groups if result else [],
        "rooms": live.rooms(round),
        "visible": visible,
        "marks": marks,
        "held": queries.held_ballot(round, ballot, marks),
        **queries.sibling_context(round),
        "runs_it": has_role(request.user, round.brief.brand, *MERCHANT),
    }
