"""Payments: one door for what a provider says, and a driver that looks before it acts.

Nothing here may run inside a transaction, except `apply_state`: a provider is called.
"""

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import transaction

from core.states import WrongState, advance
from presale import ledger, links, providers, terms
from presale.actions import settlement
from presale.actions.endings import live_attempt, void_debts
from presale.actions.places import give_back, lock_order
from presale.actions.telling import (
    campaign_changed,
    mail_balance,
    order_changed,
    saved_method,
)
from presale.errors import AlreadyPaid, NotPayable, PaymentsOff, StillChecking
from presale.failpoints import failpoint
from presale.models import Attempt, Campaign, Obligation, PreOrder, ProviderObject
from presale.providers.base import (
    Anchor,
    AnchorState,
    Decline,
    Declined,
    Misconfigured,
    Provider,
    Rejected,
    Unknown,
)
from presale.states import (
    ATTEMPT_MOVES,
    LIVE_ATTEMPTS,
    OBLIGATION_MOVES,
    ORDER_MOVES,
    UNPAID_BALANCE,
)

log = logging.getLogger(__name__)
A, K, S = Attempt.State, Obligation.Kind, PreOrder.State
LOOK_AFTER, LOOK_HOURLY = dt.timedelta(minutes=2), dt.timedelta(hours=1)


# -- What a customer starts -----------------------------------------------------------------
def start_deposit(order: PreOrder, *, now: dt.datetime) -> str:
    """The address of the provider's page on which the deposit is paid.

    Again while it is open gives the same page. Refuses with `AlreadyPaid`, `NotPayable` (the
    reservation is over), `StillChecking`, `PaymentsOff`.
    """
    return _address_of(drive(_deposit_attempt(order, now), now=now), order)


def start_balance(order: PreOrder, *, now: dt.datetime, other_card: bool = False) -> str:
    """The address on which the balance is paid: the bank's confirmation, or a checkout page.

    `other_card` gives up a payment that waits for confirmation. Refuses with `AlreadyPaid`,
    `NotPayable`, `StillChecking`, `PaymentsOff`.
    """
    obligation = _open_balance(order)
    attempt = _last_attempt(obligation)
    if attempt and attempt.state == A.ACTION and not other_card:
        return _address_of(_bring_on_session(attempt, now), order)
    if attempt and attempt.channel != Attempt.Channel.CHECKOUT and attempt.state != A.DEAD:
        # One thing at a time can succeed: the saved card's charge is ended before a page opens.
        attempt = end_attempt(attempt, now=now)
        if attempt.state != A.DEAD:
            raise AlreadyPaid if attempt.state == A.SUCCEEDED else StillChecking
    return _address_of(drive(_balance_checkout(order, now), now=now), order)


def look_again(order: PreOrder, *, now: dt.datetime) -> PreOrder:
    """Ask the provider about the order's open payments."""
    return ask_again(order, now=now)[0]


def ask_again(order: PreOrder, *, now: dt.datetime) -> tuple[PreOrder, bool]:
    """The same, and whether the provider just said that nothing has been paid.

    For the page the provider returns to. No answer, or a payment under way, is not such a word.
    """
    attempt, status = live_attempt(order), ""
    if attempt and attempt.anchor_ref:
        status = _look(attempt, now)[1]
    order.refresh_from_db()
    return order, status in ("open", "action", "dead")


@transaction.atomic
def _deposit_attempt(order: PreOrder, now: dt.datetime) -> Attempt:
    order = lock_order(order.pk)
    obligation = order.obligations.get(kind=K.DEPOSIT)
    if obligation.state == Obligation.State.SATISFIED:
        raise AlreadyPaid
    is_open = order.campaign.state == Campaign.State.OPEN
    if order.state != S.RESERVED or not is_open or now >= order.reserved_until:
        raise NotPayable
    live = live_attempt(order)
    return live or new_attempt(obligation, Attempt.Channel.CHECKOUT, now=now)


@transaction.atomic
def _open_balance(order: PreOrder) -> Obligation:
    order = lock_order(order.pk)
    obligation = order.obligations.filter(kind=K.BALANCE).order_by("-pk").first()
    if obligation and obligation.state == Obligation.State.SATISFIED:
        raise AlreadyPaid
    campaign_is_right = order.campaign.state == Campaign.State.BALANCE
    if not obligation or order.state not in UNPAID_BALANCE or not campaign_is_right:
        raise NotPayable
    return obligation


@transaction.atomic
def _balance_checkout(order: PreOrder, now: dt.datetime) -> Attempt:
    obligation = _open_balance(order)
    live = live_attempt(order)
    return live or new_attempt(obligation, Attempt.Channel.CHECKOUT, now=now)


def _last_attempt(obligation: Obligation) -> Attempt | None:
    return obligation.attempts.order_by("-n").first()


def _bring_on_session(attempt: Attempt, now: dt.datetime) -> Attempt:
    """Let the customer confirm the very charge that their bank would not take without them."""
    provider = providers.get(attempt.provider)
    assert attempt.anchor_ref
    try:
        state = provider.confirm_charge(
            attempt.anchor_ref,
            method=attempt.request["method"],
            off_session=False,
            key=f"{attempt.key}-on-{uuid.uuid4().hex}",
            return_url=attempt.request["success_url"],
        )
    except Unknown:
        raise StillChecking from None
    except (Declined, Rejected):
        state = provider.fetch(attempt.anchor_ref)
    return apply_state(attempt, state, now=now)


