"""What the jobs share: a bounded batch, step by step, and which orders wait for an answer."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Q

from core.states import WrongState
from presale.errors import Refused
from presale.models import Attempt, PreOrder

log = logging.getLogger(__name__)
BATCH = 100
T = TypeVar("T")


def each(rows: Iterable[T], do: Callable[[T], Any], what: str) -> int:
    """Do it for each and count; one that fails is logged and does not stop the others.

    `False` from `do` means that there was nothing to do yet.
    """
    done = 0
    for row in rows:
        try:
            done += do(row) is not False
        except (WrongState, Refused):
            continue  # another process was first, or it is no longer so
        except Exception:
            log.exception("step failed", extra={"step": what, "row": getattr(row, "pk", None)})
    return done


def asked_lately(now: dt.datetime) -> Q:
    """Orders whose provider did not answer and is not asked again yet; for `exclude`.

    They leave their places in a batch to others.
    """
    unknown = Attempt.objects.filter(state=Attempt.State.UNKNOWN, look_at__gt=now)
    return Q(pk__in=unknown.values("obligation__order_id"))


def orders_where(**where: Any) -> Any:
    """Orders with their campaign, in the order in which they were made."""
    return PreOrder.objects.filter(**where).select_related("campaign").order_by("pk")
