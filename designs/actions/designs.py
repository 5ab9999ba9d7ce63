"""Drafts: sent, revised, entered in rounds, decided about."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

from core.mail import queue_mail
from core.once import once
from core.states import WrongState, advance
from designs import search
from designs.actions.comments import touch_thread
from designs.actions.pins import answer_pins, carry_pins
from designs.models import Brief, Design, Revision, RevisionPicture, Thread
from designs.pictures import Chosen
from designs.states import DESIGN_MOVES
from fans.actions import record_contribution
from fans.models import Contribution, User

# Which text of the ownership declaration the designer agreed to; it stands in the form.
DECLARATION = "2026-11"
FIRST_NUMBER = 101
TRIES = 8
Kind = Contribution.Kind


class BriefClosed(Exception):
    """The brief takes no drafts any more, or not yet."""


@dataclass(frozen=True)
class DraftWords:
    """What the designer says about a draft, with its pictures in order."""

    title: str
    description: str
    pictures: list[Chosen]


def submit_design(
    *, brief: Brief, designer: User, words: DraftWords, form_key: uuid.UUID, now: dt.datetime
) -> Design:
    """A new draft with Revision 1. The same form again gives the same draft.

    Raises `BriefClosed`. Numbers rise over the whole site; of two at once one takes the next.
    """
    for _try in range(TRIES):
        sent = Design.objects.filter(form_key=form_key, designer=designer).first()
        if sent:
            return sent
        try:
            return _submit(brief, designer, words, form_key, now)
        except IntegrityError as error:
            taken = error
    raise taken


@transaction.atomic
def _submit(
    brief: Brief, designer: User, words: DraftWords, form_key: uuid.UUID, now: dt.datetime
) -> Design:
    # Under the row's lock, so that a close at the same moment is either before or after.
    brief = Brief.objects.select_for_update().get(pk=brief.pk)
    if brief.state != Brief.State.OPEN or (brief.closes_at and brief.closes_at <= now):
        raise BriefClosed
    highest = Design.objects.aggregate(highest=Max("number"))["highest"]
    design = Design.objects.create(
        brief=brief,
        designer=designer,
        number=(highest or FIRST_NUMBER - 1) + 1,
        title=words.title,
        description=words.description,
        royalty=brief.royalty,
        declaration=DECLARATION,
        thread=Thread.objects.create(),
        form_key=form_key,
        created_at=now,
    )
    search.note(design)
    _write_revision(design, 1, words.pictures, form_key, now)
    _contribute(design, Kind.DRAFT_ENTERED, now)
    return design


def add_revision(
    *,
    design: Design,
    what_changed: str,
    pictures: list[Chosen],
    actor: User,
    form_key: uuid.UUID,
    now: dt.datetime,
    answers: Collection[int] = (),
) -> Revision:
    """The next revision, which nobody changes afterwards. The same form again gives the same one.

    Pins go over to it; `answers` are those it answers. Raises `WrongState` while the draft
    competes in a round or is decided about.
    """
    if not what_changed.strip():
        raise ValueError("a revision says what changed")
    same = Revision.objects.filter(form_key=form_key, design=design)

    def write() -> Revision:
        advance(design, "revise", moves=DESIGN_MOVES, actor=actor.actor, now=now, state_reason="")
        # A pin set at this moment is on the revision before, or refused.
        touch_thread(design.thread)
        highest = design.revisions.aggregate(highest=Max("number"))["highest"] or 0
        made = _write_revision(design, highest + 1, pictures, form_key, now, what_changed)
        carry_pins(made)
        answer_pins(revision=made, pins=answers, actor=actor.actor, now=now)
        return made

    try:
        return once(same.first, write)
    except WrongState:
        # The same form, a moment earlier, may have taken the step.
        sent = same.first()
        if sent is None:
            raise
        return sent


def _write_revision(
    design: Design,
    number: int,
    pictures: list[Chosen],
    form_key: uuid.UUID,
    now: dt.datetime,
    what_changed: str = "",
) -> Revision:
    revision = Revision.objects.create(
        design=design,
        number=number,
        what_changed=what_changed,
        form_key=form_key,
        created_at=now,
    )
    RevisionPicture.objects.bulk_create(
        RevisionPicture(
            revision=revision,
            picture=chosen.picture,
            position=position,
            alt=chosen.alt,
            label=chosen.label,
        )
        for position, chosen in enumerate(pictures)
    )
    return revision


@transaction.atomic
def send_to_revision(design: Design, *, reason: str, actor: str, now: dt.datetime) -> None:
    """Ask the designer for another revision and say why; they are told by mail."""
    _decide(design, "ask", reason, actor, now)
    _contribute(design, Kind.DRAFT_ADVANCED, now, subject=_asked_subject(design))
    _tell(design, "revision_asked", _asked_subject(design), reason)


@transaction.atomic
def forward(design: Design, *, reason: str, actor: str, now: dt.datetime) -> None:
    """The draft goes on to the next round as it is, or as its designer makes it until then."""
    _decide(design, "leave", reason, actor, now)
    _contribute(design, Kind.DRAFT_ADVANCED, now, subject=_asked_subject(design))
    _tell(design, "design_forwarded", f"{_asked_subject(design)}:{now.isoformat()}", reason)


@transaction.atomic
def choose(design: Design, *, reason: str, actor: str, now: dt.datetime) -> None:
    """The draft will be made."""
    _decide(design, "choose", reason, actor, now)
    _contribute(design, Kind.DRAFT_WON, now)
    _tell(design, "design_chosen", f"design:{design.pk}", reason)


@transaction.atomic
def decline(design: Design, *, reason: str, actor: str, now: dt.datetime) -> None:
    """The draft will not be made; its rights return to the designer."""
    _decide(design, "decline", reason, actor, now)
    _tell(design, "design_not_chosen", _asked_subject(design), reason)


def enter_round(design: Design, *, actor: str, now: dt.datetime) -> None:
    """The draft competes in a round; until it is over it cannot be changed or withdrawn."""
    advance(design, "enter", moves=DESIGN_MOVES, actor=actor, now=now, state_reason="")


def leave_round(design: Design, *, actor: str, now: dt.datetime, reason: str = "") -> None:
    """The draft no longer competes and nothing was decided (the round was cancelled)."""
    _decide(design, "leave", reason, actor, now)


@transaction.atomic
def withdraw(design: Design, *, actor: User, now: dt.datetime) -> None:
    """The designer takes the draft back, and its thread is closed.

    Raises `WrongState` while people vote on it.
    """
    _decide(design, "withdraw", "", actor.actor, now)
    Thread.objects.filter(pk=design.thread_id).update(is_locked=True)


def _decide(design: Design, event: str, reason: str, actor: str, now: dt.datetime) -> None:
    advance(
        design,
        event,
        moves=DESIGN_MOVES,
        actor=actor,
        now=now,
        reason=reason,
        state_reason=reason,
    )


def _asked_subject(design: Design) -> str:
    newest = design.revisions.aggregate(newest=Max("number"))["newest"]
    return f"design:{design.pk}:rev:{newest}"


def _contribute(design: Design, kind: str, now: dt.datetime, subject: str = "") -> None:
    record_contribution(
        user=design.designer,
        brand=design.brief.brand,
        kind=kind,
        subject=subject or f"design:{design.pk}",
        label=design.title,
        url=reverse("designs:design", args=[design.pk]),
        at=now,
    )


def _tell(design: Design, template: str, subject: str, reason: str) -> None:
    context = {
        "name": design.designer.name,
        "design": design,
        "brand": design.brief.brand,
        "reason": reason,
        "url": settings.PUBLIC_URL + reverse("designs:design", args=[design.pk]),
    }
    designer = design.designer
    key = f"{subject}:{template}"
    queue_mail(key, designer.email, template, context, language=designer.language)
