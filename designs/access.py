"""The doors to briefs, drafts, pictures and conversations."""

import datetime as dt
import uuid
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from designs import threads
from designs.models import Brief, Comment, Design, Picture, Pin, Thread
from fans.access import MERCHANT, Visitor, brand_for, has_role
from fans.models import Brand, User

EDITABLE_FOR: Final = dt.timedelta(minutes=15)


def signed_in(request: HttpRequest) -> User:
    """Who sends this request; only behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user


def public_briefs() -> QuerySet[Brief]:
    """Briefs everybody may read, the newest first."""
    shown = Brief.objects.exclude(state=Brief.State.DRAFT).select_related("brand")
    return shown.filter(brand__in=Brand.objects.public()).order_by("-created_at", "-pk")


def brief_for_reading(user: Visitor, pk: int) -> Brief:
    """A brief that is open or closed; one in preparation only for its brand. 404 otherwise."""
    brief = get_object_or_404(Brief.objects.select_related("brand"), pk=pk)
    if brief.state != Brief.State.DRAFT:
        return get_object_or_404(public_briefs(), pk=pk)
    if not has_role(user, brief.brand, *MERCHANT):
        return get_object_or_404(Brief.objects.none())
    return brief


def brief_for_managing(user: Visitor, slug: str, pk: int) -> Brief:
    """A brand's brief, for its owner and managers."""
    brand = brand_for(user, slug, *MERCHANT)
    return get_object_or_404(Brief.objects.select_related("brand"), pk=pk, brand=brand)


def may_answer(user: Visitor, brief: Brief) -> bool:
    """Whether the person may enter drafts here; a visitor may, after signing in."""
    return brief.is_open_to_all or has_role(user, brief.brand)


def brief_for_answering(user: User, pk: int) -> Brief:
    """A brief this person may answer. Whether it is still open is the action's to say."""
    brief = get_object_or_404(public_briefs(), pk=pk)
    if not may_answer(user, brief):
        raise PermissionDenied(
            _("Only designers of %(brand)s answer this brief.") % {"brand": brief.brand.name}
        )
    return brief


def all_designs() -> QuerySet[Design]:
    """Drafts with what their pages always show."""
    return Design.objects.select_related("brief__brand", "designer", "thread")


def design_for_reading(user: Visitor, pk: int) -> Design:
    """A draft whose brief everybody may read, or the viewer's own."""
    design = get_object_or_404(all_designs(), pk=pk)
    if design.designer_id != user.pk:
        brief_for_reading(user, design.brief_id)
    return design


def design_for_editing(user: User, pk: int) -> Design:
    """A draft, for its designer alone."""
    design = get_object_or_404(all_designs(), pk=pk)
    if design.designer_id != user.pk:
        raise PermissionDenied(_("Only its designer may change this draft."))
    return design


def design_for_deciding(user: Visitor, pk: int) -> Design:
    """A draft, for the owner and managers of the brand it answers."""
    design = get_object_or_404(all_designs(), pk=pk)
    if not may_decide(user, design):
        raise PermissionDenied(_("Only the brand may decide about this draft."))
    return design


def design_for_feedback(user: User, pk: int) -> Design:
    """A draft, for who learns from what people ask: its designer and the brand."""
    design = design_for_reading(user, pk)
    if design.designer_id != user.pk and not may_decide(user, design):
        raise PermissionDenied(_("Only its designer and the brand see this page."))
    return design


def may_decide(user: Visitor, design: Design) -> bool:
    """Whether the person speaks for the brand whose brief the draft answers."""
    return has_role(user, design.brief.brand, *MERCHANT)


def original_for(user: Visitor, pk: uuid.UUID) -> Picture:
    """The private original: for who uploaded it and for the brand it was sent to; else 404."""
    picture = get_object_or_404(Picture, pk=pk)
    if user.is_authenticated and picture.owner_id == user.pk:
        return picture
    sent_to = Brand.objects.filter(
        briefs__designs__revisions__placements__picture=picture,
        memberships__user=user.pk,
        memberships__role__in=MERCHANT,
    )
    if not user.is_authenticated or not sent_to.exists():
        return get_object_or_404(Picture.objects.none())
    return picture


def public_threads() -> QuerySet[Thread]:
    """Conversations; pages with one are public and visitors read along, until it is withdrawn."""
    return Thread.objects.exclude(design__state=Design.State.WITHDRAWN)


def thread_for_reading(pk: int) -> Thread:
    """A conversation that everybody may read."""
    return get_object_or_404(public_threads(), pk=pk)


def comment_for_reading(pk: int) -> Comment:
    """A comment that has not been deleted."""
    standing = Comment.objects.filter(deleted_at=None, thread__in=public_threads())
    return get_object_or_404(standing.select_related("author", "thread"), pk=pk)


def pin_for_reading(user: Visitor, pk: int) -> Pin:
    """A pin that everybody may read: neither deleted nor on a withdrawn draft. 404 otherwise."""
    shown = Pin.objects.filter(comment__deleted_at=None, comment__thread__in=public_threads())
    related = ("comment__author", "comment__thread", "answered_in", "design__brief__brand")
    pin = get_object_or_404(shown.select_related(*related, "design__designer"), pk=pk)
    if pin.design.designer_id != user.pk:
        brief_for_reading(user, pin.design.brief_id)
    return pin


def may_edit(comment: Comment, user: User, now: dt.datetime) -> bool:
    """Its author, as long as it is fresh."""
    fresh = comment.created_at + EDITABLE_FOR > now
    return comment.author_id == user.pk and fresh and not comment.deleted_at


def may_delete(comment: Comment, user: User) -> bool:
    """Its author, the brand whose page it stands on, and operators."""
    if comment.deleted_at:
        return False
    if comment.author_id == user.pk or user.is_staff:
        return True
    place = threads.place_of(comment.thread)
    return place is not None and has_role(user, place.brand, *MERCHANT)
