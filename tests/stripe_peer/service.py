"""What every request passes: key, version, idempotency, faults."""

import json
import re
import secrets
import time
from dataclasses import dataclass, field

from stripe._api_version import _ApiVersion

from tests.stripe_peer import routes
from tests.stripe_peer.books import DAY, Books, Object, Remembered, World
from tests.stripe_peer.errors import Refusal, broken, invalid

BUSY = {
    "409": (409, "This object cannot be accessed right now.", "lock_timeout"),
    "429": (429, "Too many requests.", "rate_limit"),
}


class Dropped(Exception):
    """The connection is closed without an answer."""


@dataclass
class Answer:
    """Status, body and headers of an answer."""

    status: int
    body: Object | str
    headers: dict[str, str] = field(default_factory=dict)


def serve(world: World, method: str, path: str, text: str, headers: dict[str, str]) -> Answer:
    """One request to /v1, whatever becomes of it."""
    more = {"Request-Id": f"req_{secrets.token_hex(7)}", "Stripe-Version": _ApiVersion.CURRENT}
    try:
        with world.lock:
            world.seen.append(f"{method} {path}")
            books = _books(world, headers)
            fault = _fault(world, method, path)
        if fault.get("action") == "slow":
            time.sleep(float(fault.get("seconds", 1)))
        if fault.get("action") == "drop_before":
            raise Dropped
        key = headers.get("idempotency-key", "") if method == "POST" else ""
        answer = _keyed(books, method, path, text, key, fault.get("action", ""))
        if fault.get("action") == "garbage":  # by something between us; they remember the truth
            answer = Answer(200, "<html>not what you asked for</html>")
    except Refusal as error:
        answer = Answer(error.status, error.body)
    if answer.status >= 500:
        more["Stripe-Should-Retry"] = "false"
    answer.headers |= more
    return answer


def _books(world: World, headers: dict[str, str]) -> Books:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    mode = re.fullmatch(r"[sr]k_(test|live)_\w+", key)
    if scheme != "Bearer" or not mode or "wrong" in key:
        raise Refusal(401, "invalid_request_error", "Invalid API Key provided")
    if headers.get("stripe-version") != _ApiVersion.CURRENT:
        raise invalid("Stripe-Version must be pinned to the client's own", is_saved=False)
    return world.books(headers.get("stripe-account", ""), mode[1] == "live")


def _fault(world: World, method: str, path: str) -> Object:
    for fault in world.faults:
        if fault.get("method", method) == method and re.search(fault["path"], path):
            fault["left"] = fault.get("left", 1) - 1
            if not fault["left"]:
                world.faults.remove(fault)
            return fault
    return {}


def _keyed(books: Books, method: str, path: str, text: str, key: str, fault: str) -> Answer:
    """Once per key: the first answer again, whatever it was, for a day."""
    if not key:
        return _run(books, method, path, text, fault)
    if len(key) > 255:
        raise invalid("Idempotency keys are 255 characters at most", is_saved=False)
    request = (method, path, text)
    with books.world.lock:
        known = books.keys.get(key)
        if known and known.at + DAY <= books.now():
            known = None
        if known:
            if known.request != request:
                message = "Keys for idempotent requests can only be used with the same parameters"
                raise Refusal(400, "idempotency_error", message)
            if known.answer is None:
                raise _busy(409, "Another request with this key runs.", "idempotency_key_in_use")
            return Answer(*known.answer, {"Idempotent-Replayed": "true"})
        books.keys[key] = known = Remembered(request, books.now())
    try:
        answer = _run(books, method, path, text, fault)
    except Dropped as dropped:
        known.answer = dropped.args[0]
        raise
    except Refusal as error:
        if error.is_saved:
            known.answer = error.status, error.body
        else:
            del books.keys[key]
        raise
    known.answer = answer.status, answer.body
    return answer


def _run(books: Books, method: str, path: str, text: str, fault: str) -> Answer:
    if fault in BUSY:
        raise _busy(*BUSY[fault])
    if fault == "500":
        raise broken()
    if fault == "hold":  # runs until the test lets it go on, seen by all others as running
        books.world.held += 1
        books.world.gate.wait(20)
    with books.world.lock:
        try:
            body = routes.answer(books, method, path, text)
            status = 200
        except Refusal as error:
            if fault not in ("drop_after", "500_done") or not error.is_saved:
                raise
            body, status = error.body, error.status
    # What is remembered must not change with the object it shows.
    body = json.loads(json.dumps(body))
    if fault == "drop_after":
        raise Dropped((status, body))
    if fault == "500_done":
        raise broken()
    return Answer(status, body)


def _busy(status: int, message: str, code: str) -> Refusal:
    return Refusal(status, "invalid_request_error", message, code=code, is_saved=False)
