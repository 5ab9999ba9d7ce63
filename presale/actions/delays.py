"""The delay contract: a later date, the question to each buyer, and what silence means.

A delay is one row; asking, and ending the orders of those who leave, follow order by order.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.states import WrongState, advance
from presale import jurisdictions, terms
from presale.actions import attempts
from presale.actions.endings import end_order, live_attempt
from presale.actions.places import lock_order
from presale.actions.telling import campaign_changed, mail_brand, mail_buyer, order_changed
from presale.errors import BadDate, ReasonMissing, Refused, StillChecking, TooLate
from presale.models import Campaign, Delay, DelayAnswer, PreOrder
from presale.states import ANSWER_MOVES, CAMPAIGN_MOVES, ORDER_MOVES, WAITS_FOR_PARCEL

S = DelayAnswer.State


# -- What a brand says ----------------------------------------------------------------------
@transaction.atomic
def state_delay(
    campaign: Campaign,
    *,
    ship_by: dt.date,
    reason: str,
    actor: str,
    now: dt.datetime,
) -> Campaign:
    """Name a later date to ship by; every open order is asked.

    Refuses with `ReasonMissing`, `BadDate`, `WrongState`.
    """
    if not reason.strip():
        raise ReasonMissing
    campaign.refresh_from_db(from_queryset=Campaign.objects.select_for_update(of=("self",)))
    old = campaign.ship_by
    _check_date(campaign, ship_by, now)
    number = campaign.delays.count() + 1
    advance(
        campaign, "delay", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        ship_by=ship_by, state_reason=reason,
    )  # fmt: skip
    Delay.objects.create(
        campaign=campaign,
        number=number,
        old_date=old,
        new_date=ship_by,
        reason=reason,
        silence=silence_of(campaign, number, (ship_by - old).days),
        stated_at=now,
        is_by_brand=not actor.startswith("job:"),
    )
    campaign_changed(campaign.pk, "phase")
    return campaign


def silence_of(campaign: Campaign, number: int, days: int) -> str:
    """What no answer means: a yes once, for a short delay; afterwards a refund."""
    is_short = days <= jurisdictions.profile_for(campaign).silence_days
    return Delay.Silence.KEEP if number == 1 and is_short else Delay.Silence.REFUND


def name_next_date(campaign: Campaign, *, actor: str, now: dt.datetime) -> None:
    """The promised day passed without a word: buyers are asked all the same."""
    today = _today(campaign, now)
    days = dt.timedelta(days=terms.LONGEST_SILENCE_DAYS)
    later = campaign.ship_by + days if campaign.ship_by + days > today else today + days
    reason = _("The day to ship by has passed, and the brand has named no new one.")
    with transaction.atomic():
        state_delay(campaign, ship_by=later, reason=reason, actor=actor, now=now)
        number = campaign.delays.count()
        mail_brand(campaign, f"overdue:{number}", "campaign_overdue", ship_by=later)


def _check_date(campaign: Campaign, ship_by: dt.date, now: dt.datetime) -> None:
    if ship_by <= campaign.ship_by:
        raise BadDate(_("The new date must be later than the one promised now."))
    if ship_by <= _today(campaign, now):
        raise BadDate(_("The new date must lie ahead."))
    if ship_by > campaign.ship_by + terms.LONGEST_DELAY:
        raise BadDate(_("A delay may be a year at most."))


def _today(campaign: Campaign, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(campaign.time_zone)).date()


# -- What a buyer answers -------------------------------------------------------------------
@transaction.atomic
def keep(order: PreOrder, *, actor: str, now: dt.datetime) -> DelayAnswer:
    """The buyer accepts the new date. Refuses with `TooLate` when nothing is asked any more."""
    order = lock_order(order.pk)
    answer = _open_answer(order, now)
    advance(answer, "keep", moves=ANSWER_MOVES, actor=actor, now=now)
    campaign_changed(order.campaign_id)
    order_changed(order)
    return answer


def leave(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The buyer takes the money back. Not inside a transaction: a payment is ended first.

    Refuses with `TooLate`, `StillChecking`, and with `Refused` while the payment is disputed.
    """
    _open_answer(order, now)
    return _end(order, "leave", actor=actor, now=now)


