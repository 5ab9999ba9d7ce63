"""Tags and filters every template has without loading them."""

import datetime as dt
import functools

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from django import template
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from core.dates import moment_words, page_zone
from core.money import format_minor

register = template.Library()
# The last hours of a deadline look different; before that a date is a date.
SOON = dt.timedelta(hours=24)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "heart" %}`: one of static/icons.svg; `label` only where no text stands beside."""
    naming = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"/></svg>',
        css,
        SafeString(naming),
        _sprite(),
        name,
    )


@functools.cache
def _sprite() -> str:
    return static("icons.svg")


@register.filter
def money(minor: int | None, currency: str) -> str:
    """`{{ order.total_minor|money:order.currency }}` in the reader's language; "" for None."""
    return "" if minor is None else format_minor(minor, currency, get_language() or "en")


@register.simple_tag(name="money")
def money_tag(minor: int | None, currency: str) -> str:
    """`{% money 28900 "CNY" %}`: the same as the filter."""
    return money(minor, currency)


@register.filter
def number(value: int) -> str:
    """`{{ round.voters|number }}`: 1284 becomes `1,284`."""
    return format_decimal(value, locale=_babel_locale())


@register.filter
def excerpt(text: str, most: int = 150) -> str:
    """The beginning of a text, cut between words where there are any: Chinese has no spaces."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > most - 20 else cut).rstrip(" ,;:.!?，；：、。！？") + "…"


@register.simple_tag
def local_time(at: dt.datetime | None, zone: str = "", form: str = "") -> SafeString | str:
    """`{% local_time round.closes_at round.time_zone %}`: `Sun 29 Nov, 20:00 UTC+8`.

    `zone` is the place's; who chose a zone in their settings reads everything in that. Without
    it, the reader's own, or the browser's. `form="date"` leaves out the hour and the zone.
    """
    if at is None:
        return ""
    shown = page_zone(zone) if zone else ""
    words = moment_words(at, shown, with_time=form != "date")
    if zone:
        # A frame is the same for everybody: a script writes it again for who chose a zone.
        mark = format_html('<time datetime="{}" data-place="{}"', _iso(at), shown)
        return format_html("{}{}>{}</time>", mark, SafeString(" data-day" * bool(form)), words)
    if form:
        return format_html('<time datetime="{}">{}</time>', _iso(at), words)
    # The zone is said in data as well: a script writes it in the reader's own, where that is
    # another one (a first visit, or a frame that everybody gets).
    return format_html(
        '<time datetime="{}" data-zone="{}">{}</time>',
        _iso(at),
        timezone.get_current_timezone_name(),
        words,
    )


@register.simple_tag
def both_times(at: dt.datetime, zone: str) -> SafeString:
    """`{% both_times round.closes_at round.time_zone %}`: in the place's zone, then the reader's.

    `Sun 29 Nov, 20:00 UTC+8 (Sun 29 Nov, 13:00 UTC+1)`. Whose zone nobody knows reads UTC there
    until a script knows better; where both are the same, the second one is left out.
    """
    there, here = moment_words(at, zone), moment_words(at)
    own = format_html(
        ' <span class="own-time"{}>(<time datetime="{}" data-zone="{}">{}</time>)</span>',
        SafeString(" hidden" * (here == there)),
        _iso(at),
        timezone.get_current_timezone_name(),
        here,
    )
    return format_html('<time datetime="{}">{}</time>{}', _iso(at), there, own)


@register.simple_tag
def countdown(until: dt.datetime, over: str = "") -> SafeString:
    """`{% countdown round.closes_at %}`: `7 days left`, kept true by a script, right without it.

    `over` is what it says from the deadline on.
    """
    over = over or gettext("Time is up")
    left = until - timezone.now()
    pattern = gettext("{time} left")
    text = over
    if left > dt.timedelta(0):
        span = format_timedelta(left, threshold=2, locale=_babel_locale())
        text = pattern.replace("{time}", span)
    soon = " countdown--soon" if dt.timedelta(0) < left < SOON else ""
    return format_html(
        '<time class="countdown{}" role="timer" datetime="{}" data-countdown="{}" data-over="{}">'
        "{}</time>",
        soon,
        _iso(until),
        pattern,
        over,
        text,
    )


def _iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _babel_locale() -> str:
    return "zh_Hans_CN" if (get_language() or "en").startswith("zh") else "en_GB"


@register.simple_tag(takes_context=True)
def here(context: RequestContext, *prefixes: str) -> SafeString:
    """` aria-current="page"` when the request's path starts with one of the prefixes."""
    request = context.get("request")
    path = request.path if request else ""
    return SafeString(' aria-current="page"' if path.startswith(prefixes) else "")


@register.simple_tag
def dot_range(value: float, low: float, high: float, label: str) -> SafeString:
    """A dot with its range on a line from 0 to 100; `label` says the same in words."""
    return format_html(
        '<svg class="dot-range" role="img" aria-label="{}">'
        '<line x1="0" x2="100%" y1="50%" y2="50%"/>'
        '<rect x="{}" width="{}" y="25%" height="50%" rx="3"/>'
        '<circle cx="{}" cy="50%" r="5"/></svg>',
        label,
        *dot_places(value, low, high),
    )


def dot_places(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Where the range of a dot begins, how wide it is, and where the dot is."""
    low, high = max(0.0, low), min(100.0, high)
    return f"{low:.1f}%", f"{high - low:.1f}%", f"{value:.1f}%"


@register.simple_tag
def stitch(percent: float, label: str = "") -> SafeString:
    """A seam: solid up to `percent`, dashed after it. Without `label` it is decoration."""
    done = max(0.0, min(100.0, percent))
    naming = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="stitch" {}><line class="stitch__open" x1="{}%" x2="100%" y1="50%" y2="50%"/>'
        '<line class="stitch__done" x1="0" x2="{}%" y1="50%" y2="50%"/>'
        '<circle cx="{}%" cy="50%" r="4"/></svg>',
        SafeString(naming),
        *(f"{done:.1f}",) * 3,
    )
