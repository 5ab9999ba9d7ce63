"""What people type, shown as they typed it."""

import pytest
from django.core.exceptions import ValidationError

from core.text import linkify, tidy, validate_text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        (
            "See https://www.a.example/x?y=1&z=2.",
            'See <a href="https://www.a.example/x?y=1&amp;z=2" rel="nofollow noopener ugc">'
            "a.example/x?y=1&amp;z=2</a>.",
        ),
        (
            "(http://a.example/)",
            '(<a href="http://a.example/" rel="nofollow noopener ugc">a.example/</a>)',
        ),
        ("https:// alone", "https:// alone"),
        ("javascript:alert(1) data:x", "javascript:alert(1) data:x"),
        (
            "https://a.example/<b>",
            '<a href="https://a.example/" rel="nofollow noopener ugc">a.example/</a>&lt;b&gt;',
        ),
        ("见 https://a.example/。", '见 <a href="https://a.example/" rel="nofollow noopener ugc">'
         "a.example/</a>。"),
    ],
)  # fmt: skip
def test_addresses_become_links_and_the_rest_stays_words(typed, shown):
    assert linkify(typed) == shown


def test_long_addresses_are_shortened_only_in_what_is_read():
    address = "https://a.example/" + "x" * 100
    assert f'href="{address}"' in linkify(address) and "…</a>" in linkify(address)


@pytest.mark.parametrize("text", ["a\0b", "lone \ud800 half", "\udfff"])
def test_what_cannot_be_stored_is_refused(text):
    with pytest.raises(ValidationError):
        validate_text(text)


def test_everything_else_is_taken_as_it_is():
    validate_text("Grüße 你好 👩🏽‍🎨 עברית <script>\t\n")


def test_line_breaks_are_made_plain():
    assert tidy("  a\r\nb\r\r\r\n \n\n c  ") == "a\nb\n\n c"
