"""A new payment link for somebody whose old one has run out."""

import datetime as dt

from django.db import transaction

from core.mail import queue_mail
from presale.models import Obligation
from presale.paylinks import pay_link


@transaction.atomic
def mail_pay_link(*, obligation: Obligation, now: dt.datetime) -> None:
    """Mail it to the order's address, once an hour at most; nothing where nothing is owed."""
    if obligation.state != Obligation.State.OPEN:
        return
    order = obligation.order
    queue_mail(
        f"order:{order.pk}:pay-link:{obligation.pk}:{now:%Y%m%d%H}",
        order.email,
        "pay_link",
        {"order": order, "campaign": order.campaign, "pay_url": pay_link(obligation)},
        language=order.language,
    )
