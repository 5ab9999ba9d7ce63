"""What the pre-sale adds to pages of brands and designs."""

from django.http import HttpRequest

from designs.models import Design
from fans.models import Brand
from fans.sections import Block
from presale import listing
from voting.models import Round


def brand_campaigns(request: HttpRequest, brand: Brand) -> Block | None:
    """On a brand's page: its published campaigns, those that take deposits first."""
    shown = list(listing.listed().filter(brand=brand)[:6])
    return ("presale/_brand_campaigns.html", {"campaigns": shown}) if shown else None


def winner_campaign(request: HttpRequest, round: Round) -> Block | None:
    """Under the result of a round: the campaign that its winner became."""
    found = listing.published().filter(won_round=round).order_by("-pk").first()
    return ("presale/_design_campaign.html", {"campaign": found}) if found else None


def design_campaign(request: HttpRequest, design: Design) -> Block | None:
    """On a draft's page: that it is in pre-sale, or was made."""
    found = listing.published().filter(revision__design=design).order_by("-pk").first()
    return ("presale/_design_campaign.html", {"campaign": found}) if found else None
