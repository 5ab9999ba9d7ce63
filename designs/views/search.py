"""The one page of the search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.text import UNFIT
from designs import search as index
from designs import threads


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Drafts, briefs and comments that say what is asked; everybody may."""
    asked = UNFIT.sub("", request.GET.get("q", ""))[: index.LONGEST].strip()
    found = index.find(asked)
    places = {one.pk: threads.place_of(one) for one in {said.thread for said in found.comments}}
    comments = [(one, places[one.thread_id]) for one in found.comments]
    context = {"asked": asked, "found": found, "comments": comments}
    return render(request, "designs/search.html", context)
