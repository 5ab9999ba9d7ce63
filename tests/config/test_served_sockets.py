"""Sockets of the whole application on a port: who gets one, and what a bad reader costs."""

import contextlib
import json
import socket
import time

import pytest
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.uri import parse_uri

from core import connection as connection_module
from core import consumers
from tests import cast
from tests.browser import session_cookie
from tests.core.sockets import Probe


def address(site):
    return f"{site.url.replace('http', 'ws')}/ws/?lang=en"


@contextlib.contextmanager
def joined(site, **options):
    """A socket of a visitor who is in the room of the probe."""
    with connect(address(site), origin=site.url, max_size=None, **options) as wire:
        wire.send('{"join": {"probe.1": 0}}')
        while not json.loads(wire.recv(10)).get("joined"):
            pass
        yield wire


def shown(wire):
    """The next text that comes for the page to show."""
    while True:
        for frame in json.loads(wire.recv(10)).get("frames", []):
            return frame["html"]


def connections():
    return consumers._hub.connections


def until(happened, seconds=20.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_socket_is_for_our_own_pages_whoever_is_signed_in(site):
    origins = {
        "own": site.url,
        "other": "https://evil.example",
        "sub": f"http://sub.127.0.0.1:{site.port}",
        "suffix": f"http://127.0.0.1.evil.example:{site.port}",
        "null": "null",
        "missing": None,
    }
    cookie = session_cookie(cast.person("Ada"))
    cookies = {"signed in": {"cookie": f"{cookie['name']}={cookie['value']}"}, "nobody": {}}
    answers = {}
    for name, origin in origins.items():
        for who, headers in cookies.items():
            try:
                with connect(address(site), origin=origin, additional_headers=headers):
                    until(connections)
                    (one,) = connections()
                    answers[name, who] = one.viewer.user.is_authenticated
            except InvalidStatus as refused:
                answers[name, who] = refused.response.status_code
            until(lambda: not connections())
    own = {("own", "signed in"): True, ("own", "nobody"): False}
    assert answers == {(name, who): 403 for name in origins for who in cookies} | own


def test_64_kib_is_the_most_a_page_may_say(site):
    Probe()
    with joined(site) as wire:
        wire.send('{"leave": []}'.ljust(consumers.MAX_BYTES))
        wire.send('{"join": {"probe.2": 0}}')
        assert json.loads(wire.recv(10))["joined"]
        wire.send(" " * (consumers.MAX_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            wire.recv(10)
    assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize("size", [10, 300, 70_000])
def test_frames_by_the_short_cut_are_what_a_client_expects(site, size):
    probe = Probe()
    with joined(site) as wire:
        (one,) = connections()
        assert one._write_frame
        for text in ("é" * size, "二" * size):
            probe.put("a", text)
            assert shown(wire) == f"{text} (en)"


def test_where_the_server_is_another_the_message_goes_by_its_own_way(site, monkeypatch):
    monkeypatch.setattr(connection_module, "short_cut", lambda send: None)
    probe = Probe()
    with joined(site) as wire:
        probe.put("a", "one")
        assert shown(wire) == "one (en)"


def test_who_never_reads_is_given_one_message_at_most_and_is_cut(site, monkeypatch):
    monkeypatch.setattr(connection_module, "SLOW_SECONDS", 0.3)
    probe, size, waiting = Probe(), 1_000_000, [0]
    with joined_unread(site):
        (stuck,) = connections()
        transport = stuck._send.__self__.transport
        for number in range(100):
            if stuck not in connections():
                break
            probe.put("a", f"{number}".ljust(size))
            until(lambda: consumers._hub.pulse.quiet)
            waiting.append(transport.get_write_buffer_size())
    assert stuck not in connections()
    assert max(waiting) < 1.1 * size


@contextlib.contextmanager
def joined_unread(site):
    """A socket in the probe's room that is never read from, and has little room for what comes."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect(("127.0.0.1", site.port))
    protocol = ClientProtocol(parse_uri(address(site)), origin=site.url)
    protocol.send_request(protocol.connect())
    wire.sendall(b"".join(protocol.data_to_send()))
    protocol.receive_data(wire.recv(4096))
    protocol.send_text(b'{"join": {"probe.1": 0}}')
    wire.sendall(b"".join(protocol.data_to_send()))
    until(lambda: any("probe.1" in one.rooms for one in connections()))
    yield
    wire.close()
