"""Ballots that were set aside, as operators see them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from fans.access import operator_required, person_of
from voting import actions
from voting.aside import rounds_with_groups
from voting.forms import JudgeForm
from voting.models import Round


@operator_required
@require_safe
def ballots(request: HttpRequest) -> HttpResponse:
    """Rounds with ballots that are or were set aside, by the group they were judged in."""
    return render(request, "voting/ops_ballots.html", {"found": rounds_with_groups()})


@require_POST
@operator_required
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Release or uphold what was ticked, or a whole group, with a reason."""
    round = get_object_or_404(Round.objects.select_related("brief__brand"), pk=pk)
    form = JudgeForm(request.POST)
    page = HttpResponseRedirect(f"{reverse('voting:ops-ballots')}#round-{round.pk}")
    if not form.is_valid():
        messages.error(request, _("Tick the ballots and say why: the reason stays with them."))
        return page
    judgement = actions.Judgement(person_of(request), form.cleaned_data["reason"])
    decide = {"release": actions.release_ballots, "uphold": actions.uphold_ballots}
    try:
        done = decide[form.cleaned_data["verdict"]](
            round=round, set_asides=form.cleaned_data["ballots"], judgement=judgement
        )
    except actions.NotPossible as reason:
        messages.error(request, str(reason))
        return page
    text = ngettext("%(done)s ballot decided.", "%(done)s ballots decided.", done)
    messages.success(request, text % {"done": done})
    return page
