"""What shipping of one order costs to where: the brand's zones, frozen with a campaign's terms."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from fans.models import Brand
from presale.errors import BadOrder
from presale.models import Campaign


@dataclass(frozen=True)
class Zone:
    """Countries (ISO codes; none means all others) to which an order is sent for one price."""

    name: str
    countries: tuple[str, ...]
    price_minor: int


def zones_of(campaign: Campaign) -> list[Zone]:
    """The zones of a campaign: those its terms were frozen with; for a draft the brand's own."""
    if campaign.state == Campaign.State.DRAFT:
        return zones_now(campaign.brand)
    return [Zone(**{**row, "countries": tuple(row["countries"])}) for row in campaign.shipping]


def zones_now(brand: Brand) -> list[Zone]:
    """The brand's zones as they stand, in the order in which they were written."""
    return [
        Zone(zone.name, tuple(zone.countries), zone.price_minor)
        for zone in brand.zones.order_by("pk")
    ]


def frozen(zones: Iterable[Zone]) -> list[dict[str, Any]]:
    """The zones as `Campaign.shipping` keeps them."""
    return [{**asdict(zone), "countries": list(zone.countries)} for zone in zones]


def price_to(campaign: Campaign, country: str) -> int:
    """What shipping costs to a country, in minor units. Refuses one that is not served."""
    zones = zones_of(campaign)
    named = [zone for zone in zones if country in zone.countries]
    rest = [zone for zone in zones if not zone.countries]
    if not named and not rest:
        raise BadOrder("country", _("The brand does not ship to this country."))
    return (named or rest)[0].price_minor
