"""G9: pages whose sockets are cut all the time, and a server that dies, while much changes.

Each page does what the script of our pages does: it joins its rooms with the number up to which it
has everything, takes the place of older elements by newer ones, appends what it has not got.
"""

import asyncio
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from django.db import connections
from websockets.asyncio.client import connect

from core import courier, live
from core.clock import now
from designs.actions import post_comment
from designs.models import Comment, Thread
from fans.models import User
from tests import cast
from tests.faults.fleet import Server
from voting.models import Entry, Round
from voting.writer import Change, apply_batch

DRAFTS, VOTERS, WRITERS = 12, 40, 4
# Of so many changes one is a comment: a list, of which each must arrive once and in order.
TALK = 20
Worker = threading.Thread | Any  # a thread, or a process
ITEM = re.compile(r'<li id="comment-\d+-row" data-order="(\d+)"')


@dataclass(frozen=True)
class Size:
    """How many pages and changes, how often the server dies, and seconds between two cuts."""

    pages: int
    changes: int
    kills: int
    cuts: tuple[float, float]


@dataclass
class Page:
    """What a page shows, and what went wrong on it."""

    rooms: tuple[str, ...]
    whole: dict[str, int] = field(default_factory=dict)
    shown: dict[str, tuple[int, str]] = field(default_factory=dict)
    items: list[int] = field(default_factory=list)
    caught_up: list[float] = field(default_factory=list)
    cuts: int = 0

    def join(self, rooms: Sequence[str] = ()) -> str:
        """The message that asks for what is newer than what the page has."""
        return json.dumps({"join": {room: self.whole.get(room, 0) for room in rooms or self.rooms}})

    def take(self, message: dict[str, Any]) -> None:
        """Apply the frames of one message, as the page's script does."""
        for frame in message["frames"]:
            if frame.get("mode") == "append":
                self._append(frame)
            elif self.shown.get(frame["id"], (-1, ""))[0] < frame["v"]:
                self._replace(frame)
        if message.get("whole"):
            room = message["room"]
            newest = max(frame["v"] for frame in message["frames"])
            self.whole[room] = max(self.whole.get(room, 0), newest)

    def _append(self, frame: dict[str, Any]) -> None:
        order = int(ITEM.findall(frame["html"])[0])
        if order not in self.items:
            later = [n for n, other in enumerate(self.items) if other > order]
            self.items.insert(later[0] if later else len(self.items), order)

    def _replace(self, frame: dict[str, Any]) -> None:
        look = frame["html"] if "html" in frame else json.dumps(frame["fill"])
        self.shown[frame["id"]] = frame["v"], look
        if frame["id"].endswith("-comments"):
            self.items = [int(order) for order in ITEM.findall(frame["html"])]


def run(database: str, redis: str, *, size: Size, seed: int) -> dict[str, float]:
    """The figures of the last line."""
    chance = random.Random(seed)
    it = cast.voting_round(drafts=DRAFTS, results=Round.Results.ALWAYS)
    thread = Thread.objects.get(pk=it.thread_id)
    rooms = (f"round.{it.pk}", f"round.{it.pk}.tally", f"thread.{thread.pk}")
    server, over = Server(database, redis), threading.Event()
    writers = _writers(it, thread, size.changes, chance)
    killer = threading.Thread(target=_kill, args=[server, size.kills, chance, writers])
    try:
        pages = asyncio.run(_watch(server, rooms, size, chance, [*writers, killer], over))
    finally:
        server.kill()
    connections.close_all()
    return {"kills": server.kills - 1, **check(it, thread, pages)}


