"""Sessions as what a write over an open socket is checked against once more."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from core.many import any_of
from fans.models import User


@dataclass(frozen=True, slots=True)
class Proof:
    """By what somebody was signed in when the socket asked: the session, and the password then.

    The session named its person by a hash of the password; while that has not changed and the
    session is there, it still does. A sign-in always begins a session with another key.
    """

    session_key: str
    user_id: int
    password: str


def ended(proofs: Collection[Proof], using: str = DEFAULT_DB_ALIAS) -> set[Proof]:
    """Those that prove nothing any more, in two queries for any number."""
    if not proofs:
        return set()
    keys = {proof.session_key for proof in proofs}
    sessions = Session.objects.using(using).filter(
        session_key__in=any_of(keys, using), expire_date__gt=timezone.now()
    )
    people = User.objects.using(using).filter(
        pk__in=any_of({proof.user_id for proof in proofs}, using), is_active=True
    )
    alive = set(sessions.values_list("session_key", flat=True))
    passwords = dict(people.values_list("pk", "password"))
    return {
        proof
        for proof in proofs
        if proof.session_key not in alive or passwords.get(proof.user_id) != proof.password
    }
