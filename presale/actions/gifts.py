"""Making an order a gift, and the address its recipient enters."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from core.mail import queue_mail
from presale import links
from presale.actions.buyers import Address
from presale.actions.moving import change_address
from presale.actions.places import lock_order
from presale.actions.telling import order_changed
from presale.errors import BadOrder, ShippingChanged, TooLate
from presale.models import Gift, PreOrder
from presale.states import ORDER_MOVES


@transaction.atomic
def wrap(
    order: PreOrder, *, giver: str, message: str, recipient_email: str, now: dt.datetime
) -> Gift:
    """Make the order a gift, or change what is said with it. Refuses with `TooLate`."""
    order = lock_order(order.pk)
    _refuse_late(order, now)
    said = {"giver": giver, "message": message, "recipient_email": recipient_email}
    gift, _new = Gift.objects.update_or_create(
        order=order, defaults=said, create_defaults={**said, "created_at": now}
    )
    order_changed(order)
    return gift


@transaction.atomic
def unwrap(order: PreOrder, *, now: dt.datetime) -> None:
    """It is no gift any more; the address stays. Refuses with `TooLate`."""
    order = lock_order(order.pk)
    _refuse_late(order, now)
    Gift.objects.filter(order=order).delete()
    order_changed(order)


@transaction.atomic
def enter_address(gift: Gift, address: Address, *, now: dt.datetime) -> PreOrder:
    """The recipient says where the parcel goes; never to where shipping has another price.

    Refuses with `TooLate`, and with `BadOrder` at `country`, which names no price.
    """
    try:
        order = change_address(gift.order, address, actor="recipient", now=now)
    except (BadOrder, ShippingChanged):
        # What shipping costs is between the giver and the brand.
        raise BadOrder(
            "country", _("The parcel cannot go there. Ask whoever sent you this link.")
        ) from None
    Gift.objects.filter(pk=gift.pk).update(addressed_at=now)
    return order


def tell_recipient(order: PreOrder, carrier: str, tracking: str) -> None:
    """The parcel of a gift is sent: a mail without order, price or link to the order."""
    gift = Gift.objects.filter(order=order).exclude(recipient_email="").first()
    if gift is None:
        return
    context = {
        "gift": gift, "campaign": order.campaign, "brand": order.campaign.brand,
        "name": order.name, "carrier": carrier, "tracking": tracking,
    }  # fmt: skip
    queue_mail(
        f"gift:{gift.pk}:sent", gift.recipient_email, "gift_sent", context, language=order.language
    )


def gift_url(gift: Gift) -> str:
    """The link by which the recipient enters the address."""
    return links.absolute(links.gift_path(gift))


def _refuse_late(order: PreOrder, now: dt.datetime) -> None:
    locks_at = order.campaign.address_locks_at
    if (order.state, "move") not in ORDER_MOVES or (locks_at and now >= locks_at):
        raise TooLate(_("The parcel is being prepared or on its way, or the order has ended."))
