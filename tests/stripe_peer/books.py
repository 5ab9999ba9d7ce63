"""What the peer remembers, one set per account and mode: objects, keys, events, faults."""

import copy
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from stripe._api_version import _ApiVersion

from tests.stripe_peer.cards import Card
from tests.stripe_peer.errors import missing

Object = dict[str, Any]
DAY = 86_400
WITHOUT_MODE = ("balance_transaction", "refund")


@dataclass
class Remembered:
    """What a key was first used for, and its answer; none while the first request still runs."""

    request: tuple[str, str, str]
    at: float
    answer: tuple[int, Object] | None = None


@dataclass
class Books:
    """One account in test or live mode."""

    world: "World"
    account: str
    live: bool
    objects: dict[str, Object] = field(default_factory=dict)
    keys: dict[str, Remembered] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    consented: set[str] = field(default_factory=set)  # cards saved with their holder present
    private: dict[str, Object] = field(default_factory=dict)  # what an object does not show

    def now(self) -> int:
        """The peer's clock in whole seconds, which is all Stripe shows."""
        return int(self.world.now())

    def add(self, kind: str, prefix: str, *, ref: str = "", **fields: Any) -> Object:
        """A new object with what every object has."""
        ref = ref or f"{prefix}_{secrets.token_hex(12)}"
        row = {"id": ref, "object": kind, "created": self.now(), **fields}
        if kind not in WITHOUT_MODE:
            row["livemode"] = self.live
        self.objects[ref] = row
        return row

    def get(self, kind: str, ref: str) -> Object:
        """That object, or the refusal that there is none."""
        row = self.objects.get(ref)
        if row is None or row["object"] != kind:
            raise missing(kind, ref)
        return row

    def of(self, kind: str) -> list[Object]:
        """All objects of a kind, newest first, as Stripe lists them."""
        return [row for row in reversed(self.objects.values()) if row["object"] == kind]

    def tell(self, kind: str, row: Object) -> None:
        """Write an event with the object as it is now; it is delivered when the test says so."""
        event = self.add(
            "event", "evt", type=kind, api_version=_ApiVersion.CURRENT, pending_webhooks=1,
            request=None, data={"object": copy.deepcopy(row)},
        )  # fmt: skip
        if self.account:
            event["account"] = self.account
        self.world.waiting.append(event)


class World:
    """Everything behind one lock, with a clock that a test may move."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.ahead = 0.0
        self.base = ""
        self.sets: dict[tuple[str, bool], Books] = {}
        self.waiting: list[Object] = []
        self.faults: list[Object] = []
        self.seen: list[str] = []
        self.refunds_are = "succeeded"
        self.gate = threading.Event()
        self.held = 0

    def now(self) -> float:
        """Seconds since 1970, moved by the test."""
        return time.time() + self.ahead

    def books(self, account: str, live: bool) -> Books:
        """The books of an account in a mode."""
        return self.sets.setdefault((account, live), Books(self, account, live))
