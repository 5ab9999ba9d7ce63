"""The same form sent twice is one thing, also when both arrive at the same moment."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

T = TypeVar("T")


def once(find: Callable[[], T | None], make: Callable[[], T]) -> T:
    """What `find` finds by the form's key, else what `make` makes, in a transaction of its own.

    The key must be unique in the database: of two at once one makes it, and the other is refused
    there and finds it. An `IntegrityError` for another reason goes on.
    """
    found = find()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        found = find()
        if found is None:
            raise
        return found
