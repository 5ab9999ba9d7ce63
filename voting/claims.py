"""What happens to a guest's ballot at sign-in: it is bound, or the person is asked."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fans.claims import Claim
from fans.models import User, Voter
from voting.actions import NotCounted, keep_guest_ballot
from voting.models import Ballot
from voting.states import ENDED

KIND = "ballot"
# In the session: guests' ballots about which the person still has to choose.
CHOICES = "ballot_choices"


def settle(user: User, guest: Voter | None, claim: Claim, request: HttpRequest) -> bool:
    """Bind exactly the ballot that the form named, if it is this guest's."""
    ballot = Ballot.objects.filter(
        pk=claim.pk, voter=guest, is_confirmed=False, is_live=True
    ).first()
    if guest and ballot:
        _settle_one(ballot, user, request)
    return bool(guest and ballot)


def refuse(claim: Claim) -> str:
    """Why the ballot cannot count any more, whoever asks: its round is over."""
    over = Ballot.objects.filter(pk=claim.pk, round__state__in=ENDED).exists()
    return _("It is too late for an e-mail: the round is over.") if over else ""


def say_bound(request: HttpRequest, ballot: Ballot, counted: str) -> None:
    """Say that a person's ballot counts, or that it is theirs and set aside."""
    if not ballot.is_quarantined:
        messages.success(request, counted)
        return
    messages.warning(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("Your vote is yours now, but it is not counted: an automatic check set it aside."),
            reverse("voting:receipt", args=[ballot.round_id]),
            _("See your receipt"),
        ),
    )


def _settle_one(ballot: Ballot, user: User, request: HttpRequest) -> None:
    try:
        if keep_guest_ballot(ballot=ballot, user=user):
            say_bound(request, ballot, _("Your vote is counted now."))
            return
    except NotCounted as refused:
        messages.error(request, str(refused.refusal.text))
        return
    waiting = request.session.get(CHOICES, [])
    request.session[CHOICES] = [*waiting, ballot.pk]
    messages.info(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("You had voted in this round before. Your earlier votes stay."),
            reverse("voting:round-merge", args=[ballot.round_id]),
            _("Compare and choose"),
        ),
    )
