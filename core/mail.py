"""Mail: written as a row with the fact it tells, sent afterwards, once."""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from core.clock import now
from core.models import Outbox

log = logging.getLogger(__name__)
BATCH = 50
MAX_TRIES = 12


def queue_mail(
    key: str, to: str, template: str, context: dict[str, Any], *, language: str = "en"
) -> Outbox:
    """Write `templates/emails/<template>.{subject.txt,txt,html}` to the outbox, in `language`.

    Call it in the transaction of the fact. The same `key` again is the same mail: nothing is
    written. The HTML part is left out when there is no such template.
    """
    context = {"site_name": settings.SITE_NAME, "public_url": settings.PUBLIC_URL, **context}
    with translation.override(language):
        subject = render_to_string(f"emails/{template}.subject.txt", context)
        text = render_to_string(f"emails/{template}.txt", context)
    return queue_text(key=key, to=to, subject=subject, text=text, language=language, at=now())


def queue_text(
    *, key: str, to: str, subject: str, text: str, language: str, at: dt.datetime
) -> Outbox:
    """Write an already rendered mail to the outbox; the same `key` again is the same mail."""
    row, _created = Outbox.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "language": language,
            "subject": " ".join(subject.split())[:250],
            "text": text.strip() + "\n",
            "created_at": at,
            "due_at": at,
        },
    )
    return row


def send_due_mail(at: dt.datetime) -> int:
    """Send what waits in the outbox; a failure is tried again later, with growing pauses."""
    waiting = Outbox.objects.filter(sent_at=None, due_at__lte=at, tries__lt=MAX_TRIES)
    return sum(_send(row, at) for row in waiting.order_by("due_at")[:BATCH])


def _send(row: Outbox, at: dt.datetime) -> int:
    # Pushing the due time forward is the claim: a second worker no longer sees the row, and
    # after a crash it comes back by itself.
    pause = dt.timedelta(seconds=30 * 2 ** min(row.tries, 8))
    claim = Outbox.objects.filter(pk=row.pk, sent_at=None, due_at=row.due_at)
    if not claim.update(due_at=at + pause, tries=F("tries") + 1):
        return 0
    message = EmailMultiAlternatives(
        row.subject, row.text, to=[row.to], headers={"Message-ID": message_id(row), **row.headers}
    )
    if row.html:
        message.attach_alternative(row.html, "text/html")
    try:
        message.send()
    except Exception as error:
        Outbox.objects.filter(pk=row.pk).update(last_error=str(error)[:500])
        log.warning("mail not sent", extra={"key": row.key, "tries": row.tries + 1})
        return 0
    return Outbox.objects.filter(pk=row.pk).update(sent_at=now(), last_error="")


def message_id(row: Outbox) -> str:
    """The Message-ID of an outbox row: the same at every try."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return f"<outbox-{row.pk}@{domain}>"