def _writers(it: Round, thread: Thread, changes: int, chance: random.Random) -> list[Worker]:
    entries = list(Entry.objects.filter(round=it).values_list("pk", flat=True))
    people = [cast.person(f"Fan{n}") for n in range(VOTERS)]
    voters = [cast.voter(person).pk for person in people]
    writers = []
    for n in range(WRITERS):
        # Each writer votes for people of its own, so that each change is one.
        pairs = [(voter, entry) for voter in voters[n::WRITERS] for entry in entries]
        chance.shuffle(pairs)
        work = _Work(it.pk, thread, people[n], pairs, changes // WRITERS)
        # Processes, so that what they do does not delay what the pages hear.
        writers.append(get_context("fork").Process(target=work.do))
    return writers


@dataclass(frozen=True)
class _Work:
    """What one writer changes: votes back and forth, and now and then a comment."""

    it: int
    thread: Thread
    author: User
    pairs: list[tuple[int, int]]
    changes: int

    def do(self) -> None:
        # Those of the process that made this one.
        connections.close_all()
        says: dict[tuple[int, int], bool] = {}
        for number in range(0, self.changes, TALK):
            self._say(f"Thought {number}")
            batch = [self.pairs[(number + n) % len(self.pairs)] for n in range(TALK - 1)]
            for pair in batch:
                says[pair] = not says.get(pair, False)
            apply_batch([Change(self.it, *pair, supports=says[pair]) for pair in batch])
        if way := courier.remote():
            way.flush()

    def _say(self, body: str) -> None:
        key = uuid.uuid4()
        post_comment(thread=self.thread, author=self.author, body=body, now=now(), client_key=key)


def _kill(server: Server, kills: int, chance: random.Random, writers: Sequence[Worker]) -> None:
    while server.kills < kills and any(one.is_alive() for one in writers):
        time.sleep(chance.uniform(1, 5))
        server.kill()
        server.start()


async def _watch(
    server: Server,
    rooms: tuple[str, ...],
    size: Size,
    chance: random.Random,
    work: list[Worker],
    over: threading.Event,
) -> list[Page]:
    """All pages, until the work is done and each has been quiet for a while."""
    pages = [Page(rooms) for _ in range(size.pages)]
    seeds = [random.Random(chance.getrandbits(32)) for _ in pages]
    tasks = [
        asyncio.create_task(_live(page, server, size.cuts, seed, over))
        for page, seed in zip(pages, seeds, strict=True)
    ]
    for one in work:
        one.start()
    while any(one.is_alive() for one in work):
        await asyncio.sleep(0.1)
    over.set()
    await asyncio.gather(*tasks)
    return pages


async def _live(
    page: Page, server: Server, cuts: tuple[float, float], chance: random.Random, over: Any
) -> None:
    while True:
        began = time.monotonic()
        until = began + chance.uniform(*cuts)
        try:
            url = f"ws://127.0.0.1:{server.port}/ws/?lang=en"
            origin = f"http://127.0.0.1:{server.port}"
            async with connect(url, origin=origin, open_timeout=20, close_timeout=1) as wire:
                await wire.send(page.join())
                if await _listen(page, wire, began, until, over):
                    return
                page.cuts += 1
                wire.transport.abort()
        except Exception:
            # Refused or cut off: the server is gone for a moment.
            await asyncio.sleep(chance.uniform(0.1, 0.6))


async def _listen(page: Page, wire: Any, began: float, until: float, over: Any) -> bool:
    """Apply what comes until the cut; True when everything is over and nothing comes any more."""
    waits = set(page.rooms)
    while time.monotonic() < until or over.is_set():
        try:
            async with asyncio.timeout(3 if over.is_set() and not waits else 0.5):
                message = json.loads(await wire.recv())
        except TimeoutError:
            if over.is_set() and not waits:
                return True
            continue
        if message.get("missed"):
            await wire.send(page.join(message["missed"]))
        if message.get("joined") and message["room"] in waits:
            waits.discard(message["room"])
            if not waits:
                page.caught_up.append(time.monotonic() - began)
        if message.get("frames"):
            page.take(message)
    return False


def check(it: Round, thread: Thread, pages: Sequence[Page]) -> dict[str, float]:
    """Every page beside the database; what differs is printed, for the first few."""
    wanted = Page(pages[0].rooms)
    for room in wanted.rooms:
        text = live.render(room, "en", None, 0)
        assert text
        wanted.take(json.loads(text))
    posted = Comment.objects.filter(thread=thread, deleted_at=None).order_by("pk")
    wanted.items = list(posted.values_list("posted_seq", flat=True))
    missed = twice = disordered = 0
    for page in pages:
        # Who missed very many got the newest anew; the earlier ones are a link away.
        due = [order for order in wanted.items if order >= min(page.items, default=0)]
        missed += len(set(due) - set(page.items))
        twice += len(page.items) - len(set(page.items))
        disordered += page.items != sorted(page.items)
        lists = {key for key in wanted.shown if key.endswith("-comments")}
        stale = [
            key
            for key, (_version, html) in wanted.shown.items()
            if key not in lists and _text(page.shown.get(key, (0, ""))[1]) != _text(html)
        ]
        missed += len(stale)
        for key in stale[:2]:
            print(f"a page shows an old {key}: {page.shown.get(key)} is not {wanted.shown[key]}")
    waits = sorted(wait for page in pages for wait in page.caught_up)
    it.refresh_from_db()
    return {
        "pages": len(pages),
        "changes": it.seq + len(wanted.items),
        "cuts": sum(page.cuts for page in pages),
        "missed": missed,
        "twice": twice,
        "disordered": disordered,
        "catch_up_p95_s": round(waits[int(len(waits) * 0.95)], 2) if waits else -1,
    }


def _text(html: str) -> str:
    """Without the number of the change: a tally that looks the same keeps an older one."""
    return re.sub(r' data-version="\d+"', "", html)
