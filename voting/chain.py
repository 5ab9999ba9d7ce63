"""The hash chain of a round's ballot log. Pure."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

START: Final = "0" * 64


def pseudonym(log_secret: str, ballot_id: int) -> str:
    """A ballot's name in the log of its round; without the secret it leads to nobody."""
    return hmac.new(log_secret.encode(), f"ballot:{ballot_id}".encode(), "sha256").hexdigest()


def leaf(salt: str, name: str, standing: str, choices: list[dict[str, Any]]) -> str:
    """The hash of one change: salted, so that a choice cannot be guessed from it."""
    text = canonical({"salt": salt, "ballot": name, "standing": standing, "choices": choices})
    return hashlib.sha256(text.encode()).hexdigest()


def link(previous: str, leaf_hash: str) -> str:
    """The head after one more leaf."""
    return hashlib.sha256(f"{previous}{leaf_hash}".encode()).hexdigest()


def canonical(value: Mapping[str, Any] | Iterable[Any]) -> str:
    """One text for one value: JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(value: Mapping[str, Any]) -> str:
    """The sha256 of a value's canonical text, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
