"""Pre-orders: placing, changing, giving back. Who may do it is decided by the caller."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import db_now
from core.money import MAXIMUM_CHARGE
from core.once import once
from core.states import WrongState, advance
from fans.models import User
from presale import queries, shipping, terms
from presale.actions import answers, attempts
from presale.actions.endings import end_order, live_attempt
from presale.actions.fulfilment import accept_return, deliver_order, ship_order
from presale.actions.places import lock_order, person_of, take, take_variant
from presale.actions.telling import campaign_changed, order_changed
from presale.errors import (
    BadOrder,
    EmailNotVerified,
    NotOpen,
    PriceChanged,
    ReasonMissing,
    Refused,
    StillChecking,
    TooLate,
)
from presale.models import Attempt, Campaign, Obligation, PreOrder, PreOrderLine, Variant
from presale.states import ORDER_MOVES
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
    "release_order",
    "reserve",
    "ship_order",
    "stop_auto_charge",
]
S = PreOrder.State


@dataclass(frozen=True)
class Buyer:
    """Who orders: an account, or a guest with an address they have confirmed by a code."""

    email: str
    user: User | None = None
    email_is_verified: bool = False
    language: str = "en"

    @property
    def actor(self) -> str:
        """How this person is named in logs of states."""
        return self.user.actor if self.user else "guest"

    @property
    def owns_email(self) -> bool:
        """Whether the address is proved: by a code, or as the account's own."""
        own = self.user.email if self.user else ""
        return self.email_is_verified or (bool(own) and own.lower() == self.email.lower())


