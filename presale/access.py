"""The doors to campaigns and orders: who may open which."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from designs.models import Thread
from designs.threads import Place
from fans.access import MERCHANT, Visitor, brand_for, has_role
from fans.models import Brand
from presale.models import Campaign, PreOrder, ProductionSheet
from voting.models import Entry

_WITH_PRODUCT = ("brand", "revision__design__brief", "revision__design__designer", "thread")


def visible_campaign(user: Visitor, pk: int) -> Campaign:
    """A published campaign for everybody; a draft only for the brand's merchants, else 404."""
    campaign = get_object_or_404(Campaign.objects.select_related(*_WITH_PRODUCT), pk=pk)
    if campaign.state == Campaign.State.DRAFT and not has_role(user, campaign.brand, *MERCHANT):
        raise Http404
    return campaign


def place_of_campaign(thread: Thread) -> Place | None:
    """The page of a campaign's thread, once everybody may see that page."""
    campaigns = Campaign.objects.exclude(state=Campaign.State.DRAFT).select_related("brand")
    found = campaigns.filter(thread=thread).first()
    if not found:
        return None
    return Place(found.brand, reverse("presale:campaign", args=[found.pk]), found.title)


def managed_campaign(user: Visitor, slug: str, pk: int) -> Campaign:
    """A campaign of a brand that this person runs; 403 without the role, 404 elsewhere."""
    brand = brand_for(user, slug, *MERCHANT)
    return get_object_or_404(Campaign.objects.select_related(*_WITH_PRODUCT), brand=brand, pk=pk)


def entry_for_campaign(user: Visitor, slug: str, pk: int) -> tuple[Brand, Entry]:
    """An entry of one of the brand's rounds, for its merchants."""
    brand = brand_for(user, slug, *MERCHANT)
    entries = Entry.objects.select_related("round__brief__brand", "revision__design__brief")
    return brand, get_object_or_404(entries, pk=pk, round__brief__brand=brand)


def managed_sheet(user: Visitor, slug: str, pk: int, number: int) -> ProductionSheet:
    """A frozen sheet of a campaign that this person runs."""
    campaign = managed_campaign(user, slug, pk)
    return get_object_or_404(campaign.sheets.select_related("frozen_by"), number=number)


def managed_order(user: Visitor, slug: str, pk: int, number: str) -> PreOrder:
    """An order of a campaign that this person runs, by the number people read out."""
    campaign = managed_campaign(user, slug, pk)
    orders = campaign.orders.select_related("campaign__brand", "shipment", "user")
    return get_object_or_404(orders.prefetch_related("lines__variant"), number=number)


def order_by_code(code: str) -> PreOrder:
    """The order of this code. The code is the key: whoever has the link may open it."""
    orders = PreOrder.objects.select_related(
        "campaign__brand", "campaign__revision__design", "user"
    )
    return get_object_or_404(orders.prefetch_related("lines__variant"), code=code)
