"""Reads for the pages of briefs, drafts and conversations."""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, Count, Prefetch, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _

from designs import threads
from designs.models import Brief, Comment, Design, Revision, RevisionPicture, Thread
from designs.states import PIN_UNSETTLED
from designs.threads import Place
from fans.access import Visitor
from fans.models import Membership, User

# How many conversations (a comment with its replies) a page shows before it links to the rest.
SHOWN = 40
# Not within a word, so that no e-mail address becomes one.
MENTION = re.compile(r"(?<![\w@./])@([A-Za-z0-9][A-Za-z0-9_-]{1,39})")


@dataclass(frozen=True)
class Row:
    """A comment with its replies."""

    comment: Comment
    replies: list["Row"]


@dataclass(frozen=True)
class Talk:
    """A thread as a page shows it: the newest part, in the order of writing."""

    thread: Thread
    rows: list[Row]
    number: int
    earlier: int | None


def comments_of(thread: Thread) -> QuerySet[Comment]:
    """All comments, the deleted ones in their places."""
    return thread.comments.select_related("author", "thread", "deleted_by", "pin__answered_in")


def conversation(
    thread: Thread, before: int | None = None, shown: int = SHOWN, only: Q | None = None
) -> Talk:
    """The newest `shown` conversations, or those before comment `before`; `only` some of them."""
    tops = comments_of(thread).filter(parent=None)
    if only is not None:
        tops = tops.filter(pk__in=thread.comments.filter(only).values("pk"))
    if before:
        tops = tops.filter(pk__lt=before)
    newest = list(tops.order_by("-posted_seq")[: shown + 1])
    earlier = newest[shown - 1].pk if len(newest) > shown else None
    rows = _rows(thread, newest[:shown][::-1])
    number = thread.comments.filter(deleted_at=None).count()
    return Talk(thread, rows, number, earlier)


def only_some(show: str, user: Visitor) -> Q | None:
    """What a page of a conversation may be narrowed to: pins, those that wait, one's own."""
    if show == "mine" and user.is_authenticated:
        return Q(author=user.pk) | Q(replies__author=user.pk)
    return {
        "pins": Q(pin__isnull=False, deleted_at=None),
        "waiting": Q(pin__state__in=PIN_UNSETTLED, deleted_at=None),
    }.get(show)


def _rows(thread: Thread, tops: list[Comment]) -> list[Row]:
    replies = defaultdict(list)
    below = list(comments_of(thread).filter(parent__in=tops))
    add_parts(thread, [*tops, *below])
    for reply in below:
        replies[reply.parent_id].append(Row(reply, []))
    return [Row(top, replies[top.pk]) for top in tops]


def add_parts(thread: Thread, comments: list[Comment]) -> None:
    """Give each comment `part`, what its author is here (designer, the brand's name) or "".

    And `zone`, the brand's: times of one page are told in one zone.
    """
    place = threads.place_of(thread)
    hosts = place.hosts if place else {}
    team = _team(place) if place else set()
    people = _mentioned(comments)
    for comment in comments:
        comment.mentions = people  # type: ignore[attr-defined]
        comment.zone = place.brand.time_zone if place else ""  # type: ignore[attr-defined]
        known = hosts.get(comment.author_id, "")
        in_team = place is not None and comment.author_id in team
        comment.part = known or (place.brand.name if place and in_team else "")  # type: ignore[attr-defined]


def _mentioned(comments: list[Comment]) -> dict[str, str]:
    """The pages of the people whom these comments name by their handles; one query for all."""
    named = {match.lower() for one in comments for match in MENTION.findall(one.body)}
    if not named:
        return {}
    known = User.objects.filter(handle__in=named, is_active=True)
    return {
        handle: reverse("fans:profile", args=[handle])
        for handle in known.values_list("handle", flat=True)
    }


def _team(place: Place) -> set[int]:
    members = Membership.objects.filter(brand=place.brand)
    return set(members.values_list("user_id", flat=True))


def place_of_design(thread: Thread) -> Place | None:
    """The page of a draft's thread."""
    design = Design.objects.filter(thread=thread).select_related("brief__brand").first()
    if not design:
        return None
    url = reverse("designs:design", args=[design.pk])
    return Place(design.brief.brand, url, design.title, {design.designer_id: _("Designer")})


def with_newest(designs: QuerySet[Design]) -> QuerySet[Design]:
    """Drafts with `newest_revisions` (one, with pictures) for cards."""
    newest = Revision.objects.order_by("-number").prefetch_related(placements())
    return designs.prefetch_related(Prefetch("revisions", newest, to_attr="by_newest"))


def placements() -> Prefetch:
    """Pictures with their files, in order."""
    return Prefetch("placements", RevisionPicture.objects.select_related("picture"))


def revisions_of(design: Design) -> list[Revision]:
    """Every revision with its pictures, the first one first."""
    return list(design.revisions.order_by("number").prefetch_related(placements()))


def drafts_of(brief: Brief) -> QuerySet[Design]:
    """The drafts a brief has, without the withdrawn ones: the chosen one, then the newest."""
    shown = brief.designs.exclude(state=Design.State.WITHDRAWN).select_related("designer")
    chosen_first = Case(When(state=Design.State.CHOSEN, then=0), default=1)
    return with_newest(shown.order_by(chosen_first, "-number"))


def open_briefs(at: dt.datetime) -> QuerySet[Brief]:
    """Briefs that take drafts now, the one that closes first at the top."""
    still = Q(closes_at=None) | Q(closes_at__gt=at)
    return Brief.objects.filter(still, state=Brief.State.OPEN).order_by("closes_at", "pk")


def counted(briefs: QuerySet[Brief]) -> QuerySet[Brief]:
    """Briefs with `drafts`, the number of drafts they got."""
    in_play = ~Q(designs__state=Design.State.WITHDRAWN)
    return briefs.annotate(drafts=Count("designs", filter=in_play, distinct=True))


def designs_by(designer: User) -> QuerySet[Design]:
    """A designer's drafts, the newest first."""
    own = Design.objects.filter(designer=designer).select_related("brief__brand", "designer")
    return with_newest(own.order_by("-number"))
