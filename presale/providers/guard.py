"""Where a provider may be called."""

from django.db import connection


def refuse_inside_transaction() -> None:
    """A provider must not be called in a transaction: its answer could not be undone with it."""
    # A test case's own wrapper is not a transaction of ours.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("A payment provider was about to be called inside a transaction.")
