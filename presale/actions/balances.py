"""What a buyer, a brand or an operator does about one open balance."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import Outbox
from core.states import advance
from presale import charging
from presale.actions.places import lock_order
from presale.actions.telling import mail_balance, order_changed
from presale.errors import BadDate, NotPayable, Refused, TooLate
from presale.models import Campaign, Obligation, PreOrder
from presale.states import OBLIGATION_MOVES, ORDER_MOVES, UNPAID_BALANCE


class RemindedToday(Refused):
    """The link was mailed by hand today already."""

    message = _("The link was mailed today already. Nothing was sent.")


@transaction.atomic
def choose_charge_day(order: PreOrder, *, day: dt.date, actor: str, now: dt.datetime) -> Obligation:
    """Charge the saved card on that day of the window, not as soon as it was agreed.

    Refuses with `BadDate` (not one of the days), `TooLate` (charged or tried already, or nothing
    is charged by itself).
    """
    order = lock_order(order.pk)
    plan = charging.plan(order)
    if plan is None:
        raise TooLate(_("The saved card is not charged for this order any more."))
    chosen = next((one for one in plan.days if one.day == day), None)
    if chosen is None or chosen.at <= now:
        raise BadDate(_("Choose one of the days on which the balance can be charged."))
    advance(order, "choose_charge_day", moves=ORDER_MOVES, actor=actor, now=now)
    plan.obligation.charge_at = chosen.at
    plan.obligation.save(update_fields=["charge_at"])
    order_changed(order)
    return plan.obligation


@transaction.atomic
def remind_now(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    """Mail the link of an open balance again, once a day whoever asks.

    Refuses with `NotPayable` when none is open, and with `RemindedToday`.
    """
    order = lock_order(order.pk)
    obligation = order.obligations.filter(
        kind=Obligation.Kind.BALANCE, state=Obligation.State.OPEN
    ).first()
    is_due = order.state in UNPAID_BALANCE and order.campaign.state == Campaign.State.BALANCE
    if obligation is None or not is_due:
        raise NotPayable
    fact = f"remind-by-hand:{now:%Y%m%d}"
    if Outbox.objects.filter(key=f"order:{order.pk}:{fact}").exists():
        raise RemindedToday
    advance(obligation, "remind", moves=OBLIGATION_MOVES, actor=actor, now=now)
    mail_balance(order, obligation, fact, "order_balance_reminder")
