"""People who vote by their sockets, each as soon as the vote before is answered."""

import random
import select
import socket
import time
from collections.abc import Callable, Sequence

from rig.wires import SECONDS, more, next_message, text_frame

PickEntry = Callable[[int, int], int]


class Voters:
    """Open sockets of people; each press turns one support on or off."""

    def __init__(self, wires: Sequence[socket.socket]) -> None:
        self.wires = list(wires)
        self.numbers = {wire.fileno(): number for number, wire in enumerate(wires)}
        self.buffers = {wire.fileno(): bytearray() for wire in wires}
        self.pressed = [0] * len(wires)
        self.says: set[tuple[int, int]] = set()
        self.limited = 0

    def vote(self, round: int, pick: PickEntry, seconds: float) -> tuple[int, float]:
        """All vote for so long; how many votes were acknowledged, and in how many seconds.

        `pick(voter, turn)` is the entry of that person's next press.
        """
        watch = select.epoll()
        for wire in self.wires:
            watch.register(wire.fileno(), select.EPOLLIN)
        began = time.perf_counter()
        until, done, waiting = began + seconds, 0, len(self.wires)
        for number in range(waiting):
            self._press(number, round, pick)
        while waiting:
            events = watch.poll(SECONDS)
            if not events:
                raise TimeoutError(f"{waiting} votes were not answered")
            for descriptor, _event in events:
                number, buffer = self.numbers[descriptor], self.buffers[descriptor]
                buffer += more(self.wires[number])
                while message := next_message(buffer):
                    if not message.startswith(b'{"answer"'):
                        continue
                    done += (taken := self._was_taken(message))
                    if taken and time.perf_counter() < until:
                        self._press(number, round, pick)
                    else:
                        waiting -= 1
        watch.close()
        return done, time.perf_counter() - began

    def _press(self, number: int, round: int, pick: PickEntry) -> None:
        entry = pick(number, self.pressed[number])
        self.pressed[number] += 1
        self.says ^= {(number, entry)}
        press = ballot(round, entry, (number, entry) in self.says)
        self.wires[number].sendall(press)

    def _was_taken(self, message: bytes) -> bool:
        if b'"marks"' in message:
            return True
        if b'"too-many"' not in message:
            raise RuntimeError(message[:300])
        self.limited += 1  # nobody judges that fast: this person is through for now
        return False


def ballot(round: int, entry: int, yes: bool) -> bytes:
    """The frame of a press."""
    key = f"{random.getrandbits(128):032x}"
    said = f'{{"key":"{key}","round":{round},"choice":"{entry} supports {yes:d}"}}'
    return text_frame(f'{{"ballot":{said}}}'.encode())
