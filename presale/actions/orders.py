"""Pre-orders. Placing them is here; what others do with them is gathered under this name.

Who may do it is decided by the caller.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from core.clock import db_now
from core.money import MAXIMUM_CHARGE
from core.once import once
from presale import queries, shipping, terms
from presale.actions import attempts, joining, waiting
from presale.actions.buyers import Address, Buyer, Wanted
from presale.actions.fulfilment import accept_return, deliver_order, ship_order
from presale.actions.leaving import cancel_order, expire_order, release_order
from presale.actions.moving import change_address
from presale.actions.order_changes import change_variant, reduce_order, stop_auto_charge
from presale.actions.places import person_of, take, take_of_limit
from presale.actions.telling import campaign_changed
from presale.errors import BadOrder, EmailNotVerified, LimitReached, NotOpen, PriceChanged
from presale.models import (
    Attempt,
    Campaign,
    Obligation,
    PreOrder,
    PreOrderLine,
    Variant,
    WaitingPlace,
)
from voting.models import Ballot

__all__ = [
    "Address",
    "Buyer",
    "Wanted",
    "accept_return",
    "cancel_order",
    "change_address",
    "change_variant",
    "deliver_order",
    "expire_order",
    "reduce_order",
    "release_order",
    "reserve",
    "ship_order",
    "stop_auto_charge",
]


def reserve(
    campaign: Campaign,
    *,
    buyer: Buyer,
    address: Address,
    wanted: Sequence[Wanted],
    total_seen_minor: int,
    consent_text: str,
    form_key: uuid.UUID,
    auto_charge: bool = False,
    from_ballot: Ballot | None = None,
    joins: PreOrder | None = None,
    limit_minor: int | None = None,
    place: WaitingPlace | None = None,
    if_missed: str = PreOrder.IfMissed.REFUND,
    other_variant_id: int | None = None,
    now: dt.datetime | None = None,
) -> PreOrder:
    """Hold the units and write what is owed as a deposit; the same `form_key` is the same order.

    `total_seen_minor` is the total (deposit and balance at most) the page showed; prices come
    from the server alone. `auto_charge` is the consent to charge the balance to the saved card.
    `joins` is the order in whose parcel this one travels, so that shipping is paid once.
    With `limit_minor`, one of the ladder's prices below the price now, the order is in only if
    the final price is at most that; otherwise it ends at the close and is refunded whole.
    `place` is a place on a waiting list for which these units are kept.
    `if_missed` says what happens if the variant misses its own minimum; "move" needs a variant
    of the campaign that costs no more. An order in such a campaign is of one variant.
    Without `now` the database's clock decides. Follow with `payments.start_deposit`.

    Refuses with `BadOrder` (422), `EmailNotVerified` (403), `PaymentsOff` (503), and with 409:
    `NotOpen`, `SoldOut`, `OverLimit`, `PriceChanged`, `LimitReached`.
    """
    if not buyer.owns_email:
        raise EmailNotVerified
    if not consent_text.strip():
        raise BadOrder("consent", _("Please agree to the terms of this pre-order."))
    units = _parsed(wanted, campaign)
    order = PreOrder(
        campaign=campaign,
        user=buyer.user,
        person=person_of(buyer.email),
        from_ballot=from_ballot,
        joins=joins,
        email=buyer.email,
        language=buyer.language,
        currency=campaign.currency,
        consent_text=consent_text,
        auto_charge=auto_charge,
        limit_minor=limit_minor,
        if_missed=if_missed,
        other_variant_id=other_variant_id,
        form_key=form_key,
        **asdict(address),
    )
    return once(
        lambda: _same_form(order), lambda: _reserve(order, units, total_seen_minor, place, now)
    )


def _reserve(
    order: PreOrder,
    units: dict[int, int],
    total_seen_minor: int,
    place: WaitingPlace | None,
    now: dt.datetime | None,
) -> PreOrder:
    at = now or db_now()
    campaign = Campaign.objects.select_related("brand").get(pk=order.campaign_id)
    order.campaign = campaign
    in_time = campaign.opens_at <= at < campaign.closes_at
    if campaign.state != Campaign.State.OPEN or not in_time:
        raise NotOpen(campaign.state, campaign.closes_at)
    variants = Variant.objects.filter(campaign=campaign).in_bulk(units)
    if len(variants) != len(units):
        raise BadOrder("wanted", _("An option is not part of this campaign."))
    lines = [(variants[pk], units[pk]) for pk in sorted(units)]
    if order.joins_id:
        # The order it joins is locked here, before anything else is.
        shipping_minor = joining.shipping_with(order, lines)
    else:
        shipping_minor = shipping.price_to(campaign, order.country)
    _check_limit(campaign, order.limit_minor)
    _check_fallback(order, lines)
    quote = queries.quote_with(campaign, lines, shipping_minor, order.limit_minor)
    if max(quote.deposit_minor, quote.later_minor) > MAXIMUM_CHARGE:
        raise BadOrder("quantity", _("That is more than one payment can be."))
    if quote.total_minor > total_seen_minor:
        raise PriceChanged(total_seen_minor, quote.total_minor)
    _hold(order, units, place, at)
    order.unit_shown_minor = quote.unit_minor
    order.shipping_minor = quote.shipping_minor
    order.terms_hash = campaign.terms_hash
    order.consent_at = order.created_at = at
    order.reserved_until = at + terms.reservation()
    # Whoever orders after the close was moved has read the new date; nobody tells them again.
    order.told_extensions = campaign.extensions
    order.save(force_insert=True)
    PreOrderLine.objects.bulk_create(
        PreOrderLine(order=order, variant=variant, quantity=quantity) for variant, quantity in lines
    )
    deposit = Obligation.objects.create(
        order=order,
        kind=Obligation.Kind.DEPOSIT,
        amount_minor=quote.deposit_minor,
        currency=campaign.currency,
        due_at=order.reserved_until,
        created_at=at,
    )
    attempts.new_attempt(deposit, Attempt.Channel.CHECKOUT, now=at)
    if place:
        WaitingPlace.objects.filter(pk=place.pk).update(order=order)
    if any(variant.quota is not None for variant, _quantity in lines):
        campaign_changed(campaign.pk, "variants")
    return order


def _check_limit(campaign: Campaign, limit_minor: int | None) -> None:
    """A limit is a price of the ladder that is not reached yet."""
    if limit_minor is None:
        return
    if type(limit_minor) is not int or limit_minor not in queries.book_of(campaign):
        raise BadOrder("limit", _("Choose one of the prices of this campaign."))
    now_minor = queries.unit_now(campaign)
    if now_minor <= limit_minor:
        raise LimitReached(now_minor)


def _hold(
    order: PreOrder, units: dict[int, int], place: WaitingPlace | None, at: dt.datetime
) -> None:
    if place is None:
        return take(order.campaign, order.person, units)
    if list(units) != [place.variant_id]:
        raise BadOrder("wanted", _("An option is not part of this campaign."))
    take_of_limit(order.campaign, order.person, units[place.variant_id])
    waiting.hold_offered(order, place, units[place.variant_id], at)


def _check_fallback(order: PreOrder, lines: Sequence[tuple[Variant, int]]) -> None:
    """What shall happen without the variant is possible, and costs no more than what was shown."""
    choice, other_id = order.if_missed, order.other_variant_id
    if choice not in PreOrder.IfMissed or (choice == PreOrder.IfMissed.MOVE) != bool(other_id):
        raise BadOrder("if_missed", _("Choose what shall happen."))
    minimums = Variant.objects.filter(campaign=order.campaign).exclude(minimum=None)
    if len(lines) > 1 and minimums.exists():
        raise BadOrder("wanted", _("In this campaign an order is of one variant. Order twice."))
    if not other_id:
        return
    chosen = lines[0][0]
    other = Variant.objects.filter(pk=other_id, campaign=order.campaign).first()
    if other is None or other.pk == chosen.pk:
        raise BadOrder("if_missed", _("Choose another variant of this campaign."))
    if other.surcharge_minor > chosen.surcharge_minor:
        raise BadOrder("if_missed", _("That variant costs more than the one you order."))


def _parsed(wanted: Sequence[Wanted], campaign: Campaign) -> dict[int, int]:
    """Units by variant; only whole numbers from 1 to the person's limit, each variant once."""
    if not 0 < len(wanted) <= terms.MAX_LINES:
        raise BadOrder("wanted", _("Choose at least one option."))
    units: dict[int, int] = {}
    for line in wanted:
        if type(line.quantity) is not int or not 1 <= line.quantity <= campaign.person_limit:
            raise BadOrder(
                "quantity",
                _("Choose a whole number from 1 to %(limit)d.") % {"limit": campaign.person_limit},
            )
        if type(line.variant_id) is not int or line.variant_id in units:
            raise BadOrder("wanted", _("An option is not part of this campaign."))
        units[line.variant_id] = line.quantity
    return units


def _same_form(order: PreOrder) -> PreOrder | None:
    same = PreOrder.objects.filter(form_key=order.form_key).first()
    if same and (same.campaign_id, same.person) != (order.campaign_id, order.person):
        raise BadOrder("form_key", _("Please load the page again."))
    return same
