"""One message to all: our server beside `websockets.broadcast`, socket.io and stock Channels.

    python bench/fanout.py [clients …]

Everybody sends a message of about 200 bytes to 100, 1,000 and 3,000 sockets, in bursts that
alternate within one run. Ours is the whole server: session and origin checked, the channel layer,
the hub. A loop of `write()` in C is the limit. The last line holds deliveries per second over
those of the others at 1,000 clients (medians), the memory of a signed-in socket, and the time
until 99 of 100 sockets had the message. What could not run is said, and is `-` in the last line.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rig.servers import UVICORN, Server, load, site
from rig.site import FOLDER, ROOT, fans, prepare
from rig.wires import Crowd, connect_all, shake_hands, text_frame

SIZES = (100, 1000, 3000)
TEXT = 200
TURNS = 7
DELIVERIES = 6000  # in one burst
CHANNELS_DELIVERIES = 1000
NODE = ROOT / "var" / "bench"
Steps = list[tuple[bytes, bytes]]


@dataclass
class Side:
    """One server and what was measured of it, by number of clients."""

    name: str
    server: Server
    message: int  # bytes of a broadcast on the wire
    path: str = ""
    steps: Steps = field(default_factory=list)
    most: int = max(SIZES)
    deliveries: int = DELIVERIES
    cookies: list[str] = field(default_factory=list)
    rates: dict[int, list[float]] = field(default_factory=dict)
    costs: dict[int, list[float]] = field(default_factory=dict)
    waits: dict[int, list[float]] = field(default_factory=dict)
    memory: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.server.trigger, self.message)

    def grow(self, clients: int) -> None:
        """Open sockets until there are that many."""
        names = self.cookies or [""] * clients
        new = [
            shake_hands(self.server.port, self.path, cookie) if self.path else b""
            for cookie in names[len(self.crowd.wires) : clients]
        ]
        self.crowd.add(connect_all(self.server.port, new, *self.steps))
        self.crowd.drain()
        self.memory[clients] = self.server.memory

    def burst(self, clients: int) -> None:
        """Broadcast some times and note what it took."""
        times = max(1, self.deliveries // clients)
        cpu, began = self.server.cpu, time.perf_counter()
        waits = [wait for _ in range(times) for wait in self.crowd.broadcast()]
        took = time.perf_counter() - began
        self.rates.setdefault(clients, []).append(len(waits) / took)
        self.costs.setdefault(clients, []).append((self.server.cpu - cpu) / len(waits) * 1e6)
        self.waits.setdefault(clients, []).extend(waits)

    def rate(self, clients: int) -> float:
        """Deliveries per second."""
        return statistics.median(self.rates[clients])

    def cost(self, clients: int) -> float:
        """Microseconds of the server's processor per delivery."""
        return statistics.median(self.costs[clients])

    def wait(self, clients: int, share: float) -> float:
        """Milliseconds until that share of the sockets had a message."""
        found = sorted(self.waits[clients])
        return found[int(share * (len(found) - 1))] * 1000

    def stop(self) -> None:
        """Hang up and end the server."""
        self.crowd.close()
        self.server.stop()


def main(*sizes: int) -> None:
    """Measure and print."""
    sizes = sizes or SIZES
    prepare()
    sides: dict[str, Side] = {}
    try:
        for start in (ours, websockets, socket_io, channels, loop):
            side = _start(start, max(sizes))
            if side:
                sides[side.name] = side
        for clients in sizes:
            _measure([side for side in sides.values() if clients <= side.most], clients)
        _report(sides, sizes)
    finally:
        for side in sides.values():
            side.stop()


def _start(start: Callable[[int], Side], most: int) -> Side | None:
    try:
        return start(most)
    except Exception as error:
        print(f"{start.__name__} could not run: {error}")
        return None


def ours(most: int) -> Side:
    """The site, signed-in people."""
    server = site(TEXT_SIZE=str(TEXT))
    join = text_frame(b'{"join":{"bench.1":0}}'), b'"joined":true'
    return Side("ours", server, TEXT + 4, "/ws/?lang=en", [join], cookies=fans(most))


