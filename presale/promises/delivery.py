"""How soon a parcel arrives once it is sent; in hours for what spoils."""

from collections.abc import Iterable

from django.utils.translation import ngettext

from presale.models import Campaign
from presale.promises.base import Group


def sentences(campaign: Campaign) -> Iterable[str]:
    """The promise; nothing when none is made."""
    if campaign.delivery_hours is None:
        return
    yield ngettext(
        "A parcel arrives within %(n)s hour of being sent; lateness is shown.",
        "A parcel arrives within %(n)s hours of being sent; lateness is shown.",
        campaign.delivery_hours,
    ) % {"n": campaign.delivery_hours}


GROUP = Group(columns=("delivery_hours",), sentences=sentences)
