"""What a brand's console shows: what needs somebody, the next step of each thing, the figures."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from designs.models import Brief
from fans.models import Brand
from presale.boards.figures import (
    figures,
    figures_context,
    filtered_orders,
    funnel,
    held_units,
    stakes,
)
from presale.boards.needs import Need, brief_needs, campaign_needs, is_silent, round_needs
from presale.boards.rows import Row, brief_row, campaign_row, campaign_step, round_row
from presale.models import Campaign
from presale.states import ENDED_CAMPAIGNS
from voting.models import Entry, Round


@dataclass(frozen=True)
class Board:
    """The home of a brand's console."""

    needs: list[Need]
    briefs: list[Row]
    rounds: list[Row]
    campaigns: list[Row]
    follows: int = 0


def board(brand: Brand, now: dt.datetime) -> Board:
    """Everything of a brand: what waits, and in each list what goes on before what is over."""
    campaigns = list(brand.campaigns.select_related("brand", "revision__design").order_by("-pk"))
    rounds = _rounds(brand)
    briefs = list(brand.briefs.order_by("-pk"))
    campaigns.sort(key=lambda one: one.state in (*ENDED_CAMPAIGNS, Campaign.State.COMPLETED))
    rounds.sort(key=lambda one: one.state in (Round.State.CLOSED, Round.State.CANCELLED))
    briefs.sort(key=lambda one: one.state == Brief.State.CLOSED)
    needs = [*round_needs(rounds, campaigns), *campaign_needs(campaigns, now)]
    return Board(
        needs=[*needs, *brief_needs(briefs)],
        briefs=[brief_row(brief) for brief in briefs],
        rounds=[round_row(one) for one in rounds],
        campaigns=[campaign_row(campaign, now) for campaign in campaigns],
        follows=brand.follows.count(),
    )


def _rounds(brand: Brand) -> list[Round]:
    """The rounds of the brand with `decided` and `waiting`: whether drafts are decided, or not."""
    entries = Entry.objects.filter(round=OuterRef("pk"))
    waiting = Exists(entries.filter(outcome=Entry.Outcome.PENDING))
    decided = Exists(entries.exclude(outcome=Entry.Outcome.PENDING))
    rounds = Round.objects.filter(brief__brand=brand).select_related("brief__brand")
    return list(rounds.annotate(waiting=waiting, decided=decided).order_by("-pk"))


__all__ = [
    "Board", "board", "campaign_step", "figures", "figures_context",
    "filtered_orders", "funnel", "held_units",
    "is_silent", "stakes",
]  # fmt: skip
