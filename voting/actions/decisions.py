"""What becomes of the drafts after the count: the brand decides, once, about every one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.states import WrongState
from designs import actions as design_actions
from fans.actions import record_contributions
from fans.models import Contribution
from voting import live
from voting.actions.rounds import NotPossible
from voting.models import Choice, Entry, Round, Tally
from voting.record import lock_rounds

Outcome = Entry.Outcome


@dataclass(frozen=True)
class Decision:
    """What happens to one entry, and the words for it that everybody reads."""

    outcome: str
    reason: str = ""


@transaction.atomic
def decide_round(
    *, round: Round, decisions: Mapping[int, Decision], actor: str, now: dt.datetime
) -> None:
    """Decide about every entry of a closed round at once: winner, going on, to be revised, out.

    At most one winner, and none is possible too. A winner who does not lead the deciding tally
    needs a public reason, and so does every draft that goes to revision or is not chosen. Drafts
    that go on need none while they are the first ones by that tally; one that goes on before a
    better placed draft which does not needs one. Raises `NotPossible`; a second decision is not
    possible.
    """
    lock_rounds([round.pk])
    entries = list(Entry.objects.filter(round=round).select_related("revision__design__designer"))
    _check(round, entries, decisions)
    for entry in entries:
        made = decisions[entry.pk]
        entry.outcome, entry.outcome_reason = made.outcome, made.reason
        entry.decided_at = now
        _move_design(entry, made, actor, now)
        if made.outcome == Outcome.WINNER:
            _note_backers(round, entry, now)
    Entry.objects.bulk_update(entries, ["outcome", "outcome_reason", "decided_at"], batch_size=100)
    live.round_changed(round.pk)


def _check(round: Round, entries: list[Entry], decisions: Mapping[int, Decision]) -> None:
    if round.state != Round.State.CLOSED:
        raise NotPossible(_("The round has not been counted."))
    if any(entry.outcome != Outcome.PENDING for entry in entries):
        raise NotPossible(_("This round was decided already."))
    if {entry.pk for entry in entries} != set(decisions):
        raise NotPossible(_("Every draft needs a decision."))
    winners = [pk for pk, one in decisions.items() if one.outcome == Outcome.WINNER]
    if len(winners) > 1:
        raise NotPossible(_("A round has one winner."))
    if any(_lacks_reason(one) for one in decisions.values()):
        raise NotPossible(_("A draft that is revised or not chosen needs a reason."))
    if any(not decisions[key].reason.strip() for key in overtaking(round, decisions)):
        raise NotPossible(
            _("A draft that goes on before a better placed one which does not needs a reason.")
        )
    if winners and not decisions[winners[0]].reason and not leads(round, winners[0]):
        raise NotPossible(
            _("This draft does not lead the tally that decides. Say why it wins anyway.")
        )


def _lacks_reason(decision: Decision) -> bool:
    if decision.outcome in (Outcome.WINNER, Outcome.FORWARDED):
        return False
    return decision.outcome == Outcome.PENDING or not decision.reason.strip()


def overtaking(round: Round, decisions: Mapping[int, Decision]) -> list[int]:
    """The entries that go on though a better placed one is not chosen."""
    rows = Tally.objects.filter(round=round, group=round.deciding).order_by("rank")
    passed_over, found = False, []
    for entry in rows.values_list("entry_id", flat=True):
        outcome = decisions[entry].outcome
        passed_over = passed_over or outcome == Outcome.NOT_CHOSEN
        if passed_over and outcome == Outcome.FORWARDED:
            found.append(entry)
    return found


def leads(round: Round, entry_pk: int) -> bool:
    """Whether the entry is first in the tally that was fixed to decide."""
    rows = Tally.objects.filter(round=round, group=round.deciding, rank=1, voters__gt=0)
    return rows.filter(entry=entry_pk).exists()


def _move_design(entry: Entry, made: Decision, actor: str, now: dt.datetime) -> None:
    step = {
        Outcome.WINNER: design_actions.choose,
        Outcome.FORWARDED: design_actions.forward,
        Outcome.TO_REVISE: design_actions.send_to_revision,
        Outcome.NOT_CHOSEN: design_actions.decline,
    }[Outcome(made.outcome)]
    design = entry.revision.design
    try:
        step(design, reason=made.reason, actor=actor, now=now)
    except WrongState as moved:
        text = _("Draft No. %(number)s has moved on meanwhile; it cannot be decided so.")
        raise NotPossible(text % {"number": f"{design.number:04d}"}) from moved


def _note_backers(round: Round, winner: Entry, now: dt.datetime) -> None:
    backers = Choice.objects.filter(
        entry=winner,
        supports=True,
        ballot__is_confirmed=True,
        ballot__is_live=True,
        ballot__is_quarantined=False,
    )
    record_contributions(
        user_ids=list(backers.values_list("ballot__voter__user_id", flat=True)),
        brand=round.brief.brand,
        kind=Contribution.Kind.PICKED_WINNER,
        subject=f"round:{round.pk}",
        label=winner.revision.design.title,
        url=reverse("voting:round", args=[round.pk]),
        at=now,
    )
