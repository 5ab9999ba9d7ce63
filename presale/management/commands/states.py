"""Write the tables of all state machines to docs/states.md, from the code."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.states import Moves
from designs.states import BRIEF_MOVES, DESIGN_MOVES, PIN_MOVES
from fans.states import BRAND_MOVES
from presale.states import MACHINES, Table
from voting.states import ROUND_MOVES

INTRODUCTION = """# States

Written by `manage.py states` from the tables in the code; a test compares the two. A pair of state
and event that is not listed is refused and changes nothing. Every step leaves a row in the log of
states, with who took it, when, and why.
"""


class Command(BaseCommand):
    """`manage.py states`."""

    help = "Writes docs/states.md from the tables of the state machines."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        path = settings.BASE_DIR / "docs" / "states.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(described(), encoding="utf-8")
        self.stdout.write(str(path))


def described() -> str:
    """The document."""
    plain = {"Brand": BRAND_MOVES, "Brief": BRIEF_MOVES, "Design": DESIGN_MOVES, "Pin": PIN_MOVES}
    parts = [INTRODUCTION]
    parts += [_short(name, moves) for name, moves in {**plain, "Round": ROUND_MOVES}.items()]
    parts += [_long(name, table) for name, table in MACHINES.items()]
    return "\n".join(parts)


def _short(name: str, moves: Moves) -> str:
    rows = [f"| {state} | {event} | {to} |" for (state, event), to in moves.items()]
    return "\n".join([f"## {name}", "", "| from | event | to |", "|---|---|---|", *rows, ""])


def _long(name: str, table: Table) -> str:
    rows = [
        f"| {state} | {event} | {move.to} | {move.by} | {move.about} |"
        for (state, event), move in table.items()
    ]
    head = ["| from | event | to | who | when, and what it does |", "|---|---|---|---|---|"]
    return "\n".join([f"## {name}", "", *head, *rows, ""])