def _address_of(attempt: Attempt, order: PreOrder) -> str:
    if attempt.state == A.SUCCEEDED:
        return links.order_url(order)
    if attempt.state in (A.PENDING, A.ACTION) and attempt.action_url:
        return attempt.action_url
    raise StillChecking if attempt.state in LIVE_ATTEMPTS else NotPayable


# -- Attempts -------------------------------------------------------------------------------
def new_attempt(obligation: Obligation, channel: str, *, now: dt.datetime) -> Attempt:
    """Write a try to pay; inside a transaction that holds the order. Nothing is sent yet.

    What will be sent is frozen with it, so that sending it again is the same request.
    """
    order = obligation.order
    try:
        provider = providers.current()
    except Misconfigured:
        raise PaymentsOff from None
    last = _last_attempt(obligation)
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
        state = provider.fetch(attempt.anchor_ref)
        if _may_confirm(attempt, state):
            state = _confirm(provider, attempt)
            failpoint("confirmed")
    except Unknown:
        return note_unknown(attempt, now=now)
    except Declined as error:
        failpoint("declined")
        return note_declined(attempt, error.decline, now=now)
    except Rejected as error:
        log.error("request refused by the provider", extra={"attempt": attempt.pk})
        return _note_rejected(attempt, str(error), now)
    return apply_state(attempt, state, now=now)


def look(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """Fetch and apply, acting on nothing."""
    return _look(attempt, now)[0]


def _look(attempt: Attempt, now: dt.datetime) -> tuple[Attempt, str]:
    """The attempt as it is afterwards, and what the provider said; "" for no answer."""
    providers.refuse_inside_transaction()
    assert attempt.anchor_ref
    try:
        state = providers.get(attempt.provider).fetch(attempt.anchor_ref)
    except Unknown:
        return note_unknown(attempt, now=now), ""
    return apply_state(attempt, state, now=now), state.status


def end_attempt(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """End an attempt at the provider; it comes back dead, succeeded, or unknown."""
    providers.refuse_inside_transaction()
    provider = providers.get(attempt.provider)
    try:
        ref = attempt.anchor_ref or _lost_anchor(provider, attempt)
        if ref is None:
            return _die(attempt, "never-sent", now)
        if not attempt.anchor_ref:
            attempt = _store_anchor(attempt, Anchor(ref), now)
        state = provider.kill(ref)
    except Unknown:
        return note_unknown(attempt, now=now)
    failpoint("killed")
    return apply_state(attempt, state, now=now)


@transaction.atomic
def give_up(attempt: Attempt, *, actor: str, now: dt.datetime) -> bool:
    """Wait no longer for a payment without an answer for a day; False before that.

    The operator looks at it. Money that arrives after all is booked and promised back.
    """
    attempt = _locked(attempt)
    since = attempt.unknown_since
    if attempt.state != A.UNKNOWN or since is None or since + terms.UNKNOWN_BLOCKS > now:
        return False
    advance(
        attempt, "die", moves=ATTEMPT_MOVES, actor=actor, now=now, reason="no-answer",
        decline_code="no-answer", look_at=None,
    )  # fmt: skip
    log.error("no answer for a day; operator must look", extra={"attempt": attempt.pk})
    return True


def _anchor(provider: Provider, attempt: Attempt, now: dt.datetime) -> Attempt:
    """Create the object that can succeed once; after a lost answer look for it first."""
    customer = _customer(provider, attempt.obligation.order)
    if attempt.state == A.UNKNOWN or attempt.tries:
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
        PreOrder.objects.filter(pk=order.pk).update(customer_ref=order.customer_ref)
    return order.customer_ref


def _store_anchor(attempt: Attempt, anchor: Anchor, now: dt.datetime) -> Attempt:
    actor = f"provider:{attempt.provider}"
    try:
        with transaction.atomic():
            current = _locked(attempt)
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


# -- The one door ---------------------------------------------------------------------------
@transaction.atomic
def apply_state(attempt: Attempt, state: AnchorState, *, now: dt.datetime) -> Attempt:
    """Write what the provider says about an attempt, and what follows from it; once.

    Direct answers, events, return pages and comparisons all come through here.
    """
    attempt = _locked(attempt)
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
    attempt = _locked(attempt)
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
    attempt = _locked(attempt)
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
def _note_rejected(attempt: Attempt, code: str, now: dt.datetime) -> Attempt:
    """The provider will never take this request; what exists there is looked at by the job."""
    attempt = _locked(attempt)
    if attempt.anchor_ref:
        return note_unknown(attempt, now=now)
    attempt = _die(attempt, code[:60], now)
    _ask_customer(attempt, now)
    return attempt


@transaction.atomic
def _die(attempt: Attempt, code: str, now: dt.datetime) -> Attempt:
    attempt = _locked(attempt)
    if (attempt.state, "die") in ATTEMPT_MOVES:
        actor = f"provider:{attempt.provider}"
        changes = {"decline_code": code, "look_at": None}
        advance(attempt, "die", moves=ATTEMPT_MOVES, actor=actor, now=now, reason=code, **changes)
    _after_death(attempt, now)
    return attempt


def _locked(attempt: Attempt) -> Attempt:
    """The attempt as it is now, with its order locked."""
    order = lock_order(attempt.obligation.order_id)
    fresh = Attempt.objects.select_related("obligation").get(pk=attempt.pk)
    fresh.obligation.order = order
    return fresh
