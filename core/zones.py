"""Time zones as people look for them: a city and its country, with the hours from UTC.

The database of zones has some 600 names, most of them older spellings and places that keep the
same time as a larger one of their country. Offered is one place per country and clock.
"""

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterable
from typing import Any, Final

from babel import Locale
from babel.core import get_global
from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates import zone_name

# At the top of the list, from west to east.
OFTEN: Final = (
    "UTC",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Paris",
    "Europe/Berlin",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)
# Where several places of a country keep one time, these speak for the others.
LARGEST: Final = (
    *OFTEN,
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Edmonton",
    "America/Halifax",
    "America/Manaus",
    "America/Mexico_City",
    "America/Toronto",
    "America/Winnipeg",
    "Asia/Almaty",
    "Asia/Nicosia",
    "Asia/Novosibirsk",
    "Asia/Tashkent",
    "Asia/Vladivostok",
    "Asia/Yakutsk",
    "Europe/Lisbon",
    "Europe/Madrid",
    "Europe/Moscow",
    "Europe/Samara",
)
# The first part of a zone's name, and the territory of CLDR that names the group.
REGIONS: Final = {
    "Africa": "002",
    "America": "019",
    "Asia": "142",
    "Europe": "150",
    "Australia": "009",
    "Pacific": "009",
    "Atlantic": "",
    "Indian": "",
}
AHEAD: Final = dt.timedelta(days=730)
STEP: Final = dt.timedelta(days=15)

Choice = tuple[str, str]
Groups = list[tuple[str, list[Choice]]]


class ZoneSelect(forms.Select):
    """A select that also shows a zone which is stored but not offered."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        """The groups, with the stored zone before them where it is in none."""
        offered = {key for _group, zones in self.choices for key, _label in _pairs(zones)}
        stray = [key for key in value if key and key not in offered and is_zone(key)]
        if stray:
            language = get_language() or "en"
            self.choices = [*((key, zone_label(key, language)) for key in stray), *self.choices]
        return super().optgroups(name, value, attrs)


class ZoneField(forms.ChoiceField):
    """A time zone by its name; any that exists is taken, the usual ones are offered."""

    widget = ZoneSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": zone_choices, **kwargs})

    def valid_value(self, value: Any) -> bool:
        """An older spelling is a zone as well."""
        return is_zone(str(value))


def is_zone(name: str) -> bool:
    """Whether there is a zone of that name."""
    return name in _names()


def zone_choices() -> Groups:
    """The zones for a select in the reader's language, in groups; offsets are those of today."""
    return _groups(get_language() or "en", timezone.now().date())


def zone_label(name: str, language: str) -> str:
    """`Berlin, Germany (UTC+1)`."""
    offset = zone_name(timezone.now().astimezone(zoneinfo.ZoneInfo(name)))
    if name == "UTC":
        return "UTC"
    locale = _locale(language)
    country = locale.territories.get(get_global("zone_territories").get(name, ""), "")
    city = _city(name, locale)
    place = _("%(city)s, %(country)s") % {"city": city, "country": country}
    return f"{place if country not in ('', city) else city} ({offset})"


@functools.lru_cache(maxsize=16)
def _groups(language: str, today: dt.date) -> Groups:
    locale = _locale(language)
    groups: dict[str, list[Choice]] = {}
    offered = sorted(set(_places(today)) - set(OFTEN), key=lambda name: _order(name, locale, today))
    for name in offered:
        territory = REGIONS[name.partition("/")[0]]
        group = locale.territories[territory] if territory else _("Other oceans")
        groups.setdefault(group, []).append((name, zone_label(name, language)))
    often = [(name, zone_label(name, language)) for name in OFTEN]
    return [(_("Often used"), often), *sorted(groups.items())]


def _order(name: str, locale: Locale, today: dt.date) -> tuple[dt.timedelta, str]:
    midnight = dt.datetime.combine(today, dt.time(), dt.UTC)
    offset = midnight.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() or dt.timedelta(0)
    return offset, _city(name, locale)


def _places(today: dt.date) -> Iterable[str]:
    """One zone per country and clock."""
    territories, aliases = get_global("zone_territories"), get_global("zone_aliases")
    real = (
        name
        for name in _names()
        if name in territories and name not in aliases and name.partition("/")[0] in REGIONS
    )
    found: dict[Any, str] = {}
    for name in sorted(real, key=lambda one: (one not in LARGEST, one)):
        found.setdefault((territories[name], _clock(name, today)), name)
    return found.values()


def _clock(name: str, today: dt.date) -> tuple[dt.timedelta | None, ...]:
    """What parts one clock from another: its offsets over the next two years."""
    place = zoneinfo.ZoneInfo(name)
    start = dt.datetime.combine(today, dt.time(), dt.UTC)
    return tuple((start + n * STEP).astimezone(place).utcoffset() for n in range(AHEAD // STEP))


def _city(name: str, locale: Locale) -> str:
    # CLDR keeps some cities under the zone's older spelling.
    spellings = [name, *(old for old, new in get_global("zone_aliases").items() if new == name)]
    cities = (locale.time_zones.get(one, {}).get("city") for one in spellings)
    return next((city for city in cities if city), name.rpartition("/")[2].replace("_", " "))


def _locale(language: str) -> Locale:
    return Locale.parse("zh_Hans" if language.startswith("zh") else "en")


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _pairs(zones: Any) -> list[Choice]:
    return zones if isinstance(zones, list) else []
