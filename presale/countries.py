"""The countries a campaign sends parcels to, by their names in the reader's language."""

from babel import Locale
from django.utils.translation import get_language

from presale.models import Campaign
from presale.shipping import zones_of

# Codes of two letters that are no destinations: regions, and reserved ones.
_NO_DESTINATION = {
    "EU", "EZ", "UN", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "QO", "TA",
}  # fmt: skip


def country_choices(campaign: Campaign) -> list[tuple[str, str]]:
    """(code, name), the brand's own country first, then by name."""
    names, home = _names(), campaign.brand.country
    zones = [zone.countries for zone in zones_of(campaign)]
    everywhere = any(not codes for codes in zones)
    served = set(names) if everywhere else {c for codes in zones for c in codes if c in names}
    rest = sorted(served - {home}, key=lambda code: names[code])
    first = [home] if home in served else []
    return [(code, names[code]) for code in [*first, *rest]]


def country_name(code: str) -> str:
    """The name of a country, or its code."""
    return _names().get(code, code)


def _names() -> dict[str, str]:
    locale = Locale.parse("zh_Hans" if (get_language() or "").startswith("zh") else "en")
    return {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_DESTINATION
    }
