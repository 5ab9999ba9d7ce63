"""Limits on bursts: so many of a thing in a window of time, counted in the cache.

They keep a script from flooding others; they decide nothing about votes or money. A lost cache
only means that counting starts anew.
"""

import time
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
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
    for limit in limits:
        spend_some(who, limit, 1, at=at)


def spend_some(who: str, limit: Limit, wanted: int, *, at: float | None = None) -> int:
    """Count up to `wanted` for `who`; how many of them are granted. Raises `TooMany` for none."""
    at = time.time() if at is None else at
    window = int(at // limit.seconds)
    key = f"limit:{limit.name}:{who}:{window}"
    # `add` sets the lifetime once; `incr` keeps it.
    cache.add(key, 0, timeout=limit.seconds + 5)
    try:
        used = cache.incr(key, wanted)
    except ValueError:
        used = wanted
    granted = wanted - max(0, used - limit.most)
    if granted <= 0:
        raise TooMany(max(1, int((window + 1) * limit.seconds - at)))
    return granted


class Purses:
    """A limit for what comes thick and fast: taken in lots, so that the cache is asked seldom.

    What a process has taken and not spent when the window ends is lost to nobody.
    """

    def __init__(self, limit: Limit, lot: int) -> None:
        self.limit, self.lot = limit, lot
        self._window = 0
        self._left: dict[str, int] = {}

    def pay(self, who: str) -> bool:
        """Whether there was one left from the last lot; does not wait."""
        window = int(time.time() // self.limit.seconds)
        if window != self._window:
            self._window = window
            self._left.clear()
        left = self._left.get(who, 0)
        if left:
            self._left[who] = left - 1
        return left > 0

    def fill(self, who: str) -> None:
        """Take another lot and pay one of it; may wait for the cache. Raises `TooMany`."""
        self._left[who] = self._left.get(who, 0) + spend_some(who, self.limit, self.lot) - 1


def who_is(request: HttpRequest) -> str:
    """The account, or the network address of a visitor."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"ip:{_line(address_of(request))}"


def is_address(who: str) -> bool:
    """Whether this is a network address: many people may share one, so it is allowed more."""
    return who.startswith("ip:")


def address_of(request: HttpRequest) -> str:
    """The network address a request came from, as text."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last one is whom our proxy saw; what stands before it is only the client's word.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address


def _line(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address) and read.ipv4_mapped:
        return str(read.ipv4_mapped)
    # One line has all the addresses of such a network.
    return str(IPv6Network((read, 64), strict=False)) if isinstance(read, IPv6Address) else address
