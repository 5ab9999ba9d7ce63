"""The hash chain of a round's ballot log. Pure."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

START: Final = "0" * 64
# A reason is looked for among all changes; for a log in ruins that would take for ever.
EXPLAINED: Final = 20


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


@dataclass(frozen=True)
class Link:
    """One change as the log has it: the key of its row, its number, its leaf and head."""

    row: int
    seq: int
    leaf: str
    head: str

    @property
    def words(self) -> str:
        """How a finding names it."""
        return f"change {self.seq} (row {self.row})" if self.row else "the start"


def breaks(links: Sequence[Link]) -> list[str]:
    """Where the chain is not what it must be, each with the row at which it shows.

    `links` come in the order of their numbers. The content of a change is not looked at here.
    """
    found, broken, before, expected = [], 0, Link(0, 0, "", START), 1
    for one in links:
        if one.seq != expected:
            found.append(f"log has {one.seq} (row {one.row}) in place of {expected}: rows are gone")
        if one.head != link(before.head, one.leaf):
            broken += 1
            why = _why(one, before, links) if broken <= EXPLAINED else "as before"
            found.append(f"the chain breaks at {one.words}: {why}")
        before, expected = one, one.seq + 1
    return found


def _why(one: Link, before: Link, links: Sequence[Link]) -> str:
    """The likeliest reason why a change does not follow from the one before it."""
    start = Link(0, 0, "", START)
    for other in [start, *links]:
        if link(other.head, one.leaf) == one.head:
            if other.seq > one.seq:
                return f"it was made after {other.words} and was moved"
            between = [two.words for two in links if other.seq < two.seq < one.seq][:3]
            return f"it follows from {other.words}; put in between: {', '.join(between)}"
    after = next((other for other in links if other.seq > one.seq), None)
    if after and link(before.head, after.leaf) == after.head:
        return "it was put in; the next change follows from the one before it"
    return f"it or {before.words} was edited, or rows between them are gone"
