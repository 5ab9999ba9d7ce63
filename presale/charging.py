"""When a saved card is charged for the balance, and on which days its buyer may have it charged."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from presale import terms
from presale.models import Attempt, Obligation, PreOrder
from presale.queries import saved_method

# The hour of the day, in the brand's zone, at which a chosen day's charge is due.
HOUR: Final = dt.time(12)


@dataclass(frozen=True)
class ChargeDay:
    """A day on which the card can be charged, and the moment."""

    day: dt.date
    at: dt.datetime


@dataclass(frozen=True)
class ChargePlan:
    """What will be charged to the saved card, when, and which other days there are."""

    obligation: Obligation
    at: dt.datetime
    days: list[ChargeDay]


def plan(order: PreOrder) -> ChargePlan | None:
    """The charge that is still to come; None when none was agreed to or the first try was made."""
    if (
        order.state != PreOrder.State.BALANCE_DUE
        or not order.auto_charge
        or not saved_method(order)
    ):
        return None
    obligation = order.obligations.filter(
        kind=Obligation.Kind.BALANCE, state=Obligation.State.OPEN
    ).first()
    if obligation is None or not saved_method(order):
        return None
    if obligation.attempts.filter(channel=Attempt.Channel.OFF_SESSION).exists():
        return None
    return ChargePlan(obligation, obligation.charged_from, days_of(obligation, order))


def days_of(obligation: Obligation, order: PreOrder) -> list[ChargeDay]:
    """The days between the agreed charge and the end of the window, in the brand's zone."""
    zone = ZoneInfo(order.campaign.time_zone)
    soonest = obligation.created_at + terms.CHARGE_AFTER
    latest = order.campaign.balance_closes_at or soonest
    found = [ChargeDay(soonest.astimezone(zone).date(), soonest)]
    day = found[0].day + dt.timedelta(days=1)
    while (at := dt.datetime.combine(day, HOUR, zone)) <= latest:
        found.append(ChargeDay(day, at))
        day += dt.timedelta(days=1)
    return found
