"""Tries to pay: written before anything is sent, driven by looking before acting, ended.

Nothing here may run inside a transaction, except `new_attempt` and `give_up`: a provider is called.
"""

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import transaction

from core.states import WrongState, advance
from presale import links, providers, terms
from presale.actions import answers
from presale.errors import NotPayable, PaymentsOff
from presale.failpoints import failpoint
from presale.models import Attempt, Obligation, PreOrder, ProviderObject
from presale.providers.base import (
    Anchor,
    AnchorState,
    Declined,
    Misconfigured,
    Provider,
    Rejected,
    Unknown,
)
from presale.queries import saved_method
from presale.states import ATTEMPT_MOVES

log = logging.getLogger(__name__)
A, K = Attempt.State, Obligation.Kind
LOOK_AFTER = dt.timedelta(minutes=2)


def new_attempt(obligation: Obligation, channel: str, *, now: dt.datetime) -> Attempt:
    """Write a try to pay; inside a transaction that holds the order. Nothing is sent yet.

    What will be sent is frozen with it, so that sending it again is the same request.
    """
    order = obligation.order
    try:
        provider = providers.current()
    except Misconfigured:
        raise PaymentsOff from None
    last = last_attempt(obligation)
    page = links.order_url(order)
    soonest = now + provider.caps(order.currency).session_min
    ends = max(order.reserved_until, soonest) if obligation.kind == K.DEPOSIT else None
    return Attempt.objects.create(
        obligation=obligation,
        n=last.n + 1 if last else 1,
        channel=channel,
        provider=provider.slug,
        provider_account=order.campaign.brand.provider_account,
        key=f"pay-{uuid.uuid4().hex}",
        amount_minor=obligation.amount_minor,
        currency=obligation.currency,
        request={
            "success_url": f"{page}?from=bank",
            "cancel_url": f"{page}?from=bank",
            "expires_at": (ends or now + dt.timedelta(hours=23)).isoformat(),
            "save_method": obligation.kind == K.DEPOSIT and order.auto_charge,
            "method": saved_method(order) if channel == Attempt.Channel.OFF_SESSION else "",
        },
        look_at=now + LOOK_AFTER,
        created_at=now,
    )


def last_attempt(obligation: Obligation) -> Attempt | None:
    """The newest try to pay it, if there was any."""
    return obligation.attempts.order_by("-n").first()


