"""What leaves the house: the mail of a receipt, the mail to everybody at the close, and notices.

A head in somebody's mailbox is what the log cannot be rewritten behind. None of these mails says
what was chosen, and nobody gets more than one about one fact.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.clock import db_now
from core.dates import moment_words
from core.failpoints import failpoint
from core.mail import queue_mail
from fans.models import Follow, User
from fans.queries import reachable
from voting.actions.rounds import NotPossible
from voting.models import Ballot, BallotLog, ClosingFile, JobCursor, Notice, Receipt, Round
from voting.record import lock_rounds

BATCH = 50


@transaction.atomic
def ask_for_receipt(*, round: Round, user: User, now: dt.datetime | None = None) -> bool:
    """Mail a person their receipt because they ask; False when they have it already.

    Raises `NotPossible` without a ballot of theirs, or without an address that was proved.
    """
    locked = lock_rounds([round.pk])[round.pk]
    ballot = Ballot.objects.filter(round=locked, voter__user=user, is_confirmed=True).first()
    if ballot is None:
        raise NotPossible(_("You have no ballot in this round."))
    if not reachable(User.objects.filter(pk=user.pk)):
        raise NotPossible(_("Confirm your e-mail address first."))
    return mail_receipt(locked, ballot, now or db_now())


def mail_receipt(round: Round, ballot: Ballot, at: dt.datetime) -> bool:
    """Queue the mail with a ballot's place in the chain; False when there is nothing to do.

    Called inside the transaction of the fact, with the round's row locked.
    """
    user = reachable(User.objects.filter(voter__ballots=ballot)).first()
    if user is None or Receipt.objects.filter(ballot=ballot).exists():
        return False
    change = BallotLog.objects.get(round=round, seq=ballot.seq)
    Receipt.objects.create(ballot=ballot, round=round, seq=change.seq, head=change.head, at=at)
    context = {"seq": change.seq, "head": change.head}
    _queue(round, user, "receipt", context)
    return True


@transaction.atomic
def mail_close(*, round: Round) -> int:
    """Mail the last head to the next of those who voted; returns how many ballots were looked at.

    A bounded batch in the order of ballots: call it again until it finds none. Whoever calls at
    the same time waits, and then goes on from there.
    """
    JobCursor.objects.get_or_create(round=round, job=JobCursor.Job.ENDING)
    cursor = JobCursor.objects.select_for_update().get(round=round, job=JobCursor.Job.ENDING)
    if cursor.is_done or round.state != Round.State.CLOSED:
        return 0
    ballots = Ballot.objects.filter(round=round, pk__gt=cursor.reached).order_by("pk")
    found = list(ballots.values_list("pk", flat=True)[:BATCH])
    context = {"seq": round.seq, "head": round.head, "sha256": _sha_of_result(round)}
    for user in _voters(round, found):
        _queue(round, user, "closed", context)
        failpoint("close-half-mailed")
    cursor.reached = found[-1] if found else cursor.reached
    cursor.is_done = len(found) < BATCH
    cursor.save(update_fields=["reached", "is_done"])
    return len(found)


@transaction.atomic
def mail_notice(*, notice: Notice) -> int:
    """Mail a notice to the next of those whom it concerns; returns how many were mailed.

    Bounded, as `mail_close` is: call it again until it finds none.
    """
    notices = Notice.objects.select_related("round__brief__brand")
    locked = notices.select_for_update(of=("self",)).get(pk=notice.pk)
    if locked.is_told:
        return 0
    found = list(concerned(locked).filter(pk__gt=locked.told_to).order_by("pk")[:BATCH])
    for user in found:
        _queue_notice(locked, user)
    locked.told_to = found[-1].pk if found else locked.told_to
    locked.is_told = len(found) < BATCH
    locked.save(update_fields=["told_to", "is_told"])
    return len(found)


def concerned(notice: Notice) -> QuerySet[User]:
    """Who has a choice in the round, and who follows the brand.

    Of an early close the voters hear with the head of the log, in the mail that follows the count.
    """
    said = Ballot.objects.filter(round=notice.round_id, is_live=True, is_confirmed=True)
    voted = Q(voter__in=said.values("voter"))
    follows = Q(pk__in=Follow.objects.filter(brand=notice.round.brief.brand_id).values("user"))
    if notice.kind == Notice.Kind.ENDED:
        return reachable(User.objects.filter(follows).exclude(voted))
    return reachable(User.objects.filter(voted | follows))


def _queue_notice(notice: Notice, user: User) -> None:
    round = notice.round
    with translation.override(user.language):
        closes = moment_words(notice.closes_after, round.time_zone)
        own = moment_words(notice.closes_after, user.time_zone or "UTC")
    _queue(
        round,
        user,
        "notice",
        {
            "notice": notice,
            "moved": notice.closes_after != notice.closed_before,
            "closes": closes if own == closes else f"{closes} ({own})",
            "brand_page": reverse("fans:brand", args=[round.brief.brand.slug]),
        },
        key=f"round:{round.pk}:notice:{notice.pk}:{user.pk}",
    )


def _voters(round: Round, ballots: list[int]) -> QuerySet[User]:
    said = Ballot.objects.filter(pk__in=ballots, is_live=True, is_confirmed=True)
    return reachable(User.objects.filter(voter__ballots__in=said)).order_by("pk")


def _sha_of_result(round: Round) -> str:
    """By which all files can be checked; "" where they are not public, since they tell scores."""
    if round.results == Round.Results.NEVER:
        return ""
    return ClosingFile.objects.get(round=round, name=ClosingFile.Name.RESULT).sha256


def _queue(
    round: Round, user: User, fact: str, context: dict[str, object], *, key: str = ""
) -> None:
    queue_mail(
        key or f"round:{round.pk}:{fact}:{user.pk}",
        user.email,
        f"round_{fact}",
        {
            "name": user.name,
            "round": round,
            "brand": round.brief.brand,
            "page": reverse("voting:round", args=[round.pk]),
            "receipt": reverse("voting:receipt", args=[round.pk]),
            **context,
        },
        language=user.language,
    )
