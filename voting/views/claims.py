"""Two ballots of one person: the one made as a guest, and the one from before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fans.access import person_of
from fans.voters import voter_of
from voting import access, queries
from voting.actions import NotCounted, replace_with_guest_ballot
from voting.claims import CHOICES, say_bound
from voting.models import Ballot


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show both, and let the person choose; without a choice the earlier one stays."""
    round = access.round_for_reading(request.user, pk)
    page = HttpResponseRedirect(reverse("voting:round", args=[round.pk]))
    waiting = request.session.get(CHOICES, [])
    guest = Ballot.objects.filter(pk__in=waiting, round=round, is_live=True).first()
    if guest is None or guest.is_confirmed:
        return page
    ballot, own = queries.marks_of(round, voter_of(request))
    if request.method != "POST":
        context = {
            "round": round,
            "own": queries.entries_with_designs(round).filter(pk__in=own),
            "own_answers": ballot.comparisons.count() if ballot else 0,
            "newer_answers": guest.comparisons.count(),
            "newer": queries.entries_with_designs(round).filter(choices__ballot=guest),
        }
        return render(request, "voting/merge.html", context)
    if request.POST.get("keep") == "newer":
        try:
            mine = replace_with_guest_ballot(ballot=guest, user=person_of(request))
            say_bound(request, mine, _("Your newer votes count now."))
        except NotCounted as refused:
            messages.error(request, str(refused.refusal.text))
    request.session[CHOICES] = [key for key in waiting if key != guest.pk]
    return page
