"""Where clocks change: what the form takes is what is stored, shown and closed at, to the second.

The instants were worked out by hand from the rules of each place.
"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from core.states import WrongState
from tests import cast
from voting import actions, forms
from voting.candidates import enterable_designs
from voting.models import Round

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)

ONCE = [
    ("UTC", "2027-03-28T02:30", "2027-03-28T02:30"),
    ("Asia/Shanghai", "2026-11-29T20:00", "2026-11-29T12:00"),
    ("Asia/Shanghai", "1991-04-14T01:59", "1991-04-13T17:59"),
    ("Asia/Shanghai", "1991-07-01T20:00", "1991-07-01T11:00"),
    ("Asia/Kathmandu", "2027-01-01T00:00", "2026-12-31T18:15"),
    ("Asia/Kolkata", "2026-12-01T09:30", "2026-12-01T04:00"),
    ("Asia/Pyongyang", "2018-05-04T23:29", "2018-05-04T14:59"),
    ("Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59"),
    ("Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00"),
    ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
    ("Europe/London", "2027-03-28T00:59", "2027-03-28T00:59"),
    ("Europe/London", "2027-06-30T23:59", "2027-06-30T22:59"),
    ("Europe/Dublin", "2027-01-15T12:00", "2027-01-15T12:00"),
    ("Africa/Cairo", "2027-07-01T12:00", "2027-07-01T09:00"),
    ("America/New_York", "2027-03-14T01:59", "2027-03-14T06:59"),
    ("America/New_York", "2027-03-14T03:00", "2027-03-14T07:00"),
    ("America/St_Johns", "2027-07-01T12:00", "2027-07-01T14:30"),
    ("America/Phoenix", "2027-07-01T12:00", "2027-07-01T19:00"),
    ("America/Sao_Paulo", "2027-01-15T20:00", "2027-01-15T23:00"),
    ("Antarctica/Troll", "2027-07-01T12:00", "2027-07-01T10:00"),
    ("Australia/Lord_Howe", "2027-01-01T00:00", "2026-12-31T13:00"),
    ("Australia/Lord_Howe", "2027-07-01T00:00", "2027-06-30T13:30"),
    ("Pacific/Chatham", "2026-12-31T23:59", "2026-12-31T10:14"),
    ("Pacific/Chatham", "2027-07-01T00:00", "2027-06-30T11:15"),
    ("Pacific/Chatham", "2027-04-04T03:45", "2027-04-03T15:00"),
    ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59"),
    ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
    ("Pacific/Kiritimati", "2027-01-01T00:00", "2026-12-31T10:00"),
]
NEVER = [
    ("Europe/Berlin", "2027-03-28T02:30", "03:00"),
    ("America/New_York", "2027-03-14T02:00", "03:00"),
    ("America/Caracas", "2016-05-01T02:45", "03:00"),
    ("Africa/Cairo", "2027-04-30T00:30", "01:00"),
    ("Antarctica/Troll", "2027-03-28T02:00", "03:00"),
    ("Asia/Pyongyang", "2018-05-04T23:45", "2018-05-05 00:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "02:30"),
    ("Pacific/Chatham", "2027-09-26T03:00", "03:45"),
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31 00:00"),
]
TWICE = [
    ("Europe/Berlin", "2027-10-31T02:30", "02:00", "03:00"),
    ("America/New_York", "2026-11-01T01:30", "01:00", "02:00"),
    ("Africa/Cairo", "2027-10-28T23:30", "23:00", "2027-10-29 00:00"),
    ("Asia/Shanghai", "1991-09-15T01:30", "01:00", "02:00"),
    ("Australia/Lord_Howe", "2027-04-04T01:45", "01:30", "02:00"),
    ("Pacific/Chatham", "2027-04-04T03:00", "02:45", "03:45"),
]


@pytest.fixture
def brief():
    made = cast.brief()
    for n in range(2):
        cast.design(made, f"Draft {n + 1}")
    return made


@pytest.fixture
def fill(brief, monkeypatch):
    """The form with a close at that wall time, filled in a month before."""

    def filled(zone, wall):
        closes = dt.datetime.fromisoformat(wall)
        before = (closes - dt.timedelta(days=30)).replace(tzinfo=dt.UTC)
        monkeypatch.setattr(forms, "timezone", SimpleNamespace(now=lambda: before))
        data = {
            "title": "Round 1",
            "designs": list(brief.designs.values_list("pk", flat=True)),
            "opens": f"{closes - dt.timedelta(days=10):%Y-%m-%dT12:00}",
            "closes": wall,
            "time_zone": zone,
            "electorate": "everyone",
            "results": "after-vote",
            "deciding": "all",
            "method": "support",
        }
        return forms.RoundForm(data, designs=enterable_designs(brief))

    return filled


def test_the_table_is_as_long_as_it_was_promised():
    assert len(ONCE) + len(NEVER) + len(TWICE) >= 40


@pytest.mark.parametrize(("zone", "wall", "instant"), ONCE)
def test_form_row_page_and_close_agree(brief, fill, zone, wall, instant):
    promised = dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC)
    form = fill(zone, wall)
    assert form.is_valid(), form.errors
    plan, designs = form.plan(), form.cleaned_data["designs"]
    now, mei = promised - dt.timedelta(days=20), cast.person("Mei")
    it = actions.plan_round(brief=brief, plan=plan, designs=designs, actor=mei, now=now)
    it.refresh_from_db()
    assert it.closes_at == promised
    actions.open_round(round=it, actor="user:1", now=promised - dt.timedelta(days=1))
    page = render_to_string("voting/_phase.html", {"round": it})
    assert f'datetime="{promised:%Y-%m-%dT%H:%M:%S}' in page and wall[-5:] in page
    with pytest.raises(WrongState):
        actions.close_round(round=it, actor="job:close", now=promised)
    actions.close_round(round=it, actor="job:close", now=promised + SECOND)
    assert (it.state, it.closed_at) == (Round.State.COUNTING, promised)


@pytest.mark.parametrize(("zone", "wall", "later"), NEVER)
def test_a_time_that_never_comes_is_refused_with_the_next_one(fill, zone, wall, later):
    form = fill(zone, wall)
    assert f"The next one that does is {later}." in str(form.errors["closes"])


@pytest.mark.parametrize(("zone", "wall", "start", "end"), TWICE)
def test_a_time_that_comes_twice_is_refused_with_its_stretch(fill, zone, wall, start, end):
    form = fill(zone, wall)
    assert f"Choose one before {start} or from {end} on." in str(form.errors["closes"])


def test_a_later_close_is_read_in_the_zone_of_the_round_too():
    it = cast.voting_round(time_zone="Pacific/Chatham")
    closes = dt.datetime(2027, 9, 26, 3, 0)
    form = forms.ExtendForm({"closes": f"{closes:%Y-%m-%dT%H:%M}", "reason": "Why not"}, round=it)
    assert "The next one that does is 03:45." in str(form.errors["closes"])
