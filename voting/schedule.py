"""From a wall clock in a time zone to one instant, and nothing guessed on the way. Pure."""

import datetime as dt
from zoneinfo import ZoneInfo

UTC = dt.UTC


class NoSuchTime(ValueError):
    """The clocks jump over this wall time; `later` is the first one after the jump."""

    def __init__(self, wall: dt.datetime, later: dt.datetime) -> None:
        super().__init__(f"{wall:%Y-%m-%d %H:%M} does not exist")
        self.wall, self.later = wall, later


class AmbiguousTime(ValueError):
    """The clocks show this wall time twice; `start` to `end` is the doubled stretch."""

    def __init__(self, wall: dt.datetime, start: dt.datetime, end: dt.datetime) -> None:
        super().__init__(f"{wall:%Y-%m-%d %H:%M} happens twice")
        self.wall, self.start, self.end = wall, start, end


def to_instant(wall: dt.datetime, zone: str) -> dt.datetime:
    """The instant (UTC) at which clocks in `zone` show `wall` (naive).

    Raises `NoSuchTime` or `AmbiguousTime` where a change of the clocks makes it none or two.
    """
    place = ZoneInfo(zone)
    first = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    if first == second:
        return first
    gap = abs(second - first)
    if first.astimezone(place).replace(tzinfo=None, fold=0) != wall:
        # In a gap the earlier offset (fold 0) lands after the jump.
        jump = _change_between(second, first, place)
        raise NoSuchTime(wall, jump.astimezone(place).replace(tzinfo=None, fold=0))
    change = _change_between(first, second, place).astimezone(place).replace(tzinfo=None, fold=0)
    raise AmbiguousTime(wall, change, change + gap)


def to_wall(instant: dt.datetime, zone: str) -> dt.datetime:
    """What clocks in `zone` show at `instant`, naive; for filling a form."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _change_between(low: dt.datetime, high: dt.datetime, place: ZoneInfo) -> dt.datetime:
    """The first minute between the two at which the offset is that of `high`."""
    target = high.astimezone(place).utcoffset()
    while high - low > dt.timedelta(minutes=1):
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        if middle == low:
            break
        if middle.astimezone(place).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high.replace(second=0, microsecond=0)
