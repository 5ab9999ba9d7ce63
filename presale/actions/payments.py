"""Payments as a customer starts them, and asking again how they stand.

Nothing here may run inside a transaction: a provider is called.
"""

import datetime as dt
import uuid

from django.db import transaction

from presale import links, providers
from presale.actions import answers
from presale.actions.attempts import ask, drive, end_attempt, last_attempt, new_attempt
from presale.actions.endings import live_attempt
from presale.actions.places import lock_order
from presale.errors import AlreadyPaid, NotPayable, StillChecking
from presale.models import Attempt, Campaign, Obligation, PreOrder
from presale.providers.base import Declined, Misconfigured, Rejected, Unknown
from presale.states import LIVE_ATTEMPTS, UNPAID_BALANCE

A, K, S = Attempt.State, Obligation.Kind, PreOrder.State


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
    attempt = last_attempt(obligation)
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

    For the page the provider returns to. No answer, or a payment under way, is not such a word;
    that the last payment had ended before is one.
    """
    attempt, status = live_attempt(order), ""
    if attempt and attempt.anchor_ref:
        status = ask(attempt, now=now)[1]
    order.refresh_from_db()
    ended = attempt is None and not _without_answer(order)
    return order, ended or status in ("open", "action", "dead")


def _without_answer(order: PreOrder) -> bool:
    """Whether the last payment was only given up: nobody ever said what came of it."""
    last = Attempt.objects.filter(obligation__order=order).order_by("-pk").first()
    return last is not None and last.decline_code == answers.NO_ANSWER


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
    except (Unknown, Misconfigured):
        raise StillChecking from None
    except (Declined, Rejected):
        return ask(attempt, now=now)[0]
    return answers.apply_state(attempt, state, now=now)


def _address_of(attempt: Attempt, order: PreOrder) -> str:
    if attempt.state == A.SUCCEEDED:
        return links.order_url(order)
    if attempt.state in (A.PENDING, A.ACTION) and attempt.action_url:
        return attempt.action_url
    raise StillChecking if attempt.state in LIVE_ATTEMPTS else NotPayable