def drive(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """Take an attempt as far as it goes without the customer: anchor, look, act, apply.

    May be repeated at any time, after any crash: the object at the provider can succeed once.
    """
    providers.refuse_inside_transaction()
    provider = providers.get(attempt.provider)
    try:
        if not attempt.anchor_ref:
            attempt = _anchor(provider, attempt, now)
        if attempt.anchor_ref is None:
            return attempt
        failpoint("anchor-stored")
        state = provider.fetch(attempt.anchor_ref)
        if _may_confirm(attempt, state):
            state = _confirm(provider, attempt)
            failpoint("confirmed")
    except Unknown:
        return answers.note_unknown(attempt, now=now)
    except Misconfigured:
        # Nothing was sent, or it was refused at the door: the order waits until that is mended.
        log.error("the payment provider refuses our key", extra={"attempt": attempt.pk})
        raise PaymentsOff from None
    except Declined as error:
        failpoint("declined")
        return answers.note_declined(attempt, error.decline, now=now)
    except Rejected as error:
        log.error("request refused by the provider", extra={"attempt": attempt.pk})
        return answers.note_rejected(attempt, str(error), now=now)
    return answers.apply_state(attempt, state, now=now)


def ask(attempt: Attempt, *, now: dt.datetime) -> tuple[Attempt, str]:
    """Fetch and apply: the attempt as it is afterwards, and what was said; "" for no answer."""
    providers.refuse_inside_transaction()
    assert attempt.anchor_ref
    try:
        state = providers.get(attempt.provider).fetch(attempt.anchor_ref)
    except (Unknown, Misconfigured):
        return answers.note_unknown(attempt, now=now), ""
    return answers.apply_state(attempt, state, now=now), state.status


def end_attempt(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """End an attempt at the provider; it comes back dead, succeeded, or unknown."""
    providers.refuse_inside_transaction()
    provider = providers.get(attempt.provider)
    try:
        ref = attempt.anchor_ref or _lost_anchor(provider, attempt)
        if ref is None:
            return answers.die(attempt, "never-sent", now=now)
        if not attempt.anchor_ref:
            attempt = _store_anchor(attempt, Anchor(ref), now)
        state = provider.kill(ref)
    except (Unknown, Misconfigured):
        return answers.note_unknown(attempt, now=now)
    failpoint("killed")
    return answers.apply_state(attempt, state, now=now)


@transaction.atomic
def give_up(attempt: Attempt, *, actor: str, now: dt.datetime) -> bool:
    """Wait no longer for a payment without an answer for a day; False before that.

    The operator looks at it. Money that arrives after all is booked and promised back.
    """
    attempt = answers.lock_attempt(attempt)
    since = attempt.unknown_since
    if attempt.state != A.UNKNOWN or since is None or since + terms.UNKNOWN_BLOCKS > now:
        return False
    advance(
        attempt, "die", moves=ATTEMPT_MOVES, actor=actor, now=now, reason=answers.NO_ANSWER,
        decline_code=answers.NO_ANSWER, look_at=None,
    )  # fmt: skip
    log.error("no answer for a day; operator must look", extra={"attempt": attempt.pk})
    return True


def _anchor(provider: Provider, attempt: Attempt, now: dt.datetime) -> Attempt:
    """Create the object that can succeed once; after a lost answer look for it first."""
    customer = _customer(provider, attempt.obligation.order)
    # One that is not new may have been sent by a process that died before it could say so.
    if attempt.state == A.UNKNOWN or attempt.tries or now - attempt.created_at >= LOOK_AFTER:
        ref = _lost_anchor(provider, attempt)
        if ref:
            return _store_anchor(attempt, Anchor(ref), now)
    common: dict[str, Any] = {
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "customer": customer,
        "key": attempt.key,
        "metadata": {"attempt": attempt.key, "order": attempt.obligation.order.number},
    }
    if attempt.channel == Attempt.Channel.OFF_SESSION:
        anchor = provider.create_charge(**common)
    else:
        anchor = provider.open_checkout(
            **common,
            save_method=attempt.request["save_method"],
            success_url=attempt.request["success_url"],
            cancel_url=attempt.request["cancel_url"],
            expires_at=dt.datetime.fromisoformat(attempt.request["expires_at"]),
        )
    failpoint("anchored")
    return _store_anchor(attempt, anchor, now)


def _lost_anchor(provider: Provider, attempt: Attempt) -> str | None:
    order = attempt.obligation.order
    if not order.customer_ref:
        return None
    found = provider.find(key=attempt.key, customer=order.customer_ref, since=attempt.created_at)
    return found[0].ref if found else None


def _customer(provider: Provider, order: PreOrder) -> str:
    if not order.customer_ref:
        order.customer_ref = provider.ensure_customer(
            email=order.email, key=f"person-{order.person}"
        )
        failpoint("customer-made")
        PreOrder.objects.filter(pk=order.pk).update(customer_ref=order.customer_ref)
    return order.customer_ref


def _store_anchor(attempt: Attempt, anchor: Anchor, now: dt.datetime) -> Attempt:
    actor = f"provider:{attempt.provider}"
    try:
        with transaction.atomic():
            current = answers.lock_attempt(attempt)
            if current.anchor_ref == anchor.ref:
                return current
            changes = {"anchor_ref": anchor.ref, "action_url": anchor.url}
            advance(current, "anchor", moves=ATTEMPT_MOVES, actor=actor, now=now, **changes)
            ProviderObject.objects.create(
                provider=current.provider,
                account=current.provider_account,
                ref=anchor.ref,
                attempt=current,
            )
            return current
    except WrongState:
        # It was ended while its object was being made: nobody may pay that object now.
        providers.get(attempt.provider).kill(anchor.ref)
        raise NotPayable from None


def _may_confirm(attempt: Attempt, state: AnchorState) -> bool:
    if attempt.channel != Attempt.Channel.OFF_SESSION or state.status != "open":
        return False
    # After a lost answer a refusal may already stand there: it is taken in before another try.
    return attempt.state == A.PENDING or (attempt.state == A.UNKNOWN and not state.decline)


def _confirm(provider: Provider, attempt: Attempt) -> AnchorState:
    assert attempt.anchor_ref
    return provider.confirm_charge(
        attempt.anchor_ref,
        method=attempt.request["method"],
        off_session=True,
        key=f"{attempt.key}-off-{attempt.tries}",
        return_url=attempt.request["success_url"],
    )
