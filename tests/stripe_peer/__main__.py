"""`python -m tests.stripe_peer [port]`: prints its address and serves until it is ended."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_peer import control, pages
from tests.stripe_peer.books import World
from tests.stripe_peer.service import Answer, Dropped, serve

WORLD = World()


class Handler(BaseHTTPRequestHandler):
    """One connection to the peer."""

    protocol_version = "HTTP/1.1"
    # Header and body in one packet; otherwise each answer waits for the client's delayed ACK.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/v1/"):
            return self._api("GET", url.path, url.query)
        if url.path.startswith(("/c/pay/", "/3ds/")):
            with WORLD.lock:
                status, text = pages.page(WORLD, url.path)
            return self._send(status, text, {"Content-Type": "text/html"})
        self._send(404, "")

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if path.startswith("/_ctl/"):
            done = control.act(WORLD, path.removeprefix("/_ctl/"), json.loads(text or "{}"))
            return self._send(200, json.dumps(done))
        if path.startswith("/v1/"):
            return self._api("POST", path, text)
        with WORLD.lock:
            target = pages.press(WORLD, path, text)
        self._send(303, "", {"Location": target})

    def do_DELETE(self) -> None:
        self._api("DELETE", urlsplit(self.path).path, "")

    def _api(self, method: str, path: str, text: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = serve(WORLD, method, path, text, headers)
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self._send(answer.status, body, answer.headers)

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silent: what came is in the control's state."""


def main() -> None:
    """Serve on the given port, or on a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", int(*sys.argv[1:2] or [0])), Handler)
    server.daemon_threads = True
    WORLD.base = f"http://127.0.0.1:{server.server_port}"
    print(WORLD.base, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
