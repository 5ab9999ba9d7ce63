"""Pins: set on a picture, carried to the next revision, answered by it, confirmed or disputed."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from core.once import once
from core.states import WrongState, advance
from designs import likeness
from designs.actions.comments import touch, write_comment
from designs.models import Comment, Pin, PinPlace, PinWord, Reaction, Revision, RevisionPicture
from designs.pins import supporters, unsettled
from designs.places import ALL, Spot, within
from designs.states import PIN_MOVES
from fans.access import has_role
from fans.actions import record_contribution
from fans.models import Contribution, User

# Fewer than this many supporters do not speak for the author.
FEWEST_WORDS = 2


class OlderRevision(Exception):
    """The picture belongs to a revision that has been followed by another."""


class NotYours(Exception):
    """Whether a pin is answered is for its author and its supporters to say."""


def set_pin(
    *,
    placement: RevisionPicture,
    spot: Spot,
    author: User,
    body: str,
    now: dt.datetime,
    client_key: uuid.UUID,
) -> Pin:
    """A comment with a place on a picture of the newest revision. The same key again: the same pin.

    Unlike other comments the same words may stand twice: both sleeves may be too wide.
    Raises `Locked`, `OlderRevision`.
    """
    pins = Pin.objects.filter(comment__author=author, comment__client_key=client_key)
    return once(pins.first, lambda: _set(placement, spot, author, body, now, client_key))


def _set(
    placement: RevisionPicture,
    spot: Spot,
    author: User,
    body: str,
    now: dt.datetime,
    client_key: uuid.UUID,
) -> Pin:
    revision = placement.revision
    design = revision.design
    # Takes the thread's row, so that of two pins at once each gets a number, and a revision that
    # is being written is either before or after.
    comment = write_comment(design.thread, author, body, now, client_key)
    if design.revisions.filter(number__gt=revision.number).exists():
        raise OlderRevision
    highest = design.pins.aggregate(highest=Max("number"))["highest"] or 0
    pin = Pin.objects.create(comment=comment, design=design, number=highest + 1)
    _place(pin, revision, placement, spot)
    return pin


def _place(pin: Pin, revision: Revision, placement: RevisionPicture | None, spot: Spot) -> None:
    PinPlace.objects.create(
        pin=pin,
        revision=revision,
        placement=placement,
        x=spot.x,
        y=spot.y,
        w=spot.w,
        h=spot.h,
    )


def carry_pins(revision: Revision) -> None:
    """Give every pin its place in a new revision; without one where its picture is gone."""
    before = revision.design.revisions.filter(number__lt=revision.number).last()
    if before is None:
        return
    places = list(PinPlace.objects.filter(revision=before).select_related("pin"))
    followers = _followers(before, revision, {place.placement_id for place in places})
    for place in places:
        spot = Spot(place.x, place.y, place.w, place.h)
        target, part = followers.get(place.placement_id, (None, ALL))
        moved = within(spot, part)
        _place(place.pin, revision, target if moved else None, moved or spot)
        touch(place.pin.comment_id, revision.design.thread)


def _followers(
    before: Revision, after: Revision, wanted: set[int | None]
) -> dict[int | None, tuple[RevisionPicture, Spot]]:
    """For each picture of a revision the one that follows it, and which part of it that shows.

    The same picture wherever it stands now; else the new picture in its place.
    """
    old = list(before.placements.select_related("picture"))
    new = list(after.placements.select_related("picture"))
    kept = {one.picture.sha256: one for one in new}
    was_there = {one.picture.sha256 for one in old}
    fresh = {one.position: one for one in new if one.picture.sha256 not in was_there}
    found: dict[int | None, tuple[RevisionPicture, Spot]] = {}
    for one in old:
        follower = kept.get(one.picture.sha256) or fresh.get(one.position)
        if follower and one.pk in wanted:
            found[one.pk] = follower, likeness.part_shown(one.picture, follower.picture)
    return found


def answer_pins(
    *, revision: Revision, pins: Collection[int], actor: str, now: dt.datetime
) -> list[Pin]:
    """Note that a revision answers these pins; those that are settled meanwhile are left aside."""
    answered = []
    for pin in unsettled(revision.design).filter(pk__in=pins):
        try:
            advance(
                pin,
                "answer",
                moves=PIN_MOVES,
                actor=actor,
                now=now,
                answered_in=revision,
                answered_at=now,
            )
        except WrongState:
            continue
        touch(pin.comment_id, revision.design.thread)
        answered.append(pin)
    return answered


@transaction.atomic
def judge_pin(*, pin: Pin, user: User, is_right: bool, now: dt.datetime) -> Pin:
    """Say whether the answer is right. The author's word decides; else that of most supporters.

    Raises `NotYours`, and `WrongState` where nothing was answered or it is confirmed already.
    """
    event = "confirm" if is_right else "dispute"
    if (pin.state, event) not in PIN_MOVES:
        raise WrongState(pin, event, pin.state)
    if pin.comment.author_id == user.pk:
        _settle(pin, event, user, now)
        return pin
    if pin.state != Pin.State.FIXED or user.pk not in supporters(pin):
        raise NotYours
    PinWord.objects.update_or_create(
        pin=pin,
        user=user,
        revision=pin.answered_in,
        defaults={"is_right": is_right, "at": now},
    )
    if _most_say(pin, is_right):
        _settle(pin, event, user, now)
    return pin


def _most_say(pin: Pin, is_right: bool) -> bool:
    asked = supporters(pin)
    words = PinWord.objects.filter(pin=pin, revision=pin.answered_in, user__in=asked)
    same = words.filter(is_right=is_right).count()
    return same >= FEWEST_WORDS and 2 * same > len(asked)


def _settle(pin: Pin, event: str, user: User, now: dt.datetime) -> None:
    advance(pin, event, moves=PIN_MOVES, actor=user.actor, now=now)
    touch(pin.comment_id, pin.design.thread)
    if event == "confirm":
        _credit(pin, now)


def _credit(pin: Pin, now: dt.datetime) -> None:
    author, design = pin.comment.author, pin.design
    brand = design.brief.brand
    if author.pk == design.designer_id or has_role(author, brand):
        return
    record_contribution(
        user=author,
        brand=brand,
        kind=Contribution.Kind.PIN_ANSWERED,
        subject=f"pin:{pin.pk}",
        label=design.title,
        url=reverse("designs:pin", args=[pin.pk]),
        at=now,
    )


@transaction.atomic
def react(*, comment: Comment, user: User, kind: str, is_on: bool, now: dt.datetime) -> Comment:
    """Give a comment a reaction or take it back; again changes nothing."""
    given = Reaction.objects.filter(comment=comment, user=user, kind=kind)
    if is_on and not given.exists():
        Reaction.objects.bulk_create(
            [Reaction(comment=comment, user=user, kind=kind, at=now)], ignore_conflicts=True
        )
    elif not is_on:
        given.delete()
    touch(comment.pk, comment.thread)
    comment.reactions = _counted(comment)
    Comment.objects.filter(pk=comment.pk).update(reactions=comment.reactions)
    return comment


def _counted(comment: Comment) -> dict[str, int]:
    kinds: Iterable[str] = comment.given.values_list("kind", flat=True)
    found: dict[str, int] = {}
    for kind in kinds:
        found[kind] = found.get(kind, 0) + 1
    return found
