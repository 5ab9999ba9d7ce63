"""Whether the database still has what keeps the votes: constraints, and the triggers of the log."""

from typing import Final

from django.db import connection, models

from core.verify import Checked
from voting.audit import Rounds
from voting.models import Ballot, BallotLog, Choice, ClosingFile, Entry, Receipt, SetAside, Tally
from voting.triggers import GUARD

GUARDED: Final[tuple[type[models.Model], ...]] = (
    Entry,
    Ballot,
    Choice,
    BallotLog,
    Tally,
    ClosingFile,
    Receipt,
    SetAside,
)


def constraints(rounds: Rounds = None) -> Checked:
    """V1: the database itself refuses a second ballot, choice, number or tally."""
    found, seen = [], 0
    for model in GUARDED:
        wanted = {one.name for one in model._meta.constraints}
        with connection.cursor() as cursor:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
        seen += len(wanted)
        found += [f"{model._meta.db_table} lacks {name}" for name in sorted(wanted - set(there))]
    return Checked("constraints", seen, found)


def log_guarded(rounds: Rounds = None) -> Checked:
    """V7: the database itself refuses to change or delete what is in the log."""
    missing = [f"trigger {name} is missing" for name in GUARD.missing()]
    return Checked("triggers of the log", len(GUARD.wanted()), missing)