@dataclass(frozen=True)
class Address:
    """Where the parcel goes; `country` is an ISO code of two letters."""

    name: str
    address1: str
    city: str
    country: str
    address2: str = ""
    postcode: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Wanted:
    """A quantity of a variant."""

    variant_id: int
    quantity: int


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
    now: dt.datetime | None = None,
) -> PreOrder:
    """Hold the units and write what is owed as a deposit; the same `form_key` is the same order.

    `total_seen_minor` is the total (deposit and balance at most) the page showed; prices come
    from the server alone. `auto_charge` is the consent to charge the balance to the saved card.
    Without `now` the database's clock decides. Follow with `payments.start_deposit`.

    Refuses with `BadOrder` (422), `EmailNotVerified` (403), `PaymentsOff` (503), and with 409:
    `NotOpen`, `SoldOut`, `OverLimit`, `PriceChanged`.
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
        email=buyer.email,
        language=buyer.language,
        currency=campaign.currency,
        consent_text=consent_text,
        auto_charge=auto_charge,
        form_key=form_key,
        **asdict(address),
    )
    return once(lambda: _same_form(order), lambda: _reserve(order, units, total_seen_minor, now))


def _reserve(
    order: PreOrder, units: dict[int, int], total_seen_minor: int, now: dt.datetime | None
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
    quote = queries.quote(campaign, lines, order.country)
    if max(quote.deposit_minor, quote.later_minor) > MAXIMUM_CHARGE:
        raise BadOrder("quantity", _("That is more than one payment can be."))
    if quote.total_minor > total_seen_minor:
        raise PriceChanged(total_seen_minor, quote.total_minor)
    take(campaign, order.person, units)
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
    if any(variant.quota is not None for variant, _quantity in lines):
        campaign_changed(campaign.pk, "variants")
    return order


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


# -- Giving back ----------------------------------------------------------------------------
def cancel_order(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """The buyer takes the order back while deposits are open; a paid deposit is refunded whole.

    Not inside a transaction: an open checkout is ended at the provider first. Refuses with
    `TooLate` after the close, `StillChecking` when the provider has not answered.
    """
    order.refresh_from_db()
    if order.state in (S.RESERVED, S.EXPIRING):
        order = expire_order(order, "leave", actor=actor, now=now)
        if order.state == S.EXPIRING:
            raise StillChecking
        if order.state != S.DEPOSITED:
            return order
    return _cancel_deposited(order, actor=actor, now=now)


@transaction.atomic
def _cancel_deposited(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    order = lock_order(order.pk)
    if (order.state, "cancel") not in ORDER_MOVES or now >= order.campaign.closes_at:
        raise TooLate
    reason = gettext_lazy("You cancelled the order.")
    order = end_order(
        order.pk, "cancel", actor=actor, now=now, reason=reason, template="order_cancelled"
    )
    # The campaign's row is the gate against the close: whoever has it first decides.
    if not Campaign.objects.filter(pk=order.campaign_id, state=Campaign.State.OPEN).update(
        version=F("version") + 1
    ):
        raise TooLate
    return order


def expire_order(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> PreOrder:
    """End a reservation: the checkout is ended at the provider first, then the place goes back.

    `event` is `expire` or `leave`. The order comes back EXPIRED, DEPOSITED when the money was
    faster, or EXPIRING when the provider has not answered.
    """
    if order.state == S.RESERVED:
        # A payment or another process may have been first; what is there then is looked at.
        _begin_expiry(order, event, actor=actor, now=now)
    attempt = live_attempt(order)
    if attempt:
        attempts.end_attempt(attempt, now=now)
    else:
        _finish_without_attempt(order, actor=actor, now=now)
    order.refresh_from_db()
    return order


def _begin_expiry(order: PreOrder, event: str, *, actor: str, now: dt.datetime) -> None:
    try:
        advance(order, event, moves=ORDER_MOVES, actor=actor, now=now)
    except WrongState:
        order.refresh_from_db()


@transaction.atomic
def _finish_without_attempt(order: PreOrder, *, actor: str, now: dt.datetime) -> None:
    order = lock_order(order.pk)
    if order.state == S.EXPIRING and live_attempt(order) is None:
        answers.finish_expiry(order, "proved_dead", actor=actor, now=now)


def release_order(order: PreOrder, *, actor: str, reason: str, now: dt.datetime) -> PreOrder:
    """The brand lets an order go out of goodwill, after the close as well; all is refunded.

    Not inside a transaction. Refuses with `ReasonMissing`, `StillChecking`, `Refused`.
    """
    if not reason.strip():
        raise ReasonMissing
    order.refresh_from_db()
    if (order.state, "release") not in ORDER_MOVES:
        raise Refused(_("This order cannot be released any more."))
    attempt = live_attempt(order)
    if attempt:
        attempts.end_attempt(attempt, now=now)
    return end_order(
        order.pk, "release", actor=actor, now=now, reason=reason, template="order_released"
    )


# -- Changing -------------------------------------------------------------------------------
@transaction.atomic
def change_variant(
    order: PreOrder, *, from_variant: Variant, to_variant: Variant, actor: str, now: dt.datetime
) -> PreOrder:
    """Swap a line for another variant of the same price, while deposits are open.

    Refuses with `BadOrder`, `SoldOut`, `TooLate`.
    """
    order = lock_order(order.pk)
    campaign = order.campaign
    is_open = campaign.state == Campaign.State.OPEN and now < campaign.closes_at
    if (order.state, "change_variant") not in ORDER_MOVES or not is_open:
        raise TooLate
    line = order.lines.filter(variant=from_variant).first()
    other = Variant.objects.filter(pk=to_variant.pk, campaign=campaign).first()
    if line is None or other is None or other.pk == from_variant.pk:
        raise BadOrder("variant", _("An option is not part of this campaign."))
    if other.surcharge_minor != from_variant.surcharge_minor:
        raise BadOrder("variant", _("This option has another price. Please order it anew."))
    units = line.quantity
    for pk in sorted([from_variant.pk, other.pk]):
        if pk == other.pk:
            take_variant(campaign, pk, units)
        else:
            Variant.objects.filter(pk=pk).update(taken=F("taken") - units)
    line.delete()
    merged = order.lines.filter(variant=other).update(quantity=F("quantity") + units)
    if not merged:
        PreOrderLine.objects.create(order=order, variant=other, quantity=units)
    words = f"{from_variant.sku} > {other.sku} x {units}"
    advance(order, "change_variant", moves=ORDER_MOVES, actor=actor, now=now, reason=words)
    campaign_changed(campaign.pk, "variants")
    order_changed(order)
    return order


@transaction.atomic
def stop_auto_charge(order: PreOrder, *, actor: str, now: dt.datetime) -> PreOrder:
    """Take back the consent to charge the balance to the saved card; again changes nothing.

    The words that were agreed to stay with the order; the log says when they were taken back.
    Refuses with `StillChecking` while the card is being charged, and with `TooLate`.
    """
    order = lock_order(order.pk)
    if not order.auto_charge:
        return order
    attempt = live_attempt(order)
    if attempt and attempt.channel == Attempt.Channel.OFF_SESSION:
        raise StillChecking
    if (order.state, "stop_auto_charge") not in ORDER_MOVES:
        raise TooLate(_("There is no balance left that could be charged."))
    advance(order, "stop_auto_charge", moves=ORDER_MOVES, actor=actor, now=now, auto_charge=False)
    order_changed(order)
    return order


@transaction.atomic
def change_address(order: PreOrder, address: Address, *, actor: str, now: dt.datetime) -> PreOrder:
    """Correct the address until the order is sent; not to where shipping costs more.

    Refuses with `TooLate` and `BadOrder` at `country`.
    """
    order = lock_order(order.pk)
    if (order.state, "accept_return") in ORDER_MOVES or order.state in _ENDED:
        raise TooLate(_("The parcel is on its way, or the order has ended."))
    if shipping.price_to(order.campaign, address.country) > order.shipping_minor:
        raise BadOrder("country", _("Shipping there costs more than was agreed."))
    PreOrder.objects.filter(pk=order.pk).update(**asdict(address))
    order.refresh_from_db()
    return order


_ENDED = [S.EXPIRED, S.CLOSED, S.DEFAULTED, S.CANCELLED, S.RETURNED]
