"""Refusals in the shape of Stripe's error objects."""

from typing import Any


class Refusal(Exception):
    """An answer that is an error. `is_saved` tells whether the idempotency key remembers it."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str = "",
        param: str = "",
        is_saved: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.is_saved = status, is_saved
        found = {"type": kind, "message": message, "code": code, "param": param, **more}
        self.body = {"error": {name: value for name, value in found.items() if value}}


def invalid(message: str, *, code: str = "", param: str = "", **more: Any) -> Refusal:
    """The request makes no sense, or not now."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param, **more)


def bad_parameter(message: str, param: str, code: str) -> Refusal:
    """A parameter was refused before anything ran: the key may be used again."""
    return invalid(message, code=code, param=param, is_saved=False)


def missing(kind: str, ref: str) -> Refusal:
    """No such object in this account and mode."""
    return Refusal(
        404, "invalid_request_error", f"No such {kind}: '{ref}'", code="resource_missing",
        param="id", is_saved=False,
    )  # fmt: skip


def broken() -> Refusal:
    """Something failed on their side; the key remembers it all the same."""
    return Refusal(500, "api_error", "An unknown error occurred")
