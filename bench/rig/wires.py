"""Sockets that cost the client little: no library, frames masked by zeros."""

import itertools
import select
import socket
import time
from collections.abc import Sequence

AT_ONCE = 50
SECONDS = 120


def shake_hands(port: int, path: str, cookie: str = "") -> bytes:
    """The request that opens a WebSocket from a page of the same site."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def text_frame(text: bytes) -> bytes:
    """A text message of a client; a mask of zeros leaves it as it is."""
    if len(text) < 126:
        return bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text
    return b"\x81\xfe" + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text


def next_message(buffer: bytearray) -> bytes | None:
    """The next message of the server, taken off the buffer; None while it is not whole."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1], 2
    if length > 125:
        start = 4 if length == 126 else 10
        if len(buffer) < start:
            return None
        length = int.from_bytes(buffer[2:start], "big")
    if len(buffer) < start + length:
        return None
    message = bytes(buffer[start : start + length])
    del buffer[: start + length]
    return message


def connect_all(
    port: int, greetings: Sequence[bytes], *steps: tuple[bytes, bytes]
) -> list[socket.socket]:
    """A connection per greeting; after it, send and wait for each of the `steps` in turn.

    A step is what to send and what must come back before the next one.
    """
    wires: list[socket.socket] = []
    for first in range(0, len(greetings), AT_ONCE):
        chunk = greetings[first : first + AT_ONCE]
        opened = [socket.create_connection(("127.0.0.1", port), timeout=SECONDS) for _ in chunk]
        exchange(opened, chunk, b"\r\n\r\n" if chunk[0] else b"")
        for said, wanted in steps:
            exchange(opened, [said] * len(opened), wanted)
        wires += opened
    return wires


def exchange(wires: Sequence[socket.socket], says: Sequence[bytes], wanted: bytes) -> None:
    """Send each wire its text, then read on each until `wanted` has come."""
    for wire, said in zip(wires, says, strict=True):
        wire.sendall(said)
    for wire in wires:
        heard = b""
        while wanted not in heard:
            heard += more(wire)
            if heard.startswith(b"HTTP/1.1") and b" 101 " not in heard[:20]:
                raise ConnectionError(f"refused: {heard[:200]!r}")


class Crowd:
    """Many sockets that wait for broadcasts; they count bytes, so messages are of one size."""

    def __init__(self, trigger: int, size: int) -> None:
        self.size, self.wires = size, dict[int, socket.socket]()
        self.epoll = select.epoll()
        self.trigger = socket.create_connection(("127.0.0.1", trigger), timeout=SECONDS)

    def add(self, wires: Sequence[socket.socket]) -> None:
        """Let these wait with the others."""
        for wire in wires:
            wire.setblocking(False)
            self.wires[wire.fileno()] = wire
            self.epoll.register(wire.fileno(), select.EPOLLIN)

    def drain(self) -> None:
        """Forget what has come that was no broadcast."""
        while events := self.epoll.poll(0.2):
            for descriptor, _event in events:
                self.wires[descriptor].recv(65536)

    def broadcast(self) -> list[float]:
        """Have the server broadcast once; after how many seconds each socket had all of it."""
        rest, arrived = dict.fromkeys(self.wires, self.size), []
        wires, poll, clock = self.wires, self.epoll.poll, time.perf_counter
        began = clock()
        self.trigger.sendall(b"!")
        while len(arrived) < len(rest):
            events = poll(SECONDS)
            if not events:
                raise TimeoutError(f"{len(rest) - len(arrived)} of {len(rest)} heard nothing")
            for descriptor, _event in events:
                left = rest[descriptor] = rest[descriptor] - len(more(wires[descriptor]))
                if left == 0:
                    arrived.append(clock() - began)
                elif left < 0:
                    raise AssertionError("more came than was sent")
        return arrived

    def close(self) -> None:
        """Hang up."""
        for wire in [*self.wires.values(), self.trigger]:
            wire.close()
        self.epoll.close()


def ask_empty(port: int, requests: int) -> None:
    """Ask for the empty page again and again over one connection."""
    ask = f"GET /bench/empty/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        for _turn in range(requests):
            wire.sendall(ask)
            answer = _response(wire)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer.splitlines()[0])


def post_votes(port: int, round: int, cookies: Sequence[str], choices: Sequence[str]) -> None:
    """These choices by the form of the page, by these people in turn, over one connection."""
    token = "t" * 32
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        for cookie, choice in zip(itertools.cycle(cookies), choices, strict=False):
            body = f"csrfmiddlewaretoken={token}&choice={choice}"
            head = [
                f"POST /r/{round}/ballot/ HTTP/1.1",
                f"Host: 127.0.0.1:{port}",
                f"Origin: http://127.0.0.1:{port}",
                f"Cookie: {cookie}; csrftoken={token}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
            wire.sendall("\r\n".join([*head, "", body]).encode())
            answer = _response(wire)
            if not answer.startswith(b"HTTP/1.1 302"):
                raise RuntimeError(answer[:500])


def _response(wire: socket.socket) -> bytes:
    """One answer with its body."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += more(wire)
    head, _gap, body = answer.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += more(wire)
    return head + body


def more(wire: socket.socket) -> bytes:
    """What has come; raises when nothing will any more."""
    part = wire.recv(65536)
    if not part:
        raise ConnectionError("the server hung up")
    return part
