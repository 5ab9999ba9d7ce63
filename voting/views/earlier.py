"""Choices of an earlier round on drafts that compete again: keep, vote anew, or withdraw."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.ratelimit import TooMany, spend
from fans.models import Voter
from fans.voters import voter_of, who_votes
from voting import access, actions, earlier, queries
from voting.actions import NotCounted, NotKnownYet
from voting.earlier import Question
from voting.presses import VOTES, too_many
from voting.traces import trace_of


@require_POST
def round_earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer about one earlier choice, named by its entry, or about all: `keep` or `withdraw`."""
    round = access.round_for_reading(request.user, pk)
    voter = voter_of(request)
    asked = earlier.questions(round, voter, queries.marks_of(round, voter)[1])
    keeps = "keep" in request.POST
    named = request.POST.get("keep" if keeps else "withdraw", "")
    chosen = [one for one in asked if named in ("all", str(one.entry.pk))]
    if voter and chosen:
        _answer(request, voter, chosen, keeps=keeps)
    return HttpResponseRedirect(f"{reverse('voting:round', args=[round.pk])}#round-earlier")


def _answer(request: HttpRequest, voter: Voter, chosen: list[Question], *, keeps: bool) -> None:
    done = 0
    try:
        spend(who_votes(request), VOTES)
        for question in chosen:
            if not keeps:
                actions.withdraw_earlier(question=question, voter=voter)
            elif not question.may_keep:
                continue
            else:
                trace = trace_of(request, question.entry.round)
                actions.keep_earlier(question=question, voter=voter, trace=trace)
            done += 1
    except TooMany as limit:
        messages.error(request, too_many(limit.retry_after))
    except NotCounted as refused:
        messages.error(request, str(refused.refusal.text))
    except NotKnownYet:
        messages.error(request, _("Not known yet whether it was counted. Look again in a moment."))
    if done:
        messages.success(request, _said(done, keeps=keeps))


def _said(done: int, *, keeps: bool) -> str:
    if keeps:
        text = ngettext(
            "%(votes)s earlier vote goes in this round too.",
            "%(votes)s earlier votes go in this round too.",
            done,
        )
    else:
        text = ngettext(
            "%(votes)s earlier vote does not go in this round.",
            "%(votes)s earlier votes do not go in this round.",
            done,
        )
    return text % {"votes": done}
