"""The one way a state changes: a table of moves and a conditional update."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from core.models import StateLog

Moves = Mapping[tuple[str, str], str]


class WrongState(Exception):
    """The event is not allowed in the state the row is in, or another process was first."""

    def __init__(self, obj: models.Model, event: str, state: str) -> None:
        super().__init__(f"{obj._meta.label_lower} {obj.pk} is {state}: no {event}")
        self.obj, self.event, self.state = obj, event, state


def advance(
    obj: Any,
    event: str,
    *,
    moves: Moves,
    actor: str,
    now: dt.datetime,
    reason: str = "",
    **changes: Any,
) -> None:
    """Take one step: `obj.state` becomes `moves[state, event]`, with a `StateLog` row beside it.

    The update carries the state that was read, so of two at once one wins and the other gets
    `WrongState`; this holds on SQLite as well, which has no row locks. `changes` are written by
    the same statement. On success `obj` shows the new values.
    """
    before = obj.state
    after = moves.get((before, event))
    if after is None:
        raise WrongState(obj, event, before)
    with transaction.atomic():
        rows = type(obj)._default_manager.filter(pk=obj.pk, state=before)
        if not rows.update(state=after, **changes):
            raise WrongState(obj, event, "changed meanwhile")
        StateLog.objects.create(
            entity=obj._meta.label_lower,
            object_id=obj.pk,
            from_state=before,
            to_state=after,
            event=event,
            actor=actor,
            reason=reason,
            at=now,
        )
    obj.state = after
    for name, value in changes.items():
        setattr(obj, name, value)
