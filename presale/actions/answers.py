"""What a provider says about a payment, written once, with what follows from it.

No provider is called here: direct answers, events and return pages all bring what they heard.
"""

import datetime as dt
import logging
from typing import Any

from django.db import transaction

from core.states import advance
from presale import ledger, terms
from presale.actions import settlement
from presale.actions.endings import live_attempt, void_debts
from presale.actions.places import give_back, lock_order
from presale.actions.telling import campaign_changed, mail_balance, order_changed
from presale.failpoints import failpoint
from presale.models import Attempt, Obligation, PreOrder, Unmatched
from presale.providers.base import AnchorState, Decline
from presale.states import ATTEMPT_MOVES, LIVE_ATTEMPTS, OBLIGATION_MOVES, ORDER_MOVES

log = logging.getLogger(__name__)
A, K, S = Attempt.State, Obligation.Kind, PreOrder.State
LOOK_HOURLY = dt.timedelta(hours=1)
# Why a payment was given up of which nobody ever said what came of it.
NO_ANSWER = "no-answer"


# -- The one door ---------------------------------------------------------------------------
@transaction.atomic
def apply_state(attempt: Attempt, state: AnchorState, *, now: dt.datetime) -> Attempt:
    """Write what the provider says about an attempt, and what follows from it; once.

    Direct answers, events, return pages and comparisons all come through here.
    """
    attempt = lock_attempt(attempt)
    if state.status == "paid":
        _apply_paid(attempt, state, now)
    elif state.status == "dead":
        _apply_dead(attempt, now)
    elif attempt.state in LIVE_ATTEMPTS:
        _apply_open(attempt, state, now)
    attempt.refresh_from_db(fields=["state", "look_at", "decline_code", "action_url"])
    return attempt


def _apply_paid(attempt: Attempt, state: AnchorState, now: dt.datetime) -> None:
    if attempt.state == A.SUCCEEDED:
        return
    obligation, actor = attempt.obligation, f"provider:{attempt.provider}"
    is_second = obligation.state == Obligation.State.SATISFIED
    if is_second or not _matches(attempt, state):
        return _set_apart(attempt, state, "second-payment" if is_second else "mismatch", now)
    advance(
        attempt,
        "succeed",
        moves=ATTEMPT_MOVES,
        actor=actor,
        now=now,
        charge_ref=state.charge_ref,
        method_ref=state.method_ref,
        method_reusable=state.method_reusable,
        decline_code="",
        look_at=None,
        unknown_since=None,
    )
    failpoint("half-settled")
    order = obligation.order
    advance(obligation, "satisfy", moves=OBLIGATION_MOVES, actor=actor, now=now, remind_at=None)
    ledger.post_charge(attempt, order, state.fee_minor, now)
    settle = (
        settlement.settle_deposit if obligation.kind == K.DEPOSIT else settlement.settle_balance
    )
    settle(order, attempt, actor=actor, now=now)


def _matches(attempt: Attempt, state: AnchorState) -> bool:
    return (
        state.amount_minor == attempt.amount_minor == attempt.obligation.amount_minor
        and state.currency == attempt.currency
        and state.account == attempt.provider_account
        and state.metadata.get("attempt") == attempt.key
    )


def _set_apart(attempt: Attempt, state: AnchorState, code: str, now: dt.datetime) -> None:
    """Money that fits nothing we asked for is kept in suspense; it never counts as paid."""
    if attempt.state == A.DEAD and ledger.is_posted(f"unmatched:{state.charge_ref}"):
        return
    ledger.post_unmatched(attempt, state.charge_ref, state.amount_minor, state.currency, now)
    Unmatched.objects.create(
        attempt=attempt, provider_account=attempt.provider_account, charge_ref=state.charge_ref,
        amount_minor=state.amount_minor, currency=state.currency, why=code, created_at=now,
    )  # fmt: skip
    if attempt.state != A.DEAD:
        actor = f"provider:{attempt.provider}"
        advance(
            attempt, "die", moves=ATTEMPT_MOVES, actor=actor, now=now, reason=code,
            decline_code=code, look_at=None,
        )  # fmt: skip
    log.error("payment set apart for the operator", extra={"attempt": attempt.pk, "why": code})
    _after_death(attempt, now)


def _apply_dead(attempt: Attempt, now: dt.datetime) -> None:
    if (attempt.state, "die") in ATTEMPT_MOVES:
        actor = f"provider:{attempt.provider}"
        changes: dict[str, Any] = {"look_at": None, "unknown_since": None}
        advance(attempt, "die", moves=ATTEMPT_MOVES, actor=actor, now=now, **changes)
    if attempt.state == A.DEAD:
        _after_death(attempt, now)


def _after_death(attempt: Attempt, now: dt.datetime) -> None:
    """A reservation whose checkout is proved dead gives its place back."""
    order = attempt.obligation.order
    if order.state == S.EXPIRING and live_attempt(order) is None:
        finish_expiry(order, "proved_dead", actor=f"provider:{attempt.provider}", now=now)


