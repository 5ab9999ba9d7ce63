"""Text that people type: what is refused, and how it is shown."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

# No nested repetition, so the time is linear in the text.
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`{}|\\^]{1,2000}", re.IGNORECASE)
_AFTER_ADDRESS: Final = ".,;:!?)]}*_~»”’。，；：！？）】》"
# What the database or a browser cannot carry.
UNFIT: Final = re.compile("[\x00\ud800-\udfff]")


def validate_text(value: str) -> None:
    """Refuse what cannot be stored."""
    if UNFIT.search(value):
        raise ValidationError(_("The text holds characters that cannot be shown."), code="unfit")


def tidy(value: str) -> str:
    """One kind of line break, no space at the ends, at most one empty line in a row."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return re.sub(r"\n(?:[^\S\n]*\n)+", "\n\n", text)


def linkify(value: str) -> SafeString:
    """The text, escaped, with its web addresses as links that promise nothing to search engines."""
    parts, end = [], 0
    for match in _ADDRESS.finditer(value):
        address = match[0].rstrip(_AFTER_ADDRESS)
        if address.lower() in ("http://", "https://"):
            continue
        parts += [conditional_escape(value[end : match.start()]), _link(address)]
        end = match.start() + len(address)
    parts.append(conditional_escape(value[end:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def _link(address: str) -> SafeString:
    shown = re.sub(r"^https?://(www\.)?", "", address, flags=re.IGNORECASE)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return format_html('<a href="{}" rel="nofollow noopener ugc">{}</a>', address, shown)
