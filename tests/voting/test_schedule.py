import datetime as dt

import pytest

from voting.schedule import AmbiguousTime, NoSuchTime, to_instant, to_wall


def wall(text):
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-11-29T20:00", "Asia/Shanghai", "2026-11-29T12:00+00:00"),
        ("2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59+00:00"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00+00:00"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00+00:00"),
        ("2026-01-01T00:00", "Asia/Kathmandu", "2025-12-31T18:15+00:00"),
    ],
)
def test_a_wall_time_is_one_instant(text, zone, instant):
    made = to_instant(wall(text), zone)
    assert made == dt.datetime.fromisoformat(instant)
    assert to_wall(made, zone) == wall(text)


@pytest.mark.parametrize(
    ("text", "zone", "later"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:00"),
        ("2026-03-08T02:00", "America/New_York", "2026-03-08T03:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-04T02:30"),
    ],
)
def test_a_time_the_clocks_jump_over_is_refused_with_the_next_one(text, zone, later):
    with pytest.raises(NoSuchTime) as error:
        to_instant(wall(text), zone)
    assert error.value.later == wall(later)


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2026-10-25T02:00", "Europe/Berlin", "2026-10-25T02:00", "2026-10-25T03:00"),
        ("2026-10-25T02:59", "Europe/Berlin", "2026-10-25T02:00", "2026-10-25T03:00"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-05T02:00"),
    ],
)
def test_a_time_that_happens_twice_is_refused_with_the_doubled_stretch(text, zone, start, end):
    with pytest.raises(AmbiguousTime) as error:
        to_instant(wall(text), zone)
    assert (error.value.start, error.value.end) == (wall(start), wall(end))
