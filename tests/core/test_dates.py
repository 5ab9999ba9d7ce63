"""Dates in words: one style for pages and mails, right in each language."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation

from core.dates import day_words, moment_words

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DAY = dt.date(2027, 2, 26)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "26 February 2027"), ("zh-hans", "2027年2月26日")]
)
def test_a_day_is_written_as_its_language_does(language, words):
    with translation.override(language):
        assert day_words(DAY) == words
        assert Template("{{ day|date }}").render(Context({"day": DAY})) == words


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Sun 22 Nov 2026, 20:00 UTC+8"), ("zh-hans", "2026年11月22日 星期日 20:00 UTC+8")],
)
def test_what_is_read_later_has_its_year(language, words):
    with translation.override(language):
        assert moment_words(NOW, "Asia/Shanghai", with_year=True) == words


@time_machine.travel(NOW, tick=False)
def test_without_a_zone_of_its_own_a_moment_is_in_the_readers():
    with timezone.override("America/New_York"):
        assert moment_words(NOW) == "Sun 22 Nov, 07:00 UTC-5"


def test_no_template_has_a_date_pattern_of_its_own():
    # But for the frozen terms, which write dates for machines and for ever.
    sources = [
        path
        for path in (settings.BASE_DIR / "templates").rglob("*.*")
        if path.suffix in (".html", ".txt") and path.name != "terms.txt"
    ]
    assert len(sources) > 100
    found = {
        path.name: re.findall(r"\|(?:date|time):", path.read_text(encoding="utf-8"))
        for path in sources
    }
    assert {name: hits for name, hits in found.items() if hits} == {}
