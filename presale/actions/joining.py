"""More units for an order that stands: an order of their own that travels in its parcel."""

from collections.abc import Sequence
from dataclasses import fields

from django.utils.translation import gettext as _

from core.money import MINIMUM_CHARGE
from presale import pricing, queries
from presale.actions.buyers import Address, Buyer
from presale.actions.places import lock_order
from presale.errors import BadOrder, Refused, TooLate
from presale.models import PreOrder, Variant
from presale.states import HOLDING

S = PreOrder.State


def shipping_with(order: PreOrder, lines: Sequence[tuple[Variant, int]]) -> int:
    """What shipping of an order costs that joins another: nothing. Holds the other until the end.

    Refuses with `TooLate` when that one no longer waits for the close, and with `BadOrder` when
    what would be left to pay later is too small to be charged.
    """
    assert order.joins_id
    first = lock_order(order.joins_id)
    if (first.campaign_id, first.person) != (order.campaign_id, order.person):
        raise BadOrder("joins", _("Please load the page again."))
    if first.state != S.DEPOSITED or first.joins_id:
        raise TooLate
    if not first.is_in_at(queries.unit_now(first.campaign)):
        # What joined it would lose its parcel if the price stays above the limit.
        raise Refused(
            _("This order still waits for its price. Order anew, with the same limit or without.")
        )
    _refuse_crumbs(first, [(quantity, variant.surcharge_minor) for variant, quantity in lines])
    return 0


def _refuse_crumbs(first: PreOrder, lines: Sequence[pricing.Line]) -> None:
    """No balance that no provider can charge, at any price that is still possible."""
    campaign = first.campaign
    for _units, price in queries.steps_of(campaign):
        left = pricing.due(lines, price, 0, campaign.deposit_minor, campaign.deposit_worth_bp)
        if 0 < left < MINIMUM_CHARGE[campaign.currency]:
            raise BadOrder("quantity", _("So little would be left to pay. Please order it anew."))


def buyer_of(order: PreOrder) -> Buyer:
    """Whoever placed the order, whose address was proved then."""
    return Buyer(
        email=order.email, user=order.user, email_is_verified=True, language=order.language
    )


def address_of(order: PreOrder) -> Address:
    """Where the order goes."""
    return Address(**{field.name: getattr(order, field.name) for field in fields(Address)})


def refuse_while_joined(order: PreOrder) -> None:
    """An order in whose parcel others travel is not given back before them."""
    other = order.joined.filter(state__in=HOLDING).order_by("pk").first()
    if other:
        raise Refused(
            _("Order %(number)s travels in this parcel and pays no shipping. Cancel it first.")
            % {"number": other.number}
        )
