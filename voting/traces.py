"""What the first vote of a ballot comes with, kept to tell people from scripts; never who it is.

A network is kept as a hash under a key of the round and of the installation: ballots of one round
can be compared, and nothing can be looked up or followed into another round.
"""

import hmac
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

from core.ratelimit import address_of
from voting.models import Round

# The field of the page's form that says when the page was made.
FIELD: Final = "seen"
_SIGNER: Final = Signer(salt="voting.seen")
LONGEST_MS: Final = 2**31 - 1


@dataclass(frozen=True)
class Trace:
    """The network, hashed, and how long the page was looked at; nothing of it is certain."""

    network: str = ""
    read_ms: int | None = None

    def of(self, round: Round) -> "Trace":
        """Itself."""
        return self


@dataclass(frozen=True)
class Source:
    """Where a vote comes from, before it is known whether it is the first of its ballot."""

    address: str
    seen: str

    def of(self, round: Round) -> Trace:
        """What of it is kept with the ballot."""
        return Trace(network_hash(self.address, round), _read_ms(self.seen))


NO_TRACE: Final = Trace()


def trace_of(request: HttpRequest, round: Round) -> Trace:
    """What this vote comes with."""
    return Source(address_of(request), request.POST.get(FIELD, "")).of(round)


def seen_now() -> str:
    """For the form of a page: when it was made, signed. Empty hands vote without having looked."""
    return _SIGNER.sign(str(int(time.time() * 1000)))


def network_hash(address: str, round: Round) -> str:
    """The /24 (IPv4) or /48 (IPv6) around an address, as 16 hex digits; "" for no address."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    if isinstance(read, IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    width = 48 if isinstance(read, IPv6Address) else 24
    text = str(ip_network((read, width), strict=False))
    key = f"{settings.SECRET_KEY}:{round.log_secret}"
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()[:16]


def group_of(network: str) -> str:
    """How ballots of one network are told apart from others once the network is forgotten."""
    return hmac.new(settings.SECRET_KEY.encode(), network.encode(), "sha256").hexdigest()[:16]


def _read_ms(seen: str) -> int | None:
    try:
        made = int(_SIGNER.unsign(seen))
    except (BadSignature, ValueError):
        return None
    return min(max(0, int(time.time() * 1000) - made), LONGEST_MS)
