"""The waiting list: joining, being offered what became free, taking it, missing it, leaving.

The variant's row is locked before its places, everywhere. While anybody waits for a variant,
nobody else can take units of it, so what becomes free goes to the line.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.mail import queue_mail
from core.once import once
from core.states import WrongState, advance
from presale import links, queues, terms
from presale.actions.buyers import Buyer
from presale.actions.places import person_of
from presale.actions.telling import campaign_changed, written
from presale.errors import BadOrder, EmailNotVerified, NotOpen, OverLimit, Refused
from presale.models import Campaign, PersonLimit, PreOrder, Variant, WaitingPlace
from presale.states import WAITING_MOVES

C, S = Campaign.State, WaitingPlace.State
LINE = 500


def join(
    campaign: Campaign, *, variant: Variant, quantity: int, buyer: Buyer, now: dt.datetime
) -> WaitingPlace:
    """Stand in line for units of a variant that is sold out; again it is the same place.

    Refuses with `EmailNotVerified`, `NotOpen`, `BadOrder`, `OverLimit`, and with `Refused` while
    so many units can simply be ordered.
    """
    if not buyer.owns_email:
        raise EmailNotVerified
    if campaign.state != C.OPEN or now >= campaign.closes_at:
        raise NotOpen(campaign.state, campaign.closes_at)
    if variant.campaign_id != campaign.pk or variant.quota is None:
        raise BadOrder("variant", _("There is no waiting list for this."))
    if type(quantity) is not int or not 1 <= quantity <= min(campaign.person_limit, variant.quota):
        raise BadOrder("quantity", _("Nobody can have so many units of it."))
    person = person_of(buyer.email)

    def mine() -> WaitingPlace | None:
        rows = WaitingPlace.objects.filter(variant=variant, person=person)
        return rows.filter(state__in=[S.WAITING, S.OFFERED]).first()

    return once(mine, lambda: _join(campaign, variant, quantity, buyer, person, now))


def _join(
    campaign: Campaign, variant: Variant, quantity: int, buyer: Buyer, person: str, now: dt.datetime
) -> WaitingPlace:
    held = PersonLimit.objects.filter(campaign=campaign, person=person).first()
    room = campaign.person_limit - (held.taken if held else 0)
    if quantity > room:
        raise OverLimit(campaign.person_limit, max(0, room))
    # Locks the variant: from here on nobody else takes what becomes free.
    Variant.objects.filter(pk=variant.pk).update(waiting=F("waiting") + 1)
    variant.refresh_from_db()
    assert variant.quota is not None
    if variant.waiting == 1 and variant.quota - variant.taken >= quantity:
        raise Refused(_("So many units are free: order them now."))
    place = WaitingPlace.objects.create(
        campaign=campaign, variant=variant, quantity=quantity, person=person, user=buyer.user,
        email=buyer.email, language=buyer.language, joined_at=now,
    )  # fmt: skip
    _mail(place, "joined", "waiting_joined", position=position(place))
    campaign_changed(campaign.pk, "variants")
    return place


def position(place: WaitingPlace) -> int:
    """How many stand in line up to this place, itself included."""
    line = WaitingPlace.objects.filter(variant_id=place.variant_id, state=S.WAITING)
    return line.filter(pk__lte=place.pk).count()


@transaction.atomic
def offer_next(variant_id: int, *, now: dt.datetime) -> WaitingPlace | None:
    """Keep what is free for the next in line by `queues.choose`; None when there is nobody."""
    row = Variant.objects.filter(pk=variant_id, waiting__gt=0, is_open=True)
    if not row.update(waiting=F("waiting")):
        return None
    variant = Variant.objects.select_related("campaign").get(pk=variant_id)
    campaign, free = variant.campaign, (variant.quota or 0) - variant.taken
    if free <= 0 or campaign.state != C.OPEN or now >= campaign.closes_at:
        return None
    line = WaitingPlace.objects.filter(variant=variant, state=S.WAITING).order_by("pk")[:LINE]
    chosen = queues.choose([queues.Wish(p.pk, p.quantity, p.passed) for p in line], free)
    if chosen is None:
        return None
    WaitingPlace.objects.filter(pk__in=chosen[1]).update(passed=F("passed") + 1)
    place = WaitingPlace.objects.select_related("campaign__brand", "variant").get(pk=chosen[0])
    until = min(now + terms.OFFER, campaign.closes_at)
    advance(
        place, "offer", moves=WAITING_MOVES, actor="job:offer_places", now=now, offered_at=now,
        offer_until=until,
    )  # fmt: skip
    row.update(taken=F("taken") + place.quantity, waiting=F("waiting") - 1)
    _mail(place, "offer", "waiting_offer", until_at=until)
    campaign_changed(campaign.pk, "variants")
    return place


def hold_offered(order: PreOrder, place: WaitingPlace, units: int, now: dt.datetime) -> None:
    """Hand the units kept for a place over to its order; in the transaction that reserves it.

    The person's limit is counted by the caller. Fewer units than were kept go back. Refuses with
    `Refused` when the offer has ended, `BadOrder`, `NotOpen`.
    """
    row = Variant.objects.filter(pk=place.variant_id)
    # Locks the variant. What was kept and is not taken becomes free for the next.
    if not row.filter(is_open=True).update(taken=F("taken") - (place.quantity - units)):
        raise NotOpen(order.campaign.state, order.campaign.closes_at)
    fresh = WaitingPlace.objects.get(pk=place.pk)
    if fresh.person != order.person or not 1 <= units <= fresh.quantity:
        raise BadOrder("quantity", _("Nobody can have so many units of it."))
    if fresh.offer_until is None or now >= fresh.offer_until:
        raise Refused(_("This offer has ended."))
    try:
        advance(fresh, "take", moves=WAITING_MOVES, actor="buyer", now=now)
    except WrongState:
        raise Refused(_("This offer has ended.")) from None


@transaction.atomic
def leave(place: WaitingPlace, *, actor: str, now: dt.datetime) -> WaitingPlace:
    """Step out of the line, or let an offer go. Refuses with `Refused` when it is over already."""
    try:
        return _step_out(place, "leave", actor, now)
    except WrongState:
        raise Refused(_("You are not on this list any more.")) from None


@transaction.atomic
def miss(place: WaitingPlace, *, now: dt.datetime) -> None:
    """The offer was not taken in time; the next in line gets the units."""
    place = _step_out(place, "miss", "job:offer_places", now)
    _mail(place, "missed", "waiting_missed")


@transaction.atomic
def end(place: WaitingPlace, *, now: dt.datetime) -> None:
    """Deposits have closed: the line ends."""
    place = _step_out(place, "end", "job:offer_places", now)
    _mail(place, "ended", "waiting_ended")


def _step_out(place: WaitingPlace, event: str, actor: str, now: dt.datetime) -> WaitingPlace:
    row = Variant.objects.filter(pk=place.variant_id)
    row.update(waiting=F("waiting"))  # locks it before the place
    place = WaitingPlace.objects.select_related("campaign__brand", "variant").get(pk=place.pk)
    was_offered = place.state == S.OFFERED
    advance(place, event, moves=WAITING_MOVES, actor=actor, now=now)
    if was_offered:
        row.update(taken=F("taken") - place.quantity)
    else:
        row.update(waiting=F("waiting") - 1)
    campaign_changed(place.campaign_id, "variants")
    return place


def _mail(place: WaitingPlace, fact: str, template: str, **context: Any) -> None:
    queue_mail(
        f"waiting:{place.pk}:{fact}",
        place.email,
        template,
        {
            "place": place,
            "campaign": place.campaign,
            "brand": place.campaign.brand,
            "place_url": links.waiting_url(place),
            **written(context, place.campaign, place.language),
        },
        language=place.language,
    )