def finish_expiry(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> None:
    """EXPIRING becomes EXPIRED; inside the transaction that holds the order."""
    advance(order, event, moves=ORDER_MOVES, actor=actor, now=now)
    give_back(order)
    void_debts(order, actor=actor, now=now)
    campaign_changed(order.campaign_id, "variants")
    order_changed(order)


def _apply_open(attempt: Attempt, state: AnchorState, now: dt.datetime) -> None:
    actor = f"provider:{attempt.provider}"
    is_checkout = attempt.channel == Attempt.Channel.CHECKOUT
    if state.status == "open" and state.decline and attempt.state == A.UNKNOWN and not is_checkout:
        # The answer that was lost is found: it was a refusal.
        note_declined(attempt, state.decline, now=now)
        return
    changes: dict[str, Any] = {"unknown_since": None, "look_at": now + LOOK_HOURLY}
    if state.action_url:
        changes["action_url"] = state.action_url
    if state.decline:
        changes["decline_code"] = state.decline.code
    event = "need_customer" if state.status == "action" and not is_checkout else "anchor"
    if (attempt.state, event) in ATTEMPT_MOVES:
        advance(attempt, event, moves=ATTEMPT_MOVES, actor=actor, now=now, **changes)
    else:
        Attempt.objects.filter(pk=attempt.pk).update(**changes)
        attempt.refresh_from_db()
    if attempt.state == A.ACTION:
        _ask_customer(attempt, now)


# -- What else an answer can be -------------------------------------------------------------
@transaction.atomic
def note_declined(attempt: Attempt, decline: Decline, *, now: dt.datetime) -> Attempt:
    """The bank said no: tried again later when that may help, else the customer is asked."""
    attempt = lock_attempt(attempt)
    if attempt.state not in LIVE_ATTEMPTS:
        return attempt
    actor = f"provider:{attempt.provider}"
    needs_customer = decline.kind == "needs_customer"
    event = "need_customer" if needs_customer else "decline"
    retries = terms.RETRY_AFTER[attempt.tries : attempt.tries + 1]
    may_retry = decline.kind == "soft" and retries
    advance(
        attempt,
        event,
        moves=ATTEMPT_MOVES,
        actor=actor,
        now=now,
        reason=decline.code,
        decline_code=decline.code,
        look_at=now + retries[0] if may_retry else None,
        unknown_since=None,
    )
    if not may_retry:
        _ask_customer(attempt, now)
    return attempt


def _ask_customer(attempt: Attempt, now: dt.datetime) -> None:
    """The balance waits for its buyer: confirmation or another card; a link is mailed, once."""
    order = attempt.obligation.order
    if order.state != S.BALANCE_DUE:
        return
    actor = f"provider:{attempt.provider}"
    advance(order, "needs_action", moves=ORDER_MOVES, actor=actor, now=now)
    mail_balance(order, attempt.obligation, "needs-action", "order_needs_action")
    order_changed(order)


@transaction.atomic
def note_unknown(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """No answer: ask again later; nothing is concluded."""
    attempt = lock_attempt(attempt)
    changes: dict[str, Any] = {
        "look_at": now + terms.backoff(attempt.tries),
        "unknown_since": attempt.unknown_since or now,
    }
    if (attempt.state, "lose") in ATTEMPT_MOVES:
        actor = f"provider:{attempt.provider}"
        advance(attempt, "lose", moves=ATTEMPT_MOVES, actor=actor, now=now, **changes)
    elif attempt.state == A.UNKNOWN:
        Attempt.objects.filter(pk=attempt.pk).update(**changes, tries=attempt.tries + 1)
        attempt.refresh_from_db()
    return attempt


@transaction.atomic
def note_rejected(attempt: Attempt, code: str, *, now: dt.datetime) -> Attempt:
    """The provider will never take this request; what exists there is looked at by the job."""
    attempt = lock_attempt(attempt)
    if attempt.anchor_ref:
        return note_unknown(attempt, now=now)
    attempt = die(attempt, code[:60], now=now)
    _ask_customer(attempt, now)
    return attempt


@transaction.atomic
def die(attempt: Attempt, code: str, *, now: dt.datetime) -> Attempt:
    """Nothing will come of it any more; a reservation that waited for it gives its place back."""
    attempt = lock_attempt(attempt)
    if (attempt.state, "die") in ATTEMPT_MOVES:
        actor = f"provider:{attempt.provider}"
        changes = {"decline_code": code, "look_at": None}
        advance(attempt, "die", moves=ATTEMPT_MOVES, actor=actor, now=now, reason=code, **changes)
    _after_death(attempt, now)
    return attempt


def lock_attempt(attempt: Attempt) -> Attempt:
    """The attempt as it is now, with its order locked."""
    order = lock_order(attempt.obligation.order_id)
    fresh = Attempt.objects.select_related("obligation").get(pk=attempt.pk)
    fresh.obligation.order = order
    return fresh
