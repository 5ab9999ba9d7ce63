"""Events from providers: stored before they are worked on, each once; only hints to look again."""

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.db.models import F

from presale import providers, terms
from presale.actions import answers, disputes, refunds
from presale.failpoints import failpoint
from presale.models import Attempt, InboundEvent, ProviderObject
from presale.providers import demo
from presale.providers.base import Unknown

E = InboundEvent.State
log = logging.getLogger(__name__)
# An event may overtake our own note of the object it speaks of; after that it is not ours.
TRIES_FOR_UNKNOWN_OBJECT = 3
# How the kinds of events about disputes begin, at each provider.
DISPUTES = ("charge.dispute.", "dispute.")


def receive(provider: str, body: bytes, headers: dict[str, str], *, now: dt.datetime) -> None:
    """Store a signed event; the same again is fine. Raises `BadSignature` and leaves no row."""
    event = providers.get(provider).parse_event(body, headers, now)
    try:
        with transaction.atomic():
            InboundEvent.objects.create(
                provider=provider,
                account=event.account,
                event_id=event.id,
                kind=event.kind[:80],
                ref=event.ref,
                body=body.decode(errors="replace"),
                # What cannot concern us is kept all the same: one sees that it came.
                state=E.WAITING if event.ref else E.IGNORED,
                processed_at=None if event.ref else now,
                received_at=now,
                look_at=now,
            )
    except IntegrityError:
        log.info("event again", extra={"event": event.id})


def process(event: InboundEvent, *, now: dt.datetime) -> None:
    """Fetch what the event speaks of and apply it; not inside a transaction, safe to repeat."""
    if event.kind.startswith(DISPUTES):
        return _dispute(event, now)
    target = (
        ProviderObject.objects.filter(provider=event.provider, account=event.account, ref=event.ref)
        .select_related("attempt__obligation", "refund_attempt__attempt")
        .first()
    )
    if target is None:
        return _put_off(event, "unknown object", now)
    try:
        if target.attempt:
            state = providers.get(event.provider).fetch(event.ref)
            answers.apply_state(target.attempt, state, now=now)
        elif target.refund_attempt:
            refund = providers.get(event.provider).fetch_refund(event.ref)
            refunds.apply_refund(target.refund_attempt, refund, now=now)
    except Unknown:
        return _put_off(event, "no answer", now)
    except Exception as error:
        # One event that cannot be worked on must not stand in front of the others for ever.
        log.exception("event failed", extra={"event": event.event_id})
        return _put_off(event, type(error).__name__, now)
    failpoint("event-applied")
    _done(event, E.DONE, now)


def _dispute(event: InboundEvent, now: dt.datetime) -> None:
    """A dispute is not made by us, so it is known by the charge it is about."""
    try:
        state = providers.get(event.provider).fetch_dispute(event.ref)
        attempt = Attempt.objects.filter(
            provider=event.provider, provider_account=event.account, charge_ref=state.charge_ref
        ).first()
        if attempt is None:
            return _put_off(event, "unknown object", now)
        disputes.apply_dispute(attempt, state, now=now)
    except Unknown:
        return _put_off(event, "no answer", now)
    except Exception as error:
        log.exception("event failed", extra={"event": event.event_id})
        return _put_off(event, type(error).__name__, now)
    _done(event, E.DONE, now)


def deliver_bank_events(now: dt.datetime) -> int:
    """The demo bank's side: send its notices, signed, to the same inbox as any provider's."""
    events = demo.waiting_events()
    for event in events:
        body = demo.event_body(event)
        receive("demo", body, {demo.SIGNATURE_HEADER: demo.sign(body, now)}, now=now)
        demo.mark_delivered(event, now)
    return len(events)


def _put_off(event: InboundEvent, why: str, now: dt.datetime) -> None:
    if why == "unknown object" and event.tries + 1 >= TRIES_FOR_UNKNOWN_OBJECT:
        return _done(event, E.IGNORED, now)
    InboundEvent.objects.filter(pk=event.pk).update(
        tries=F("tries") + 1, error=why, look_at=now + terms.backoff(event.tries)
    )


def _done(event: InboundEvent, state: str, now: dt.datetime) -> None:
    InboundEvent.objects.filter(pk=event.pk, state=E.WAITING).update(
        state=state, processed_at=now, error=""
    )
