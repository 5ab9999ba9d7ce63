"""Dates and times in words, as the reader's language writes them; for pages, mails and messages.

Days are written by Django's format files (`config/formats` where ours differ), moments by the
patterns here.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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

_own_zone: ContextVar[str] = ContextVar("own_zone", default="")


@contextmanager
def reading_in(zone: str) -> Iterator[None]:
    """Tell times on pages in the zone that the reader chose; "" leaves them in their place's."""
    token = _own_zone.set(zone)
    try:
        yield
    finally:
        _own_zone.reset(token)


def page_zone(zone: str) -> str:
    """The zone in which a page tells a time of a place in `zone`: the reader's own comes first."""
    return _own_zone.get() or zone


def day_words(day: dt.date) -> str:
    """`26 February 2027`, `2027年2月26日`."""
    return str(formats.date_format(day))


def moment_words(
    at: dt.datetime, zone: str = "", *, with_time: bool = True, with_year: bool = False
) -> str:
    """`Sun 29 Nov, 20:00 UTC+8` in that zone, or in the reader's own.

    The year is left out while it is this year, except `with_year` (what is kept and read later).
    Without the time the zone is left out as well.
    """
    there = at.astimezone(zoneinfo.ZoneInfo(zone) if zone else timezone.get_current_timezone())
    has_year = with_year or there.year != timezone.now().year
    words = format_date(there, str(_PATTERNS[with_time, has_year]))
    return f"{words} {zone_name(there)}" if with_time else words


def zone_name(at: dt.datetime) -> str:
    """`UTC+8`, `UTC+5:30`, `UTC`. Not its letters: CST is China, Cuba and the middle of America."""
    minutes = int((at.utcoffset() or dt.timedelta(0)).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    past = f":{rest:02d}" if rest else ""
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{past}" if minutes else "UTC"
