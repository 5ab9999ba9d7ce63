"""What a guest wants to keep after giving an e-mail address, bound when the address is confirmed.

The form that asks a guest for an address names the one thing it is about, in a field `claim`
(`ballot:12`). It is bound when the person of that address has signed in, and nothing else that
was done in the same browser is: who gave the address need not be who did the rest.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from fans.models import User, Voter
from fans.voters import guest_voter

FIELD: Final = "claim"
SESSION_KEY: Final = "claim"
_NAMED: Final = re.compile(r"([a-z]{1,20}):([0-9]{1,15})", re.ASCII)


@dataclass(frozen=True)
class Claim:
    """One thing to keep, e.g. `Claim("ballot", 12)`."""

    kind: str
    pk: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}"


Settle = Callable[[User, Voter | None, Claim, HttpRequest], bool]
Refuse = Callable[[Claim], str]
_settlers: dict[str, Settle] = {}
_refusals: dict[str, Refuse] = {}


def register(kind: str, settle: Settle, refuse: Refuse | None = None) -> None:
    """Have `settle(user, guest_voter, claim, request)` called for confirmed claims of that kind.

    The function must check that the thing is that guest's, or that person's by another right,
    and returns whether it told the person what became of it. `refuse(claim)` says why it cannot
    be kept any more, before anybody is asked for an address; "" while it can.
    Called from `AppConfig.ready`.
    """
    _settlers[kind] = settle
    if refuse:
        _refusals[kind] = refuse


def named(request: HttpRequest) -> Claim | None:
    """The one thing this form, or the address that leads to it, is about."""
    return _claim(request.POST.get(FIELD) or request.GET.get(FIELD) or "")


def refusal(claim: Claim | None) -> str:
    """Why an address would not help to keep this thing any more, in words; "" while it would."""
    refuse = _refusals.get(claim.kind) if claim else None
    return refuse(claim) if claim and refuse else ""


def hold(request: HttpRequest, user: User) -> None:
    """Remember what the form names for the person whose address it gave, and nothing before it."""
    request.session.pop(SESSION_KEY, None)
    claim = named(request)
    if claim:
        request.session[SESSION_KEY] = {"of": str(claim), "user": user.pk}


def settle(request: HttpRequest, user: User) -> bool:
    """Bind what waits for the person who has just proved the address; then nothing waits.

    Whether there was something: its app has said what became of it.
    """
    waiting = request.session.pop(SESSION_KEY, {})
    claim = _claim(waiting.get("of", ""))
    if not claim or waiting["user"] != user.pk:
        return False
    return _settlers[claim.kind](user, guest_voter(request), claim, request)


def _claim(text: str) -> Claim | None:
    found = _NAMED.fullmatch(text)
    return Claim(found[1], int(found[2])) if found and found[1] in _settlers else None
