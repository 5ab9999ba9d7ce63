"""Time zones are offered by city and country, and every zone that exists is taken."""

import datetime as dt
import zoneinfo

import pytest
import time_machine
from django import forms
from django.utils import translation

from core.zones import OFTEN, ZoneField, zone_choices, zone_label

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class Where(forms.Form):
    zone = ZoneField()


def offered():
    return [pair for _group, zones in zone_choices() for pair in zones]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en", "Europe/Berlin", "Berlin, Germany (UTC+1)"),
        ("en", "Asia/Kolkata", "Kolkata, India (UTC+5:30)"),
        ("en", "Asia/Singapore", "Singapore (UTC+8)"),
        ("zh-hans", "Asia/Shanghai", "上海，中国 (UTC+8)"),
        ("zh-hans", "Asia/Kolkata", "加尔各答，印度 (UTC+5:30)"),
    ],
)
def test_a_zone_is_named_by_city_country_and_hours(language, zone, words):
    with translation.override(language):
        assert zone_label(zone, language) == words


def test_the_list_is_in_groups_with_the_usual_ones_first_and_each_once():
    groups = [name for name, _zones in zone_choices()]
    assert groups[0] == "Often used" and {"Europe", "Asia", "Africa"} <= set(groups)
    names = [name for name, _label in offered()]
    assert names[: len(OFTEN)] == list(OFTEN)
    assert len(names) == len(set(names)) < 330
    assert set(names) <= zoneinfo.available_timezones()


def test_of_places_with_one_clock_the_largest_speaks_for_its_country():
    names = {name for name, _label in offered()}
    assert {"America/New_York", "Europe/Madrid", "Australia/Perth", "America/Phoenix"} <= names
    assert not {"America/Detroit", "Africa/Ceuta", "Australia/Melbourne", "Asia/Calcutta"} & names


def test_a_stored_zone_that_is_not_offered_stays_chosen():
    html = str(Where(initial={"zone": "America/Detroit"}))
    assert '<option value="America/Detroit" selected>Detroit, United States' in html
    assert html.count(" selected") == 1


@pytest.mark.parametrize(
    ("zone", "is_taken"),
    [("Europe/Berlin", True), ("Asia/Calcutta", True), ("Mars/Olympus", False), ("", False)],
)
def test_what_is_no_zone_is_refused(zone, is_taken):
    assert Where({"zone": zone}).is_valid() is is_taken
