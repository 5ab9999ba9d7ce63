"""Places: units held of a variant, of a person's limit, and in the count of paid deposits.

Everything here is called inside the transaction of an order's step. Rows are locked in one order
everywhere: the order, the person's limit, variants by key, the campaign.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence

from django.db.models import F, Q, QuerySet
from django.utils.crypto import salted_hmac

from presale import clearing, states
from presale.errors import NotOpen, OverLimit, SoldOut
from presale.models import Campaign, PersonLimit, PreOrder, PriceStep, Variant
from presale.queries import book_of, steps_of


def person_of(email: str) -> str:
    """Who counts as one person: a keyed hash of the address, whatever its case."""
    key = salted_hmac("presale.person", "limit", algorithm="sha256").digest()
    address = unicodedata.normalize("NFKC", email).strip().lower()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()


def lock_order(pk: int) -> PreOrder:
    """The order as it is now, locked until the transaction ends (SQLite: all writers wait)."""
    return PreOrder.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=pk)


def take(campaign: Campaign, person: str, units: Mapping[int, int]) -> None:
    """Hold units by variant for a person. Refuses with `OverLimit`, `SoldOut`, `NotOpen`."""
    take_of_limit(campaign, person, sum(units.values()))
    for pk in sorted(units):
        take_variant(campaign, pk, units[pk])


def take_of_limit(campaign: Campaign, person: str, units: int) -> None:
    """Count units towards what one person may hold."""
    row, _new = PersonLimit.objects.get_or_create(campaign=campaign, person=person)
    room = PersonLimit.objects.filter(pk=row.pk, taken__lte=campaign.person_limit - units)
    if not room.update(taken=F("taken") + units):
        row.refresh_from_db()
        raise OverLimit(campaign.person_limit, max(0, campaign.person_limit - row.taken))


def take_variant(campaign: Campaign, pk: int, units: int) -> None:
    """Hold units of one variant; the condition is in the statement, so it cannot be oversold.

    What becomes free while people wait in line goes to them, by `waiting.offer_next`.
    """
    row = Variant.objects.filter(pk=pk, campaign=campaign)
    free = Q(quota__isnull=True) | Q(taken__lte=F("quota") - units)
    if row.filter(free, is_open=True, waiting=0).update(taken=F("taken") + units):
        return
    variant = row.get()
    if not variant.is_open:
        raise NotOpen(campaign.state, campaign.closes_at)
    raise SoldOut(pk, variant.label, variant.left or 0)


def units_of(order: PreOrder) -> dict[int, int]:
    """Units by variant."""
    return dict(order.lines.values_list("variant_id", "quantity"))


def give_back(order: PreOrder) -> None:
    """Let go of what the order held; only in the one step out of a holding state."""
    units = units_of(order)
    limit = PersonLimit.objects.filter(campaign_id=order.campaign_id, person=order.person)
    limit.update(taken=F("taken") - sum(units.values()))
    for pk in sorted(units):
        Variant.objects.filter(pk=pk).update(taken=F("taken") - units[pk])


def give_back_units(order: PreOrder, variant_id: int, units: int) -> None:
    """Let go of some units of an order that goes on; in the step that takes them off its lines."""
    limit = PersonLimit.objects.filter(campaign_id=order.campaign_id, person=order.person)
    limit.update(taken=F("taken") - units)
    Variant.objects.filter(pk=variant_id).update(taken=F("taken") - units)


def count(order: PreOrder) -> bool:
    """Count a paid deposit towards the ladder; False when the campaign takes none any more.

    The price reached is kept: a later cancellation does not raise it.
    """
    rows = Campaign.objects.filter(pk=order.campaign_id, state__in=states.TAKES_DEPOSITS)
    return _count(order, sum(units_of(order).values()), rows)


def uncount(order: PreOrder, *, only_in: Sequence[str] = ()) -> bool:
    """Take an order out of the count; False when the campaign is in none of `only_in`."""
    rows = Campaign.objects.filter(pk=order.campaign_id)
    if only_in:
        rows = rows.filter(state__in=only_in)
    return _count(order, -sum(units_of(order).values()), rows)


def uncount_units(order: PreOrder, units: int) -> bool:
    """Take some units of a paid order out of the count; False when deposits are not open."""
    rows = Campaign.objects.filter(pk=order.campaign_id, state=Campaign.State.OPEN)
    return _count(order, -units, rows)


def _count(order: PreOrder, units: int, rows: QuerySet[Campaign]) -> bool:
    """Write `units` more into the ladder: who is in follows from the price, which only falls."""
    if not rows.update(version=F("version") + 1):  # also locks the row
        return False
    campaign = Campaign.objects.get(pk=order.campaign_id)
    reached, book = campaign.reached_unit_minor, book_of(campaign)
    by_limit = 0 if reached is None else clearing.demand(0, book, reached)
    ordinary = campaign.units - by_limit
    if order.limit_minor is None:
        ordinary += units
    else:
        step = PriceStep.objects.filter(campaign=campaign, unit_minor=order.limit_minor)
        step.update(limit_units=F("limit_units") + units)
        book[order.limit_minor] += units
    price = clearing.clear(steps_of(campaign), ordinary, book).unit_minor
    if reached is not None and (price is None or reached < price):
        price = reached
    total = 0 if price is None else clearing.demand(ordinary, book, price)
    rows.update(units=total, reached_unit_minor=price)
    return True
