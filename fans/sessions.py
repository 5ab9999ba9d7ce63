"""Sessions as what a write over an open socket is checked against once more."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from core.plain import select, within


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
    which, keys = within({proof.session_key for proof in proofs}, using, "text")
    sessions = f"SELECT session_key FROM django_session WHERE session_key {which}"
    now = connections[using].ops.adapt_datetimefield_value(timezone.now())
    alive = {key for (key,) in select(f"{sessions} AND expire_date > %s", [keys, now], using)}
    whose, people = within({proof.user_id for proof in proofs}, using)
    users = f"SELECT id, password FROM fans_user WHERE id {whose} AND is_active"
    passwords: dict[int, str] = dict(select(users, [people], using))
    return {
        proof
        for proof in proofs
        if proof.session_key not in alive or passwords.get(proof.user_id) != proof.password
    }
