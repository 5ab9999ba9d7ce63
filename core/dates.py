"""Dates and times in words, as the reader's language writes them; for pages, mails and messages.

Days are written by Django's format files (`config/formats` where ours differ), moments by the
patterns here.
"""

import datetime as dt
import re
import zoneinfo

from django.utils import formats, timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _

# Patterns of `django.utils.dateformat`, translated: the order of day, month and year differs.
_PATTERNS = {
    (True, False): _("D j M, H:i"),
    (True, True): _("D j M Y, H:i"),
    (False, False): _("D j M"),
    (False, True): _("D j M Y"),
}


def day_words(day: dt.date) -> str:
    """`26 February 2027`, `2027年2月26日`."""
    return str(formats.date_format(day))


def moment_words(
    at: dt.datetime, zone: str = "", *, with_time: bool = True, with_year: bool = False
) -> str:
    """`Sun 29 Nov, 20:00 CST` in that zone, or in the reader's own.

    The year is left out while it is this year, except `with_year` (what is kept and read later).
    Without the time the zone is left out as well.
    """
    there = at.astimezone(zoneinfo.ZoneInfo(zone) if zone else timezone.get_current_timezone())
    has_year = with_year or there.year != timezone.now().year
    words = format_date(there, str(_PATTERNS[with_time, has_year]))
    return f"{words} {zone_name(there)}" if with_time else words


def zone_name(at: dt.datetime) -> str:
    """`CST`, or `UTC+03:00` for zones that have no letters."""
    name = at.tzname() or ""
    return re.sub(r"^([+-]\d\d)(\d\d)?$", lambda m: f"UTC{m[1]}:{m[2] or '00'}", name)