def websockets(most: int) -> Side:
    """The library's own broadcast."""
    command = [sys.executable, "-m", "bench.rivals.broadcast"]
    return Side("websockets", Server(command, TEXT_SIZE=str(TEXT)), TEXT + 4, "/")


def socket_io(most: int) -> Side:
    """npm's socket.io, fetched on first use."""
    modules = NODE / "node_modules"
    if not (modules / "socket.io").exists():
        NODE.mkdir(parents=True, exist_ok=True)
        fetch = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(NODE)]
        subprocess.run([*fetch, "socket.io@4.8.4"], check=True, timeout=120, capture_output=True)
    around = len('42["news",""]')
    environment = {"NODE_PATH": str(modules), "TEXT_SIZE": str(TEXT - around)}
    server = Server(["node", "bench/rivals/rooms.js"], **environment)
    path = "/socket.io/?EIO=4&transport=websocket"
    # The namespace is joined, and answered with an id of the socket.
    return Side("socket.io", server, TEXT + 4, path, [(text_frame(b"40"), b'40{"sid"')])


def channels(most: int) -> Side:
    """Stock groups, signed-in people; at 3,000 clients they no longer answer in time."""
    text = TEXT - len('{"message": ""}')
    command = [*UVICORN, "bench.rivals.groups:application"]
    server = Server(command, TEXT_SIZE=str(text))
    side = Side("channels", server, TEXT + 4, "/", most=1000, deliveries=CHANNELS_DELIVERIES)
    side.cookies = fans(min(most, side.most))
    return side


def loop(most: int) -> Side:
    """The limit: `write()` in C."""
    compiler = shutil.which("cc")
    if not compiler:
        raise RuntimeError("no C compiler")
    program = FOLDER / "loop"
    source = ROOT / "bench" / "rivals" / "loop.c"
    subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)
    server = Server([str(program), "{port}", "{trigger}", str(TEXT + 4)])
    return Side("C loop", server, TEXT + 4)


def _measure(sides: list[Side], clients: int) -> None:
    for side in sides:
        side.grow(clients)
        side.crowd.broadcast()  # the first finds cold caches
    for _turn in range(TURNS):
        for side in sides:
            side.burst(clients)


def _report(sides: dict[str, Side], sizes: tuple[int, ...]) -> None:
    print(f"{os.cpu_count()} cores, {load()}; CPU is the server's, per delivery")
    for clients in sizes:
        for side in sides.values():
            if clients in side.rates:
                print(
                    f"{clients:5} clients {side.name:10} {side.rate(clients):8.0f} deliveries/s"
                    f" {side.cost(clients):6.1f} us CPU  p50 {side.wait(clients, 0.5):6.1f} ms"
                    f"  p99 {side.wait(clients, 0.99):6.1f} ms"
                )
    mine, few, many = sides["ours"], min(sizes), max(sizes)
    limit = sides.get("C loop")
    if limit and few < many:
        growth = mine.cost(many) / mine.cost(few)
        least = limit.cost(many) / limit.cost(few)
        print(f"CPU per delivery, {many} clients over {few}: ours {growth:.2f}, C {least:.2f};")
        print(f"ours over C's: {growth / least:.2f}")
    at = 1000 if 1000 in sizes else many
    others = [side for name, side in sides.items() if name != mine.name and at in side.costs]
    ratios = [f"{side.name} {side.cost(at) / mine.cost(at):.2f}" for side in others]
    print(f"CPU per delivery at {at} clients, theirs over ours: {', '.join(ratios)}")
    for name in ("websockets", "socket.io", "channels"):
        known = name in sides and at in sides[name].rates
        ratio = f"{mine.rate(at) / sides[name].rate(at):.2f}" if known else "-"
        print(f"fanout_vs_{name.replace('.', '')}={ratio}", end=" ")
    grown = (mine.memory[many] - mine.memory[few]) / (many - few) if few < many else 0
    print(f"kb_per_socket={grown / 1024:.1f} p99_ms_1000={mine.wait(at, 0.99):.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
