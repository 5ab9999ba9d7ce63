"""A short cut to the socket under uvicorn: a frame encoded once, written to a thousand sockets.

An ASGI server encodes each message for each socket anew. Where the server is the one we know, a
text frame that is ready goes to its transport at once; everywhere else, and whenever the socket is
not simply open, the message takes ASGI's own way.
"""

from collections.abc import Callable
from typing import Any, Final

try:
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
    from websockets.protocol import OPEN
except ImportError:  # another server
    WebSocketsSansIOProtocol = OPEN = None  # type: ignore[assignment, misc]

WriteFrame = Callable[[bytes], bool]
TEXT: Final = 0x81  # a whole message of text


def text_frame(text: str) -> bytes:
    """The message as it goes over the wire from a server (RFC 6455, 5.2): unmasked."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return bytes((TEXT, size)) + data
    if size < 65_536:
        return bytes((TEXT, 126)) + size.to_bytes(2, "big") + data
    return bytes((TEXT, 127)) + size.to_bytes(8, "big") + data


def short_cut(send: Any) -> WriteFrame | None:
    """What writes a frame past ASGI's `send`, and says whether it could; None where it cannot."""
    protocol = getattr(send, "__self__", None)
    if WebSocketsSansIOProtocol is None or type(protocol) is not WebSocketsSansIOProtocol:
        return None
    try:
        protocol.disconnected  # noqa: B018  (these names are uvicorn's own and may change)
        conn, is_writable, write = (
            protocol.conn,
            protocol.writable.is_set,
            protocol.transport.write,
        )
        # With compression a frame hangs on those before it.
        if conn.extensions or conn.state is not OPEN:
            return None
        # Asked and answered: kept for as long as the socket is open, a seventh of its memory.
        vars(protocol).update(request=None, response=None)
    except AttributeError:
        return None

    def write_frame(frame: bytes) -> bool:
        if conn.state is not OPEN or protocol.disconnected or not is_writable():
            return False
        write(frame)
        return True

    return write_frame