def _open_answer(order: PreOrder, now: dt.datetime) -> DelayAnswer:
    answer = latest_answer(order)
    if answer is None or answer.state not in (S.ASKED, S.KEPT) or now >= answer.answer_by:
        raise TooLate(_("This question is no longer open."))
    return answer


def latest_answer(order: PreOrder) -> DelayAnswer | None:
    """The order's answer to the last delay it was asked about."""
    rows = DelayAnswer.objects.filter(order=order).select_related("delay")
    return rows.order_by("-delay__number").first()


def _end(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> PreOrder:
    if order.hold_reason:
        raise Refused(_("This payment is disputed with the bank; that must end first."))
    if (order.state, "leave_delayed") not in ORDER_MOVES:
        raise TooLate(_("This order has been sent or has ended already."))
    attempt = live_attempt(order)
    if attempt:
        attempts.end_attempt(attempt, now=now)
    return _end_once(order, event, actor=actor, now=now)


@transaction.atomic
def _end_once(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> PreOrder:
    answer = latest_answer(order)
    assert answer
    reason = gettext_lazy("The goods are late, and the order was given back.")
    order = end_order(
        order.pk, "leave_delayed", actor=actor, now=now, reason=reason,
        template="order_left_delayed",
    )  # fmt: skip
    advance(answer, event, moves=ANSWER_MOVES, actor=actor, now=now)
    return order


# -- What time does -------------------------------------------------------------------------
@transaction.atomic
def ask(order: PreOrder, delay: Delay, *, now: dt.datetime) -> bool:
    """Ask one buyer about a delay, once; an older question that is still open lapses."""
    order = lock_order(order.pk)
    if order.state not in WAITS_FOR_PARCEL:
        return False
    by = now + terms.DELAY_ANSWER
    answer, is_new = DelayAnswer.objects.get_or_create(
        delay=delay, order=order, defaults={"asked_at": now, "answer_by": by}
    )
    if not is_new:
        return False
    for older in order.delay_answers.filter(state=S.ASKED).exclude(pk=answer.pk):
        advance(older, "lapse", moves=ANSWER_MOVES, actor="job:ask_about_delays", now=now)
    mail_buyer(
        order, f"delay:{delay.number}", "order_delayed", delay=delay, answer_by_at=by,
        old_date=delay.old_date, new_date=delay.new_date,
        stays=delay.silence == Delay.Silence.KEEP,
    )  # fmt: skip
    order_changed(order)
    return True


def settle(answer: DelayAnswer, *, actor: str, now: dt.datetime) -> bool:
    """Nobody answered in time: the order stands, or its money goes back; False when not yet."""
    order = PreOrder.objects.select_related("campaign").get(pk=answer.order_id)
    if order.state not in WAITS_FOR_PARCEL:
        advance(answer, "lapse", moves=ANSWER_MOVES, actor=actor, now=now)
    elif answer.delay.silence == Delay.Silence.KEEP:
        advance(answer, "stay_silent", moves=ANSWER_MOVES, actor=actor, now=now)
    else:
        try:
            _end(order, "time_out", actor=actor, now=now)
        except (Refused, StillChecking, WrongState):
            return False
    campaign_changed(order.campaign_id)
    return True


@transaction.atomic
def end_empty(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """All orders were given back before the first parcel: there is nothing left to make."""
    row = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.PRODUCTION)
    if not row.update(version=F("version") + 1):
        return False
    if campaign.orders.filter(state__in=WAITS_FOR_PARCEL).exists():
        return False
    campaign.refresh_from_db()
    reason = _("Every order was given back.")
    advance(
        campaign, "emptied", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        state_reason=reason,
    )  # fmt: skip
    campaign_changed(campaign.pk, "phase")
    return True
