"""A designer's own page, and what others see of a designer."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.clock import now
from designs import access, queries
from designs.models import Design
from fans.models import User

# What waits for the designer stands first, what is over last.
ORDER: Final[list[str]] = [
    Design.State.TO_REVISE,
    Design.State.ENTERED,
    Design.State.SUBMITTED,
    Design.State.CHOSEN,
    Design.State.NOT_CHOSEN,
    Design.State.WITHDRAWN,
]
BRIEFS_SHOWN: Final = 3


@require_safe
@login_required
def studio(request: HttpRequest) -> HttpResponse:
    """What needs the designer, then the drafts by state, then briefs to answer."""
    user = access.signed_in(request)
    drafts = sorted(queries.designs_by(user), key=lambda one: ORDER.index(one.state))
    briefs = queries.open_briefs(now()).filter(pk__in=access.public_briefs(), is_open_to_all=True)
    context = {
        "to_revise": [one for one in drafts if one.state == Design.State.TO_REVISE],
        "drafts": [one for one in drafts if one.state != Design.State.TO_REVISE],
        "briefs": queries.counted(briefs.select_related("brand"))[:BRIEFS_SHOWN],
    }
    return render(request, "designs/studio.html", context)


@require_safe
def portfolio(request: HttpRequest, handle: str) -> HttpResponse:
    """A designer's drafts that everybody may see."""
    designer = get_object_or_404(User, handle=handle, is_active=True)
    drafts = [
        one
        for one in queries.designs_by(designer).filter(brief__in=access.public_briefs())
        if one.state != Design.State.WITHDRAWN
    ]
    chosen = sum(one.state == Design.State.CHOSEN for one in drafts)
    context = {"designer": designer, "drafts": drafts, "chosen": chosen}
    return render(request, "designs/portfolio.html", context)
