"""Changes made where there are no sockets: page workers, the task worker, commands.

They go through the channel layer, from one event loop in a thread of its own; a loop per call
would open connections each time and could lose the wake-up.
"""

import asyncio
import atexit
import os
import threading
import time
from collections.abc import Iterable
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from core import live
from core.pulse import Pulse, Threads

FLUSH_SECONDS = 2.0

_remote: "Remote | None" = None
_making = threading.Lock()


def remote() -> "Remote | None":
    """This process's way to the others; None when the layer reaches no other process."""
    global _remote
    if isinstance(get_channel_layer(), InMemoryChannelLayer):
        return None
    with _making:
        # A forked child has the object but not the thread.
        if _remote is None or _remote.pid != os.getpid():
            _remote = Remote()
        return _remote


class Remote:
    """Publishes to the channel layer from a thread with an event loop."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self.layer = get_channel_layer()
        self.pulse = Pulse(
            self.loop, Threads(1), self.layer.group_send, lambda room: live.languages()
        )
        threading.Thread(target=self.loop.run_forever, name="live-courier", daemon=True).start()
        atexit.register(self.flush)

    def mark(self, room: str, keys: Iterable[str]) -> None:
        """Announce a change of a room; from any thread."""
        self.pulse.mark(room, keys)

    def tell(self, message: dict[str, Any]) -> None:
        """Send a notice to the hubs of all processes; from any thread."""
        asyncio.run_coroutine_threadsafe(self.layer.group_send(live.CONTROL, message), self.loop)

    def flush(self) -> None:
        """Give what was marked a moment to leave; a short command would take it along."""
        until = time.monotonic() + FLUSH_SECONDS
        while not self.pulse.quiet and time.monotonic() < until and self.pid == os.getpid():
            time.sleep(0.02)
