"""How often the brand writes from production."""

from collections.abc import Iterable

from django.utils.translation import ngettext

from presale.models import Campaign
from presale.promises.base import Group


def sentences(campaign: Campaign) -> Iterable[str]:
    """The rhythm in words; nothing when none is promised."""
    if campaign.update_days is None:
        return
    yield ngettext(
        "News from production at least every %(n)s day; a miss is shown here.",
        "News from production at least every %(n)s days; a miss is shown here.",
        campaign.update_days,
    ) % {"n": campaign.update_days}


GROUP = Group(columns=("update_days",), sentences=sentences)
