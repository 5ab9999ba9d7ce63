"""What a guest wants to keep after giving an e-mail address, bound when the address is confirmed.

A page that asks a guest for an address names the one thing it is about (`ask`). When the code is
confirmed, or the person signs in another way, each registered function is called once with that
thing, and with nothing else the guest did.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from fans.models import User, Voter
from fans.voters import guest_voter

SESSION_KEY = "claims"
Settle = Callable[[User, Voter, HttpRequest], None]
_settlers: list[Settle] = []


@dataclass(frozen=True)
class Claim:
    """One thing to keep, e.g. `Claim("ballot", 12)`."""

    kind: str
    pk: int


def register(settle: Settle) -> None:
    """Have `settle(user, guest_voter, request)` called when a claim is confirmed.

    The function reads what is claimed from `pending(request, kind)` and must check that the
    thing belongs to `guest_voter`. Called from `AppConfig.ready`.
    """
    if settle not in _settlers:
        _settlers.append(settle)


def ask(request: HttpRequest, kind: str, pk: int) -> None:
    """Remember in the session that this one thing shall belong to the address confirmed next."""
    claims = request.session.get(SESSION_KEY, [])
    if [kind, pk] not in claims:
        request.session[SESSION_KEY] = [*claims, [kind, pk]]


def pending(request: HttpRequest, kind: str | None = None) -> list[Claim]:
    """What waits for a confirmed address in this session (of that kind)."""
    claims = [Claim(*pair) for pair in request.session.get(SESSION_KEY, [])]
    return [claim for claim in claims if kind in (None, claim.kind)]


def settle(request: HttpRequest, user: User) -> None:
    """Bind what is pending to the person who has just proved the address; then nothing is."""
    voter = guest_voter(request)
    if voter and pending(request):
        for run in _settlers:
            run(user, voter, request)
    request.session.pop(SESSION_KEY, None)
