"""Limits on bursts: so many of a thing in a window of time, counted in the cache.

They keep a script from flooding others; they decide nothing about votes or money. A lost cache
only means that counting starts anew.
"""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """At most `most` of `name` in any window of `seconds`."""

    name: str
    most: int
    seconds: int


class TooMany(Exception):
    """The limit is reached; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


def spend(who: str, *limits: Limit, at: float | None = None) -> None:
    """Count one for `who` under every limit. Raises `TooMany` when one of them is used up."""
    at = time.time() if at is None else at
    for limit in limits:
        window = int(at // limit.seconds)
        key = f"limit:{limit.name}:{who}:{window}"
        # `add` sets the lifetime once; `incr` keeps it.
        cache.add(key, 0, timeout=limit.seconds + 5)
        try:
            used = cache.incr(key)
        except ValueError:
            used = 1
        if used > limit.most:
            raise TooMany(max(1, int((window + 1) * limit.seconds - at)))


def who_is(request: HttpRequest) -> str:
    """The account, or the network address of a visitor."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"ip:{request.META.get('REMOTE_ADDR', '')}"
