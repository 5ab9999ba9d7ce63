"""`{% load devices %}`: what signed in, in two words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first that is found wins: most browsers also carry the names of those before them.
BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS/": "Firefox",
    "CriOS/": "Chrome", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
    "Mac OS": "macOS", "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


@register.filter
def device(user_agent: str) -> str:
    """`Firefox, Windows` for what a browser says of itself; its own words if it says neither."""
    names = [_found(BROWSERS, user_agent), _found(SYSTEMS, user_agent)]
    return ", ".join(filter(None, names)) or user_agent[:60] or _("Unknown device")


def _found(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
