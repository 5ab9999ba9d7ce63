"""What happens when the goods are late."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presale import jurisdictions
from presale.models import Campaign
from presale.promises.base import Group


def sentences(campaign: Campaign) -> Iterable[str]:
    """The delay contract in two sentences."""
    yield _(
        "If the goods are late, you are asked: keep the order with the new date, or get "
        "everything back."
    )
    days = jurisdictions.profile_for(campaign).silence_days
    if not days:
        yield _("No answer is never a yes: then everything comes back by itself.")
        return
    yield ngettext(
        "Only a first delay of at most %(n)s day counts as accepted without an answer; for any "
        "other, no answer means that everything comes back by itself.",
        "Only a first delay of at most %(n)s days counts as accepted without an answer; for any "
        "other, no answer means that everything comes back by itself.",
        days,
    ) % {"n": days}


GROUP = Group(columns=(), sentences=sentences)
