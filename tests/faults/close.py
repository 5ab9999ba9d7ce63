"""G3: everybody votes in the last two seconds, over servers whose clocks are wrong.

What decides is the database's clock, which here is this machine's; so the moments of sending and
answering are known to be before or after the close.
"""

import asyncio
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from websockets.asyncio.client import connect

from core.clock import db_now
from core.models import StateLog
from tests import cast
from tests.faults.fleet import Server
from tests.faults.voters import Person, people
from voting import files, promises, verify
from voting.marks import Mark
from voting.models import BallotLog, ClosingFile, Round

DRAFTS, SKEWS = 12, (0, 90, -90, 0)
# Sent until so long after the close: the end of the round must be met from both sides.
BEFORE, AFTER = 2.0, 0.4
# The first ballot of each, so that connections are open and ballots made when the rush comes.
WARM = 6.0


@dataclass(frozen=True)
class Size:
    """How many ballots of how many voters, and the error of each server's clock in seconds."""

    ballots: int
    voters: int
    skews: tuple[int, ...] = SKEWS
    warm: float = WARM


@dataclass
class Sent:
    """One ballot: when it went (seconds after the close), and what came back when."""

    answer: promises.Answer
    sent: float
    answered: float = 0.0
    refused: str = ""


def run(database: str, redis: str, *, size: Size, seed: int) -> dict[str, float]:
    """The figures of the last line."""
    chance = random.Random(seed)
    it = cast.voting_round(drafts=DRAFTS)
    them = people(size.voters, chance)
    # Each closes rounds by itself, too: who believes that it is time must be told better.
    servers = [Server(database, redis, skew, {"EMBEDDED_WORKER": "1"}) for skew in size.skews]
    try:
        it.closes_at = db_now() + dt.timedelta(seconds=BEFORE + size.warm + 2)
        Round.objects.filter(pk=it.pk).update(closes_at=it.closes_at)
        cast.freeze(it)
        connections.close_all()
        # Where the close lies on the clock that only counts.
        end = time.monotonic() + (it.closes_at - dt.datetime.now(dt.UTC)).total_seconds()
        sent = asyncio.run(_storm(it, them, servers, end, size))
        result_s = _wait_for_result(it, end)
    finally:
        for server in servers:
            server.kill()
    return {**check(it, sent), "closed_s": _closed_after(it), "result_s": round(result_s, 1)}


async def _storm(
    it: Round, them: Sequence[Person], servers: Sequence[Server], end: float, size: Size
) -> list[Sent]:
    entries = await sync_to_async(lambda: list(it.entries.values_list("pk", flat=True)))()
    lists = await asyncio.gather(
        *(
            _votes(one, servers[n % len(servers)], it.pk, entries, end, size)
            for n, one in enumerate(them)
        )
    )
    return [one for mine in lists for one in mine]


async def _votes(
    one: Person, server: Server, it: int, entries: list[int], end: float, size: Size
) -> list[Sent]:
    origin = f"http://127.0.0.1:{server.port}"
    url = f"ws://127.0.0.1:{server.port}/ws/?lang=en"
    headers = {"cookie": one.cookie}
    sent: dict[str, Sent] = {}
    each = size.ballots // size.voters
    at = [one.chance.uniform(-BEFORE - size.warm, -BEFORE - size.warm / 6)]
    at += sorted(one.chance.uniform(-BEFORE, 0) for _ in range(each))
    # A few more after the end: all of them must be refused.
    at += sorted(one.chance.uniform(0, AFTER) for _ in range(max(1, each // 10)))
    async with connect(url, origin=origin, additional_headers=headers, open_timeout=30) as wire:
        reading = asyncio.create_task(_read(wire, sent, end, len(at)))
        for number, moment in enumerate(at):
            await asyncio.sleep(max(0, end + moment - time.monotonic()))
            entry, key = entries[number % len(entries)], uuid.uuid4()
            yes = number // len(entries) % 2 == 0
            told = promises.Answer(one.pk, entry, key, Mark(supports=yes))
            sent[str(key)] = Sent(told, time.monotonic() - end)
            choice = f"{entry} supports {yes:d}"
            await wire.send(
                json.dumps({"ballot": {"key": str(key), "round": it, "choice": choice}})
            )
        await asyncio.wait_for(reading, 60)
    return list(sent.values())


async def _read(wire: Any, sent: dict[str, Sent], end: float, count: int) -> None:
    for _ in range(count):
        answer = json.loads(await wire.recv())
        one = sent[answer["answer"]]
        one.answered, one.refused = time.monotonic() - end, answer.get("refused", "")


def _wait_for_result(it: Round, end: float) -> float:
    """Seconds from the close to the result."""
    while time.monotonic() < end + 60:
        it.refresh_from_db()
        if it.state == Round.State.CLOSED:
            return time.monotonic() - end
        time.sleep(0.05)
    raise RuntimeError("the round did not close")


def _closed_after(it: Round) -> float:
    """Seconds from the announced close until a process had closed the round to ballots."""
    step = StateLog.objects.get(entity=Round._meta.label_lower, object_id=it.pk, event="close")
    return round((step.at - it.closes_at).total_seconds(), 1)


def check(it: Round, sent: Sequence[Sent]) -> dict[str, float]:
    """The log beside what was sent and answered; every finding is printed."""
    it.refresh_from_db()
    logged = set(BallotLog.objects.filter(round=it).values_list("client_key", flat=True))
    counted = [one for one in sent if not one.refused]
    kept = promises.acknowledged(it, [one.answer for one in counted])
    found = [line for check in verify.CHECKS.values() for line in check([it.pk]).findings]
    found += kept.findings + _recounted(it)
    for line in found:
        print(line)
    late = [one for one in sent if one.answer.key in logged and one.sent > 0]
    early = [one for one in sent if one.refused == "closed" and one.answered < 0]
    other = [one for one in sent if one.refused not in ("", "closed")]
    return {
        "sent": len(sent),
        "in_last_two_seconds": sum(-BEFORE <= one.sent <= 0 for one in sent),
        "acknowledged": len(counted),
        "refused": sum(one.refused == "closed" for one in sent),
        "late": len(late) + sum(one.sent > 0 for one in counted),
        "early": len(early),
        "lost": len(kept.findings),
        "wrong": len(found) + len(other),
    }


def _recounted(it: Round) -> list[str]:
    """What the stand-alone script says of the public files, if it is not content."""
    with tempfile.TemporaryDirectory() as folder:
        for file in ClosingFile.objects.filter(round=it):
            is_list = file.name == ClosingFile.Name.LEAVES
            text = "".join(files.leaves_csv(it.pk, it.seq)) if is_list else ""
            Path(folder, file.name).write_bytes(text.encode() or files.content(file))
        tool = Path(settings.BASE_DIR) / "tools" / "recount.py"
        done = subprocess.run([sys.executable, tool, folder], capture_output=True, text=True)
    return [] if done.returncode == 0 else done.stdout.splitlines()[-3:]
