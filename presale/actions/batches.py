"""What follows a campaign's step, order by order, each in a transaction of its own; repeatable.

A campaign's row says what is decided; these functions find the orders that do not show it yet.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.states import WrongState, advance
from presale import ledger, queries, terms
from presale.actions import attempts, house, refunds, variants
from presale.actions.endings import end_order, in_words, live_attempt
from presale.actions.places import lock_order
from presale.actions.settlement import announce_paid
from presale.actions.telling import (
    mail_balance,
    mail_buyer,
    order_changed,
)
from presale.errors import StillChecking
from presale.models import Attempt, Campaign, Obligation, PreOrder, ProductionUpdate
from presale.states import ATTEMPT_MOVES, COUNTED, ORDER_MOVES, UNPAID_BALANCE

C, S = Campaign.State, PreOrder.State
# Mails about one piece of news in one transaction.
MAILS = 100


@transaction.atomic
def announce_balance(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    """The final price is fixed: what is due, until when, with the link; or nothing is due."""
    order = lock_order(order.pk)
    campaign = order.campaign
    if order.state != S.DEPOSITED or campaign.state != C.BALANCE:
        return
    assert campaign.final_unit_minor is not None
    if not order.is_in_at(campaign.final_unit_minor):
        return _end_above_limit(order, actor=actor, now=now)
    if order.missed and not variants.follow(order, actor=actor, now=now):
        return
    amount = queries.balance_at(order, campaign.final_unit_minor)
    event = "balance_due" if amount else "nothing_due"
    advance(
        order, event, moves=ORDER_MOVES, actor=actor, now=now,
        final_unit_minor=campaign.final_unit_minor,
    )  # fmt: skip
    if not amount:
        return announce_paid(order, 0, now)
    due_at = campaign.balance_closes_at
    assert due_at is not None
    obligation = Obligation.objects.create(
        order=order,
        kind=Obligation.Kind.BALANCE,
        amount_minor=amount,
        currency=order.currency,
        due_at=due_at,
        remind_at=terms.next_reminder(now, due_at, after=now),
        created_at=now,
    )
    mail_balance(order, obligation, "balance-due", "order_balance_due")
    order_changed(order)


def _end_above_limit(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    end_order(
        order.pk, "limit_missed", actor=actor, now=now, template="order_limit_missed",
        reason=_("The final price is above your limit."),
    )  # fmt: skip


def end_with_campaign(order: PreOrder, *, actor: str, now: dt.datetime) -> bool:
    """The campaign failed or was cancelled: the order ends, all its money is promised back.

    False when a payment was faster, or the provider has not answered: the next round takes it.
    """
    attempt = live_attempt(order)
    if attempt:
        _end_payment(attempt, actor=actor, now=now)
    is_failed = order.campaign.state == C.FAILED
    event = "campaign_failed" if is_failed else "campaign_cancelled"
    template = "order_campaign_failed" if is_failed else "order_campaign_cancelled"
    reason = _("The minimum was not reached.") if is_failed else order.campaign.state_reason
    try:
        _end_with_double(order, event, actor=actor, now=now, reason=reason, template=template)
    except (WrongState, StillChecking):
        return False
    return True


@transaction.atomic
def _end_with_double(order: PreOrder, event: str, *, now: dt.datetime, **how: Any) -> None:
    ended = end_order(order.pk, event, now=now, **how)
    owed = house.owe_double(ended, now=now)
    if owed:
        mail_buyer(
            ended, "compensation-owed", "order_compensation_owed", amount_minor=owed.amount_minor
        )


@transaction.atomic
def start_production(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    """A paid order goes into production with its campaign."""
    order = lock_order(order.pk)
    if order.state != S.PAID or order.campaign.state not in (C.PRODUCTION, C.SHIPPING):
        return
    advance(order, "production_start", moves=ORDER_MOVES, actor=actor, now=now)
    mail_buyer(order, "in-production", "order_in_production", ship_by=order.campaign.ship_by)
    order_changed(order)


@transaction.atomic
def tell_extension(order: PreOrder, *, now: dt.datetime) -> None:
    """Deposits stay open longer: said to everybody who is in, with the way out."""
    order = lock_order(order.pk)
    campaign = order.campaign
    if order.told_extensions >= campaign.extensions:
        return
    PreOrder.objects.filter(pk=order.pk).update(told_extensions=campaign.extensions)
    mail_buyer(
        order,
        f"extended:{campaign.extensions}",
        "order_extended",
        closes_at=campaign.closes_at,
        reason=campaign.state_reason,
    )


@transaction.atomic
def tell_update(update: ProductionUpdate, *, now: dt.datetime) -> bool:
    """Mail news to the next buyers whose orders stand; False when there was nothing to tell."""
    rows = ProductionUpdate.objects.select_for_update(of=("self",)).select_related("campaign")
    update = rows.get(pk=update.pk)
    if update.told_at:
        return False
    orders = PreOrder.objects.filter(
        campaign=update.campaign, state__in=COUNTED, pk__gt=update.told_up_to,
        # Who ordered later has seen it on the page.
        created_at__lte=update.posted_at,
    )  # fmt: skip
    batch = list(orders.select_related("campaign__brand").order_by("pk")[:MAILS])
    for order in batch:
        mail_buyer(order, f"update:{update.pk}", "order_update", update=update)
    update.told_up_to = batch[-1].pk if batch else update.told_up_to
    update.told_at = now if len(batch) < MAILS else None
    update.save(update_fields=["told_up_to", "told_at"])
    return bool(batch)


# -- The balance ----------------------------------------------------------------------------
def charge_saved_card(order: PreOrder, *, now: dt.datetime) -> bool:
    """Charge the balance to the card that was agreed to, or try a refused one again."""
    attempt = _charge_to_drive(order.pk, now)
    if attempt:
        attempts.drive(attempt, now=now)
    return attempt is not None


@transaction.atomic
def _charge_to_drive(pk: int, now: dt.datetime) -> Attempt | None:
    order = lock_order(pk)
    obligation = order.obligations.filter(
        kind=Obligation.Kind.BALANCE, state=Obligation.State.OPEN
    ).first()
    is_time = order.state == S.BALANCE_DUE and order.campaign.state == C.BALANCE
    # The consent may have been taken back since, also after a first try.
    if not obligation or not is_time or not order.auto_charge or live_attempt(order):
        return None
    tries = obligation.attempts.filter(channel=Attempt.Channel.OFF_SESSION)
    declined = tries.filter(state=Attempt.State.DECLINED, look_at__lte=now).first()
    if declined:
        declined.obligation = obligation
        advance(
            declined, "retry", moves=ATTEMPT_MOVES, actor="job:collect_balance", now=now,
            tries=declined.tries + 1, look_at=now + attempts.LOOK_AFTER,
        )  # fmt: skip
        return declined
    if tries.exists() or obligation.charged_from > now or not queries.saved_method(order):
        return None
    return attempts.new_attempt(obligation, Attempt.Channel.OFF_SESSION, now=now)


@transaction.atomic
def remind(obligation: Obligation, *, now: dt.datetime) -> None:
    """Remind of an open balance and note the next time; each reminder once."""
    order = lock_order(obligation.order_id)
    obligation = Obligation.objects.get(pk=obligation.pk)
    if obligation.remind_at is None or obligation.remind_at > now:
        return
    assert obligation.due_at is not None
    due_at, was = order.campaign.balance_closes_at or obligation.due_at, obligation.remind_at
    obligation.remind_at = terms.next_reminder(obligation.created_at, due_at, after=now)
    obligation.save(update_fields=["remind_at"])
    if obligation.state == Obligation.State.OPEN and order.state in UNPAID_BALANCE:
        template = "order_balance_overdue" if was >= due_at else "order_balance_reminder"
        mail_balance(order, obligation, f"remind:{was:%Y%m%d%H%M}", template)


def default_order(order: PreOrder, *, actor: str, now: dt.datetime) -> bool:
    """The grace is over: no payment may succeed any more, then the terms decide the deposit.

    False when it was paid at the last moment, or there is no answer yet.
    """
    attempt = live_attempt(order) or _declined_charge(order)
    if attempt:
        _end_payment(attempt, actor=actor, now=now)
    try:
        _default(order.pk, actor=actor, now=now)
    except (WrongState, StillChecking):
        return False
    return True


def _end_payment(attempt: Attempt, *, actor: str, now: dt.datetime) -> None:
    attempt = attempts.end_attempt(attempt, now=now)
    attempts.give_up(attempt, actor=actor, now=now)


def _declined_charge(order: PreOrder) -> Attempt | None:
    rows = Attempt.objects.filter(obligation__order=order, state=Attempt.State.DECLINED)
    return rows.select_related("obligation").first()


@transaction.atomic
def _default(pk: int, *, actor: str, now: dt.datetime) -> None:
    order = lock_order(pk)
    keeps = order.campaign.forfeit == Campaign.Forfeit.FORFEIT
    held = -ledger.balance(ledger.held_for(order), order.currency)
    end_order(
        pk, "default", actor=actor, now=now, refund=False,
        reason=_("The balance was not paid in time."),
    )  # fmt: skip
    if keeps:
        ledger.post_forfeit(order, order.campaign, held, now)
    else:
        reason = in_words(order, _("The balance was not paid in time."))
        refunds.promise_all(order, cause=f"default:{pk}", reason=reason, now=now)
    mail_buyer(order, "defaulted", "order_defaulted", amount_minor=held, keeps_deposit=keeps)
