"""Notices before something about an order can no longer be changed."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from presale import terms
from presale.actions.places import lock_order
from presale.actions.telling import mail_buyer
from presale.models import Campaign, PreOrder
from presale.states import UNPAID_BALANCE
from presale.ticks.rows import BATCH, each, orders_where

C, S = Campaign.State, PreOrder.State
_SENT_LATER = [S.DEPOSITED, *UNPAID_BALANCE, S.PAID, S.IN_PRODUCTION]


def tell_locks(now: dt.datetime) -> int:
    """Write 48 hours before deposits close, and before addresses are locked; once each."""
    soon = now + terms.LOCK_NOTICE
    closing = orders_where(
        state=S.DEPOSITED, campaign__state=C.OPEN, campaign__closes_at__lte=soon,
        campaign__closes_at__gt=now,
        # Whoever ordered within these hours has just read the date.
        created_at__lte=F("campaign__closes_at") - terms.LOCK_NOTICE,
    ).exclude(told_close_at__isnull=False, told_close_at=F("campaign__closes_at"))  # fmt: skip
    packing = orders_where(
        state__in=_SENT_LATER, campaign__address_locks_at__lte=soon,
        campaign__address_locks_at__gt=now, joins=None,
    ).exclude(
        told_address_at__isnull=False, told_address_at=F("campaign__address_locks_at")
    )  # fmt: skip
    return each(closing[:BATCH], _tell_close, "tell close") + each(
        packing[:BATCH], _tell_address, "tell address lock"
    )


@transaction.atomic
def _tell_close(order: PreOrder) -> bool:
    order = lock_order(order.pk)
    at = order.campaign.closes_at
    if order.state != S.DEPOSITED or order.told_close_at == at:
        return False
    PreOrder.objects.filter(pk=order.pk).update(told_close_at=at)
    mail_buyer(order, f"close-soon:{at:%Y%m%d%H%M%S}", "order_close_soon", locks_at=at)
    return True


@transaction.atomic
def _tell_address(order: PreOrder) -> bool:
    order = lock_order(order.pk)
    at = order.campaign.address_locks_at
    if at is None or order.state not in _SENT_LATER or order.told_address_at == at:
        return False
    PreOrder.objects.filter(pk=order.pk).update(told_address_at=at)
    mail_buyer(order, f"address-soon:{at:%Y%m%d%H%M%S}", "order_address_soon", locks_at=at)
    return True
