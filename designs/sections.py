"""Places on our pages that apps above fill, through the site's one registry in `fans.sections`.

Places and what the function is given: `design` (a draft's page, beside the picture: the votes),
`brief` (its public page: rounds), `brief-manage` (the brand's page of it), `studio` (the
signed-in designer: what waits for them), `winner` (a counted round: what became of it).
"""

from django.http import HttpRequest

from core.clock import now
from designs import queries
from fans.models import Brand
from fans.sections import Block, Section, blocks, register

__all__ = ["Block", "Section", "blocks", "briefs_of_brand", "register"]


def briefs_of_brand(request: HttpRequest, brand: Brand) -> Block | None:
    """On a brand's page: its briefs that take drafts."""
    briefs = queries.counted(queries.open_briefs(now()).filter(brand=brand))[:6]
    shown = briefs.select_related("brand")
    return ("designs/_brand_briefs.html", {"briefs": shown}) if shown else None
