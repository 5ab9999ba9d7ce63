"""What each vote asks of the database before it counts, in plain SQL: rounds, people, ballots."""

import uuid
from collections.abc import Collection
from typing import Final

from django.db import connections

from core.plain import Row, columns, made, select, stored_uuid, width, within
from designs.models import Brief
from fans.models import Brand
from voting.models import Ballot, Entry, Round
from voting.rows import among


def rounds(keys: Collection[int], using: str, *, locked: bool = False) -> dict[int, Round]:
    """Rounds by key, in its order, each with its brief and brand, and the number of `drafts`."""
    which, asked = within(keys, using)
    lock = locked and connections[using].vendor == "postgresql"
    ending = " FOR NO KEY UPDATE OF r" if lock else ""
    found = {}
    for row in select(f"{ROUNDS} WHERE r.id {which} ORDER BY r.id{ending}", [asked], using):
        round = made(Round, row[:BRIEF_AT], using)
        round.brief = made(Brief, row[BRIEF_AT:BRAND_AT], using)
        round.brief.brand = made(Brand, row[BRAND_AT:-1], using)
        round.drafts = row[-1]
        found[round.pk] = round
    return found


BRIEF_AT: Final = width(Round)
BRAND_AT: Final = BRIEF_AT + width(Brief)
ROUNDS: Final = (
    f"SELECT {columns(Round, 'r')}, {columns(Brief, 'b')}, {columns(Brand, 'h')},"
    " (SELECT count(*) FROM voting_entry e WHERE e.round_id = r.id) FROM voting_round r"
    " JOIN designs_brief b ON b.id = r.brief_id JOIN fans_brand h ON h.id = b.brand_id"
)


def entry_of(round: int, key: int, using: str) -> Entry | None:
    """An entry of that round, with the `number` of its design; none if it is not there."""
    found = select(f"{ENTRIES} WHERE e.id = %s AND e.round_id = %s", [key, round], using)
    if not found:
        return None
    entry = made(Entry, found[0][:-1], using)
    entry.number = found[0][-1]
    return entry


ENTRIES: Final = (
    f"SELECT {columns(Entry, 'e')}, d.number FROM voting_entry e"
    " JOIN designs_revision v ON v.id = e.revision_id JOIN designs_design d ON d.id = v.design_id"
)


def rounds_of(entries: Collection[int], using: str) -> dict[int, int]:
    """In which round each of these entries is."""
    which, keys = within(entries, using)
    return dict(select(f"SELECT id, round_id FROM voting_entry WHERE id {which}", [keys], using))


def voters(keys: Collection[int], using: str) -> list[Row]:
    """Voter and account of these voters."""
    if not keys:
        return []
    which, asked = within(keys, using)
    return select(f"SELECT id, user_id FROM fans_voter WHERE id {which}", [asked], using)


def guests(keys: Collection[uuid.UUID], using: str) -> list[tuple[int, uuid.UUID]]:
    """Voter and key of those guests who are one."""
    asked = {stored_uuid(key, using): key for key in keys}
    rest = (
        "v.id, g.key FROM {asked} CROSS JOIN fans_guest g"
        " JOIN fans_voter v ON v.guest_id = g.id WHERE g.key = asked.key"
    )
    found = among([(key,) for key in asked], "key uuid", rest, using)
    return [(voter, asked[key]) for voter, key in found]


def ballots(rounds: Collection[int], voters: Collection[int], using: str) -> list[Ballot]:
    """The ballots of these voters in these rounds."""
    (of, keys), (by, people) = within(rounds, using), within(voters, using)
    asked = f"SELECT {BALLOT} FROM voting_ballot b WHERE b.round_id {of} AND b.voter_id {by}"
    return [made(Ballot, row, using) for row in select(asked, [keys, people], using)]


BALLOT: Final = columns(Ballot, "b")
