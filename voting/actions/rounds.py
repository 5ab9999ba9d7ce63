"""The life of a round before its close: planned, scheduled, opened, cancelled."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.clock import db_now
from core.states import WrongState, advance
from designs.actions import enter_round, leave_round
from designs.models import Brief, Design, Thread
from fans.models import User
from voting import chain, earlier, live
from voting.candidates import free_designs, last_counted, newest_revisions
from voting.draws import RERUNS
from voting.gate import why_waiting
from voting.methods import Method, method_of
from voting.models import Entry, Round
from voting.queries import FEWEST_DRAFTS
from voting.record import lock_rounds
from voting.states import ROUND_MOVES, RUNNING


class NotPossible(Exception):
    """The step is not possible as things are; the message says why. Nothing changed."""


@dataclass(frozen=True)
class Plan:
    """What a merchant decides about a round before it opens. Instants are in UTC."""

    title: str
    rule: str
    electorate: str
    results: str
    deciding: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    time_zone: str
    method: str = Round.Method.SUPPORT
    parameters: dict[str, Any] = field(default_factory=dict)
    waits_for_pins: bool = False


@transaction.atomic
def plan_round(
    *, brief: Brief, plan: Plan, designs: Iterable[Design], actor: User, now: dt.datetime
) -> Round:
    """Make a round that only its brand sees, with the newest revisions of these drafts."""
    number = (Round.objects.filter(brief=brief).aggregate(top=Max("number"))["top"] or 0) + 1
    round = Round.objects.create(
        brief=brief,
        number=number,
        thread=Thread.objects.create(),
        created_by=actor,
        created_at=now,
        **asdict(plan),
    )
    _enter(round, designs)
    return round


@transaction.atomic
def change_round(*, round: Round, plan: Plan, designs: Iterable[Design]) -> None:
    """Change a round that is still a draft. Raises `WrongState` once it is public."""
    mine = Round.objects.filter(pk=round.pk, state=Round.State.DRAFT)
    if not mine.update(**asdict(plan)):
        raise WrongState(round, "change", round.state)
    round.entries.all().delete()
    _enter(round, designs)


@transaction.atomic
def schedule_round(*, round: Round, actor: str, now: dt.datetime) -> None:
    """Announce the round; it opens by itself when its time has come."""
    _require_drafts(round)
    if round.opens_at <= now:
        raise NotPossible(_("The opening lies in the past. Change it, or open the round now."))
    advance(round, "schedule", moves=ROUND_MOVES, actor=actor, now=now, held_up_at=None)
    live.round_changed(round.pk)


@transaction.atomic
def unschedule_round(*, round: Round, actor: str, now: dt.datetime) -> None:
    """Take the announcement back, to change the round."""
    advance(round, "unschedule", moves=ROUND_MOVES, actor=actor, now=now, held_up_at=None)
    live.round_changed(round.pk)


@transaction.atomic
def hold_up_round(*, round: Round, now: dt.datetime) -> bool:
    """Note that an announced round could not open in its time; whether that is new."""
    waiting = Round.objects.filter(pk=round.pk, state=Round.State.SCHEDULED, held_up_at=None)
    if not waiting.update(held_up_at=now):
        return False
    live.round_changed(round.pk)
    return True


@transaction.atomic
def open_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> None:
    """Open the round and freeze its rules, its drafts and their hash.

    Drafts withdrawn since the planning are left out, and a newer revision takes the place of the
    planned one. Opened before its time, the round opens now; its close stays where it was.
    """
    locked = lock_rounds([round.pk])[round.pk]
    at = now or db_now()
    if locked.closes_at <= at:
        raise NotPossible(_("The close lies in the past. Change it first."))
    _renew_entries(locked)
    _require_drafts(locked)
    _require_answers(locked)
    _name_earlier(locked)
    for entry in locked.entries.select_related("revision__design"):
        enter_round(entry.revision.design, actor=actor, now=at)
    locked.opens_at = min(locked.opens_at, at)
    locked.seed = secrets.token_hex(16)
    rules = frozen_rules(locked)
    advance(
        locked,
        "open",
        moves=ROUND_MOVES,
        actor=actor,
        now=at,
        opens_at=locked.opens_at,
        held_up_at=None,
        seed=locked.seed,
        log_secret=secrets.token_hex(32),
        rules_frozen=rules,
        rules_hash=chain.digest(rules),
    )
    earlier.note_unanswered(earlier.count_unanswered(locked))
    live.round_changed(round.pk)
    round.refresh_from_db()


def frozen_rules(round: Round) -> dict[str, Any]:
    """Everything that decides the round; its sha256 (canonical JSON) is what the page shows."""
    entries = round.entries.select_related("revision__design").order_by("pk")
    return {
        "round": round.pk,
        "method": round.method,
        "parameters": method_of(round).parameters,
        "how": method_of(round).frozen(),
        "in_words": _in_english(method_of(round)),
        "rule": round.rule,
        "electorate": round.electorate,
        "results": round.results,
        "deciding": round.deciding,
        "opens_at": round.opens_at.astimezone(dt.UTC).isoformat(),
        "closes_at": round.closes_at.astimezone(dt.UTC).isoformat(),
        "time_zone": round.time_zone,
        # The lot is drawn already, and nobody can know it: the seed is shown after the close.
        "seed_sha256": hashlib.sha256(round.seed.encode()).hexdigest(),
        "classes": "as they stood at the first ballot of the voter",
        "not_voters": "members of the brand at the ballot or the close; designers with an entry",
        "reruns": RERUNS,
        "entries": [
            {
                "entry": entry.pk,
                "draft": entry.revision.design.number,
                "revision": entry.revision.number,
                "earlier": entry.earlier_id,
            }
            for entry in entries
        ],
    }


def _in_english(method: Method) -> list[str]:
    """The rule as pages say it; frozen in one language, so that its hash is one."""
    with override("en"):
        return method.sentences()


@transaction.atomic
def cancel_round(*, round: Round, reason: str, actor: str, now: dt.datetime | None = None) -> None:
    """Call the round off with a reason that everybody sees. Ballots stay in the log, uncounted."""
    _cancel(lock_rounds([round.pk])[round.pk], reason, actor, now or db_now())
    round.refresh_from_db()


@transaction.atomic
def cancel_missed_round(*, round: Round, actor: str, now: dt.datetime | None = None) -> None:
    """Call off a round whose whole time passed unopened: no server, or too few drafts left.

    Without a reason: the page says that it could not open. Raises `WrongState` before its close.
    """
    locked = lock_rounds([round.pk])[round.pk]
    at = now or db_now()
    if locked.state != Round.State.SCHEDULED or at < locked.closes_at:
        raise WrongState(locked, "cancel", locked.state)
    _cancel(locked, "", actor, at)
    round.refresh_from_db()


def _cancel(round: Round, reason: str, actor: str, at: dt.datetime) -> None:
    # `at` is from after the lock: no ballot that waited for it is in the log after the end.
    was_running = round.is_running
    advance(
        round,
        "cancel",
        moves=ROUND_MOVES,
        actor=actor,
        now=at,
        reason=reason,
        close_reason=reason,
        closed_at=at,
    )
    if was_running:
        _give_back(round, actor=actor, now=at)
    live.round_changed(round.pk)


def _give_back(round: Round, *, actor: str, now: dt.datetime) -> None:
    """Give drafts back that compete in no other open round."""
    designs = Design.objects.filter(revisions__entries__round=round, state=Design.State.ENTERED)
    elsewhere = Q(revisions__entries__round__state__in=RUNNING)
    for design in designs.distinct():
        if not Design.objects.filter(elsewhere, pk=design.pk).exists():
            leave_round(design, actor=actor, now=now)


def _enter(round: Round, designs: Iterable[Design]) -> None:
    Entry.objects.bulk_create(
        Entry(round=round, revision=newest) for newest in newest_revisions(designs)
    )


def _renew_entries(round: Round) -> None:
    """Entries as of now: newest revisions, and only drafts that may still enter."""
    planned = list(round.entries.select_related("revision__design").order_by("pk"))
    ready = set(free_designs().filter(revisions__entries__round=round).values_list("pk", flat=True))
    designs = [one.revision.design for one in planned if one.revision.design_id in ready]
    wanted = newest_revisions(designs)
    if [one.revision_id for one in planned] != [one.pk for one in wanted]:
        # All anew, so that they keep their order. Nobody has said anything about them yet.
        round.entries.all().delete()
        Entry.objects.bulk_create(Entry(round=round, revision=one) for one in wanted)


def _name_earlier(round: Round) -> None:
    """Note with which entry each draft was in the last round that counted it."""
    entries = list(round.entries.select_related("revision"))
    designs = Design.objects.filter(pk__in=[one.revision.design_id for one in entries])
    before = dict(designs.annotate(found=last_counted("pk")).values_list("pk", "found"))
    for entry in entries:
        entry.earlier_id = before[entry.revision.design_id]
    Entry.objects.bulk_update(entries, ["earlier"], batch_size=100)


def _require_answers(round: Round) -> None:
    if reason := why_waiting(round):
        raise NotPossible(reason)


def _require_drafts(round: Round) -> None:
    if round.entries.count() < FEWEST_DRAFTS:
        raise NotPossible(_("A round needs at least two drafts."))
