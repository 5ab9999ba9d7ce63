"""After the money: the sheet for the factory, news for fans, parcels."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.once import once
from core.states import WrongState
from designs.models import Picture
from fans.models import User
from presale import reports
from presale.actions.fulfilment import ship_order
from presale.actions.telling import campaign_changed
from presale.errors import Refused
from presale.models import (
    Campaign,
    PreOrder,
    ProductionSheet,
    ProductionUpdate,
    Shipment,
    UpdatePicture,
)
from presale.states import SENDS_PARCELS

State = Campaign.State
FREEZABLE = SHIPPABLE = SENDS_PARCELS
LONGEST_CARRIER, LONGEST_TRACKING = 60, 80
TELLS_NEWS = [
    State.OPEN, State.CLOSING, State.BALANCE, State.DECISION, State.PRODUCTION, State.SHIPPING,
    State.COMPLETED,
]  # fmt: skip


class NotInProduction(Refused):
    """Sheets and parcels exist only once the campaign is in production."""

    message = gettext_lazy("This campaign is not in production.")


class OrdersMoved(Refused):
    """The orders are no longer those the page showed; both counts are given."""

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(
            ngettext(
                "The orders changed while you looked: the page showed %(seen)s unit, "
                "now there are %(now)s. Check the table and freeze it again.",
                "The orders changed while you looked: the page showed %(seen)s units, "
                "now there are %(now)s. Check the table and freeze it again.",
                seen,
            )
            % {"seen": seen, "now": now}
        )
        self.seen, self.now = seen, now


class StillPaying(Refused):
    """Some balances are neither paid nor given up, so the units are not known yet."""

    def __init__(self, orders: int) -> None:
        super().__init__(
            ngettext(
                "%(orders)s order may still be paid. Freeze the sheet when it is decided.",
                "%(orders)s orders may still be paid. Freeze the sheet when they are decided.",
                orders,
            )
            % {"orders": orders}
        )


class NothingChanged(Refused):
    """The last sheet says exactly what a new one would say."""

    message = gettext_lazy("Nothing has changed since the last sheet.")


class NothingToMake(Refused):
    """There is no paid unit."""

    message = gettext_lazy("There is no paid order to make.")


@transaction.atomic
def freeze_sheet(
    *, campaign: Campaign, seen_sha256: str, seen_units: int, author: User, now: dt.datetime
) -> ProductionSheet:
    """Write the next numbered sheet. It equals the orders to the last unit, or it is not written.

    What the person saw is compared with a fresh count inside this transaction, which holds the
    campaign's row; a unit that moved in between refuses the whole sheet.
    """
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.state not in FREEZABLE:
        raise NotInProduction
    count = reports.count_for_production(locked)
    if count.undecided:
        raise StillPaying(count.undecided)
    if count.sha256 != seen_sha256:
        raise OrdersMoved(seen_units, count.units)
    if not count.units:
        raise NothingToMake
    last = locked.sheets.order_by("-number").first()
    if last and last.sha256 == count.sha256:
        raise NothingChanged
    return ProductionSheet.objects.create(
        campaign=locked,
        number=(last.number if last else 0) + 1,
        rows=count.rows,
        orders=count.orders,
        units=count.units,
        sha256=count.sha256,
        frozen_at=now,
        frozen_by=author,
    )


@dataclass(frozen=True)
class News:
    """What an update says; pictures in the order shown, each with its words."""

    stage: str
    title: str
    body: str
    pictures: Sequence[tuple[Picture, str]]
    form_key: uuid.UUID


def post_update(
    *, campaign: Campaign, news: News, author: User, now: dt.datetime
) -> ProductionUpdate:
    """Publish news; everybody whose order stands is mailed by a job. The same form twice is one.

    Refuses with `NotInProduction` before deposits are open.
    """
    same = campaign.updates.filter(form_key=news.form_key)
    return once(same.first, lambda: _post(campaign, news, author, now))


def _post(campaign: Campaign, news: News, author: User, now: dt.datetime) -> ProductionUpdate:
    if campaign.state not in TELLS_NEWS:
        raise NotInProduction(_("News can be posted once deposits are open."))
    update = ProductionUpdate.objects.create(
        campaign=campaign,
        stage=news.stage,
        title=news.title,
        body=news.body,
        author=author,
        form_key=news.form_key,
        posted_at=now,
    )
    UpdatePicture.objects.bulk_create(
        UpdatePicture(update=update, picture=picture, position=place, alt=alt)
        for place, (picture, alt) in enumerate(news.pictures)
    )
    campaign_changed(campaign.pk, "updates")
    return update


@dataclass(frozen=True)
class Parcel:
    """One line of a list of parcels; `line` is where it stood, for messages."""

    line: int
    number: str
    carrier: str
    tracking: str


class BadParcels(Refused):
    """Some lines cannot be right. Nothing was marked; `lines` says why, line by line."""

    status = 422

    def __init__(self, lines: list[tuple[int, str]]) -> None:
        super().__init__(_("Nothing was marked. Mend these lines and send the list again."))
        self.lines = lines


@dataclass(frozen=True)
class Checked:
    """A line of the list beside its order: what is wrong with it, or that it is known already."""

    parcel: Parcel
    order: PreOrder | None
    problem: str
    is_known: bool


def check_parcels(campaign: Campaign, parcels: Sequence[Parcel]) -> list[Checked]:
    """What a list would do, line by line; nothing is written."""
    return _checked(parcels, _named(campaign.orders.all(), parcels))


@transaction.atomic
def mark_shipped(
    *, campaign: Campaign, parcels: Sequence[Parcel], author: User, now: dt.datetime
) -> list[Shipment]:
    """Mark these orders as sent, all or none, book the sales and tell the people.

    A line that was carried out before, with the same carrier and number, does nothing again.
    """
    campaign.refresh_from_db(fields=["state"])
    if campaign.state not in SHIPPABLE:
        raise NotInProduction
    # All orders are locked at once and by key, so that two lists at a time cannot block each other.
    rows = campaign.orders.select_for_update(of=("self",)).order_by("pk")
    lines = _checked(parcels, _named(rows, parcels))
    problems = [(line.parcel.line, line.problem) for line in lines if line.problem]
    if problems:
        raise BadParcels(problems)
    new = [(line.order, line.parcel) for line in lines if line.order and not line.is_known]
    try:
        return [_ship(order, parcel, author, now) for order, parcel in new]
    except WrongState:
        # The campaign was called off while the list was on its way.
        raise NotInProduction from None


def _named(rows: QuerySet[PreOrder], parcels: Sequence[Parcel]) -> dict[str, PreOrder]:
    numbers = [parcel.number.upper() for parcel in parcels]
    return {order.number: order for order in rows.filter(number__in=numbers)}


def _checked(parcels: Sequence[Parcel], orders: dict[str, PreOrder]) -> list[Checked]:
    sent = {row.order_id: row for row in Shipment.objects.filter(order__in=orders.values())}
    found: list[Checked] = []
    seen: dict[str, int] = {}
    for parcel in parcels:
        number = parcel.number.upper()
        order, earlier = orders.get(number), seen.setdefault(number, parcel.line)
        before = sent.get(order.pk) if order else None
        told = (parcel.carrier, parcel.tracking)
        is_first = earlier == parcel.line
        is_known = is_first and before is not None and (before.carrier, before.tracking) == told
        text = "" if is_known else _parcel_problem(parcel, order, None if is_first else earlier)
        found.append(Checked(parcel, order, text, is_known))
    return found


def _parcel_problem(parcel: Parcel, order: PreOrder | None, earlier: int | None) -> str:
    if earlier is not None:
        return _("Order %(number)s is in line %(line)s already.") % {
            "number": parcel.number,
            "line": earlier,
        }
    if order is None:
        return _("There is no order %(number)s in this campaign.") % {"number": parcel.number}
    if order.hold_reason:
        return _("Order %(number)s is on hold.") % {"number": parcel.number}
    if order.state != PreOrder.State.IN_PRODUCTION:
        return _("Order %(number)s cannot be sent: %(state)s.") % {
            "number": parcel.number,
            "state": order.get_state_display(),
        }
    if not parcel.carrier or not parcel.tracking:
        return _("The carrier or the tracking number is missing.")
    if len(parcel.carrier) > LONGEST_CARRIER or len(parcel.tracking) > LONGEST_TRACKING:
        return _("The carrier or the tracking number is too long.")
    return ""


def _ship(order: PreOrder, parcel: Parcel, author: User, now: dt.datetime) -> Shipment:
    shipment = Shipment.objects.create(
        order=order,
        carrier=parcel.carrier,
        tracking=parcel.tracking,
        shipped_at=now,
        shipped_by=author,
    )
    ship_order(order, actor=author.actor, now=now)
    return shipment
