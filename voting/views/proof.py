"""What lets others check a round: the chain, the public files, one's own receipt, the script."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from core.ratelimit import Limit, TooMany, spend, who_is
from fans.access import person_of
from fans.voters import voter_of
from voting import access, files, receipts
from voting.actions import NotPossible, ask_for_receipt
from voting.models import ClosingFile, Round

# A long log is much to send: for who looks, not for who floods.
DOWNLOADS: Final = Limit("round-files", 30, 60)
SCRIPT: Final = Path(settings.BASE_DIR) / "tools" / "recount.py"
TELLS_SCORES: Final = (ClosingFile.Name.CHOICES, ClosingFile.Name.RESULT)
TYPES: Final = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


@require_safe
def round_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A public file of a round; the list of leaves and the rules already while it is open."""
    round = access.round_for_reading(request.user, pk)
    try:
        spend(who_is(request), DOWNLOADS)
    except TooMany as limit:
        context = {"reason": "", "back": request.path}
        response = render(request, "429.html", context, status=429)
        response["Retry-After"] = str(limit.retry_after)
        return response
    if name == ClosingFile.Name.LEAVES:
        return _leaves(request, round)
    if name == ClosingFile.Name.RULES and round.rules_frozen:
        return _sent(name, files.rules_json(round).encode())
    if name not in ClosingFile.Name.values:
        raise Http404(name)
    file = get_object_or_404(ClosingFile, round=round, name=name)
    if name in TELLS_SCORES and not access.results_visible(round, voter_of(request), request.user):
        raise Http404(name)
    return _sent(name, files.content(file))


def _leaves(request: HttpRequest, round: Round) -> HttpResponseBase:
    """As the log stands now, page by page from the database; the same until the next change."""
    etag = f'"{round.pk}-{round.seq}"'
    known = get_conditional_response(request, etag=etag)
    response: HttpResponseBase
    if known is not None:
        response = known
    else:
        pieces = files.leaves_csv(round.pk, round.seq)
        response = StreamingHttpResponse(pieces, content_type=TYPES[".csv"])
        response["Content-Disposition"] = 'attachment; filename="leaves.csv"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response


def _sent(name: str, data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type=TYPES[name[name.rindex(".") :]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own ballot: that it is in the chain, and, for these eyes alone, what it says."""
    round = access.round_for_reading(request.user, pk)
    own = receipts.own_ballot(round, voter_of(request))
    return render(request, "voting/receipt.html", {"round": round, "own": own})


@require_POST
@login_required
def receipt_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the person their receipt; there is one such mail per round."""
    round = access.round_for_reading(request.user, pk)
    try:
        ask_for_receipt(round=round, user=person_of(request))
        messages.success(request, _("The receipt is on its way to your mailbox."))
    except NotPossible as reason:
        messages.error(request, str(reason))
    return HttpResponseRedirect(reverse("voting:receipt", args=[round.pk]))


@cache_control(public=True, max_age=3600)
@require_safe
def script(request: HttpRequest) -> FileResponse:
    """The script that recounts a round from its files."""
    return FileResponse(
        SCRIPT.open("rb"), as_attachment=True, filename=SCRIPT.name, content_type="text/x-python"
    )
