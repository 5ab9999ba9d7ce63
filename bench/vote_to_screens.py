"""From the click to the screens: how late a vote shows to everybody else, visitors among them.

    python bench/vote_to_screens.py

500 sockets, half of them visitors without an account, are in the room of a round that shows its
scores. First single votes, each after a quiet moment: from sending the press until every one of
the 500 has the frame with it, by socket. Then 100 votes a second for some seconds: from each press
until a screen has a frame with its version or a later one. The frame's arrival is measured; the
page shows other people's changes at most twice a second. At the end 1,000 sockets hear 2,000 stored
votes a second: the share of one core that this takes of the server, if so many can be reached here;
the same at 100 votes a second.
"""

import os
import re
import select
import socket
import time
from dataclasses import dataclass, field

from rig.servers import Server, load, site
from rig.site import fans, prepare
from rig.voters import ballot
from rig.wires import SECONDS, connect_all, more, next_message, shake_hands, text_frame

SCREENS, MANY, DRAFTS, VOTERS = 500, 1000, 120, 200
LONE, QUIET = 40, 0.25
BUSY_RATE, BUSY_SECONDS = 100, 6
FULL_RATE, FULL_SECONDS = 2000, 6
VERSION = re.compile(rb'"v":(\d+)')


@dataclass
class Screens:
    """Sockets that listen, and sockets that vote; what each has heard, and when."""

    round: int
    entries: list[int]
    wires: list[socket.socket]
    voters: list[socket.socket]
    seq: int = 0
    pressed: int = 0
    says: set[tuple[int, int]] = field(default_factory=set)
    heard: dict[int, int] = field(default_factory=dict)
    arrivals: list[tuple[int, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.epoll = select.epoll()
        self.by_descriptor = {wire.fileno(): wire for wire in [*self.wires, *self.voters]}
        self.buffers = {descriptor: bytearray() for descriptor in self.by_descriptor}
        self.screens = {wire.fileno() for wire in self.wires}
        self.answered = 0
        for descriptor in self.by_descriptor:
            self.epoll.register(descriptor, select.EPOLLIN)

    def press(self) -> None:
        """The next person turns the next draft on or off."""
        number = self.pressed % len(self.voters)
        entry = self.entries[self.pressed * 7 % len(self.entries)]
        self.pressed += 1
        self.says ^= {(number, entry)}
        said = ballot(self.round, entry, (number, entry) in self.says)
        self.voters[number].sendall(said)

    def listen(self, seconds: float) -> None:
        """Take what comes in that time; note when which version came to which screen."""
        for descriptor, _event in self.epoll.poll(max(0.0, seconds)):
            buffer = self.buffers[descriptor]
            buffer += more(self.by_descriptor[descriptor])
            while message := next_message(buffer):
                self._take(descriptor, message)

    def _take(self, descriptor: int, message: bytes) -> None:
        if message.startswith(b'{"answer"'):
            if b'"marks"' not in message:
                raise RuntimeError(message[:300])
            self.answered += 1
        elif descriptor in self.screens and b'.tally","frames"' in message:
            version = max(map(int, VERSION.findall(message)))
            self.heard[descriptor] = version
            self.arrivals.append((descriptor, version, time.perf_counter()))

    def lone_vote(self) -> list[float]:
        """Seconds from one press until each screen has it."""
        self.seq += 1
        self.arrivals.clear()
        began = time.perf_counter()
        self.press()
        while sum(version >= self.seq for version in self.heard.values()) < len(self.screens):
            if time.perf_counter() > began + SECONDS:
                raise TimeoutError("a screen never heard of the vote")
            self.listen(1)
        waits = [at - began for _screen, version, at in self.arrivals if version >= self.seq]
        quiet = time.perf_counter() + QUIET
        while (left := quiet - time.perf_counter()) > 0:
            self.listen(left)
        return waits

    def flow(self, rate: int, seconds: float, most_open: int) -> list[float]:
        """Presses at that rate, as long as no more than so many wait for their answer; when each
        was sent."""
        sent: list[float] = []
        answered, began = self.answered, time.perf_counter()
        while (now := time.perf_counter()) < began + seconds:
            due = int((now - began) * rate)
            while len(sent) < due and len(sent) - (self.answered - answered) < most_open:
                sent.append(time.perf_counter())
                self.press()
            self.listen(0.001)
        while self.answered - answered < len(sent):
            self.listen(1)
        return sent

    def busy(self) -> list[float]:
        """Seconds from each press of a busy time until each screen had it."""
        self.arrivals.clear()
        first = self.seq + 1
        sent = self.flow(BUSY_RATE, BUSY_SECONDS, most_open=10_000)
        self.seq += len(sent)
        until = time.perf_counter() + 5
        while min(self.heard.values()) < self.seq and time.perf_counter() < until:
            self.listen(0.1)
        waits: list[float] = []
        reached = dict.fromkeys(self.screens, first - 1)
        for screen, version, at in self.arrivals:
            # Versions are in the order of the log: within a batch as they were pressed.
            waits += [
                at - sent[number - first] for number in range(reached[screen] + 1, version + 1)
            ]
            reached[screen] = max(reached[screen], version)
        return waits


def main() -> None:
    """Measure and print."""
    prepare()
    from tests import cast
    from voting.models import Round

    it = cast.voting_round(drafts=DRAFTS, results=Round.Results.ALWAYS)
    entries = list(it.entries.order_by("pk").values_list("pk", flat=True))
    members = fans(MANY // 2)
    voters = fans(VOTERS)
    server = site()
    try:
        wires = _listeners(server, it.pk, members[: SCREENS // 2] + [""] * (SCREENS // 2))
        hands = [shake_hands(server.port, "/ws/?lang=en", cookie) for cookie in voters]
        page = Screens(it.pk, entries, wires, connect_all(server.port, hands))
        page.lone_vote()
        lone = sorted(wait for _ in range(LONE) for wait in page.lone_vote())
        busy = sorted(page.busy())
        more_wires = _listeners(server, it.pk, members[SCREENS // 2 :] + [""] * (SCREENS // 2))
        full = Screens(it.pk, entries, wires + more_wires, page.voters, says=page.says)
        full.pressed = page.pressed
        low, high = _share(server, full, BUSY_RATE), _share(server, full, FULL_RATE)
    finally:
        server.stop()
    print(f"{os.cpu_count()} cores, {load()}; {SCREENS} screens, half of them visitors'")
    for name, waits in (("lone", lone), ("busy", busy)):
        at = [waits[int(part * (len(waits) - 1))] * 1000 for part in (0.5, 0.99)]
        print(f"{name} vote: p50 {at[0]:.1f} ms, p99 {at[1]:.1f} ms of {len(waits)} arrivals")
    for share, rate in (low, high):
        print(f"{MANY} screens, {rate:.0f} votes/s stored: {share:.2f} of a core")
    if high[1] < 0.9 * FULL_RATE:
        print(f"{FULL_RATE} votes/s were not reached: no share of a core at that rate")
    print(f"lone_p50_ms={lone[len(lone) // 2] * 1000:.1f}", end=" ")
    print(f"busy_p99_ms={busy[int(0.99 * (len(busy) - 1))] * 1000:.1f}")


def _listeners(server: Server, round: int, cookies: list[str]) -> list[socket.socket]:
    hands = [shake_hands(server.port, "/ws/?lang=en", cookie) for cookie in cookies]
    said = f'{{"join":{{"round.{round}":0,"round.{round}.tally":0}}}}'.encode()
    return connect_all(server.port, hands, (text_frame(said), b'"round.%d.tally","joined"' % round))


def _share(server: Server, page: Screens, rate: int) -> tuple[float, float]:
    """The part of a core that the server used, and the votes per second that were reached."""
    page.flow(rate, 1, most_open=len(page.voters))
    cpu, began = server.cpu, time.perf_counter()
    sent = page.flow(rate, FULL_SECONDS, most_open=len(page.voters))
    took = time.perf_counter() - began
    return (server.cpu - cpu) / took, len(sent) / took


if __name__ == "__main__":
    main()
