"""The tags every template has."""

import datetime as dt

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

from core.dates import reading_in

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_money_is_written_in_the_readers_language():
    assert draw('{{ 28900|money:"CNY" }} {% money 1250 "EUR" %}') == "¥289 €12.50"


def test_no_amount_is_no_words():
    assert draw('{{ nothing|money:"CNY" }}', nothing=None) == ""


def test_an_icon_beside_words_is_hidden_and_one_alone_is_named():
    assert 'aria-hidden="true"><use href="/static/icons.svg#heart"/>' in draw('{% icon "heart" %}')
    assert 'role="img" aria-label="Close &lt;it&gt;"' in draw(
        '{% icon "x" words %}', words="Close <it>"
    )


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Shanghai", "Sun 29 Nov, 20:00 UTC+8"),
        ("America/New_York", "Sun 29 Nov, 07:00 UTC-5"),
        ("America/Sao_Paulo", "Sun 29 Nov, 09:00 UTC-3"),
        ("Asia/Kolkata", "Sun 29 Nov, 17:30 UTC+5:30"),
        ("America/St_Johns", "Sun 29 Nov, 08:30 UTC-3:30"),
    ],
)
def test_a_time_names_its_zone(zone, words):
    html = draw("{% local_time at zone %}", at=NOW + dt.timedelta(days=7), zone=zone)
    assert html == f'<time datetime="2026-11-29T12:00:00Z" data-place="{zone}">{words}</time>'


@time_machine.travel(NOW, tick=False)
def test_who_chose_a_zone_reads_a_place_s_times_in_it_and_others_in_the_place_s():
    with reading_in("Europe/Berlin"):
        html = draw('{% local_time at "Asia/Shanghai" %}', at=NOW)
    assert 'data-place="Europe/Berlin">Sun 22 Nov, 13:00 UTC+1<' in html
    with timezone.override("America/New_York"):
        assert "20:00 UTC+8<" in draw('{% local_time at "Asia/Shanghai" %}', at=NOW)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("reader", "words"),
    [("UTC", "Sun 22 Nov, 12:00 UTC"), ("Asia/Shanghai", "Sun 22 Nov, 20:00 UTC+8")],
)
def test_a_time_in_the_readers_zone_says_in_data_which_one_it_is(reader, words):
    with timezone.override(reader):
        html = draw("{% local_time at %}", at=NOW)
    assert html == f'<time datetime="2026-11-22T12:00:00Z" data-zone="{reader}">{words}</time>'


@time_machine.travel(NOW, tick=False)
def test_a_promise_is_told_in_the_place_s_zone_and_in_the_reader_s():
    both = '{% both_times at "Asia/Shanghai" %}'
    there = '<time datetime="2026-11-22T12:00:00Z">Sun 22 Nov, 20:00 UTC+8</time>'
    with timezone.override("Europe/Berlin"), reading_in("Europe/Berlin"):
        html = draw(both, at=NOW)
    assert html.startswith(f'{there} <span class="own-time">')
    assert 'data-zone="Europe/Berlin">Sun 22 Nov, 13:00 UTC+1</time>)' in html
    # Whose zone nobody knows reads UTC, and who is there reads it once.
    assert "(<time" in draw(both, at=NOW) and "Sun 22 Nov, 12:00 UTC<" in draw(both, at=NOW)
    with timezone.override("Asia/Shanghai"):
        assert '<span class="own-time" hidden>' in draw(both, at=NOW)


@time_machine.travel(NOW, tick=False)
def test_a_date_in_another_year_says_so():
    html = draw('{% local_time at "UTC" form="date" %}', at=NOW + dt.timedelta(days=60))
    start = '<time datetime="2027-01-21T12:00:00Z" data-place="UTC" data-day>'
    assert html == f"{start}Thu 21 Jan 2027</time>"


def test_no_time_is_no_words():
    assert draw("{% local_time at %}", at=None) == ""


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (7 * 86400, "7 days left"),
        (100 * 60, "100 minutes left"),
        (90, "90 seconds left"),
        (0, "Over"),
    ],
)
def test_a_countdown_is_right_without_a_script(seconds, words):
    html = draw('{% countdown at over="Over" %}', at=NOW + dt.timedelta(seconds=seconds))
    assert f">{words}</time>" in html
    assert 'role="timer"' in html


def test_a_dot_with_its_range_stays_on_the_line():
    html = draw('{% dot_range 98 91 105 "Score 98" %}')
    assert 'x="91.0%" width="9.0%"' in html
    assert 'cx="98.0%"' in html
    assert "style=" not in html


def test_numbers_are_grouped():
    assert draw("{{ 1284|number }}") == "1,284"
    with translation.override("zh-hans"):
        assert draw("{{ 1284|number }}") == "1,284"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One short line.", "One short line."),
        ("Two\n\nlines", "Two lines"),
        ("Kettles, lamps and rice cookers", "Kettles, lamps and…"),
        (
            "上海的夏天需要一件不用熨烫的衬衫，要经得起一整周",
            "上海的夏天需要一件不用熨烫的衬衫，要经得起一…",
        ),
    ],
)
def test_an_excerpt_ends_between_words_where_there_are_any(text, shown):
    assert draw("{{ text|excerpt:22 }}", text=text) == shown
