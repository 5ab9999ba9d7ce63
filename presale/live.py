"""Rooms of the pre-sale: what moves on campaign and order pages while people look.

`campaign.<pk>` is everybody's once the campaign is published; the figures of the console, in
`campaign.<pk>.desk`, belong to those who run its brand. `order.<pk>.<code>` is for whoever
holds the order's code, the same key that opens its page; a person's own orders need none.
Frames carry no viewer: an order's figures move by themselves; at each of its steps the page
fetches itself again, for the buttons of the new state.
"""

from typing import Any

from django.template.loader import render_to_string

from core import live
from core.clock import now
from core.live import Frame
from fans.access import MERCHANT, has_role
from presale import boards, pages, stories
from presale.models import Campaign, PreOrder

# What those who run the brand see of a campaign.
DESK = "desk"


def register() -> None:
    """Introduce the rooms; from `AppConfig.ready`."""
    live.register("campaign", may_join=_may_see_campaign, render=_campaign_frames)
    live.register("order", may_join=_may_see_order, render=_order_frames)


def _may_see_campaign(user: Any, voter: Any, pk: int, part: str) -> bool:
    if part == DESK:
        found = Campaign.objects.select_related("brand").filter(pk=pk).first()
        return found is not None and has_role(user, found.brand, *MERCHANT)
    return not part and Campaign.objects.filter(pk=pk).exclude(state=Campaign.State.DRAFT).exists()


def _may_see_order(user: Any, voter: Any, pk: int, part: str) -> bool:
    orders = PreOrder.objects.filter(pk=pk)
    if part:
        return orders.filter(code=part).exists()
    return bool(user.is_authenticated) and orders.filter(user=user).exists()


def _campaign_frames(
    pk: int, part: str, language: str, keys: set[str] | None, after: int
) -> list[Frame]:
    campaign = Campaign.objects.select_related("brand").filter(pk=pk).first()
    if not campaign:
        return []
    if part == DESK:
        shown = boards.figures_context(campaign, now())
        html = render_to_string("presale/_figures_live.html", shown)
        return [Frame(f"campaign-{pk}-figures", html, shown["figures_version"])]
    ladder = pages.ladder_view(campaign)
    context = {
        "campaign": campaign,
        "ladder": ladder,
        "phase": pages.phase(campaign, now(), ladder.units),
    }
    wanted = [
        ("ladder", f"campaign-{pk}-ladder", "presale/_campaign_live.html"),
        ("ladder", f"campaign-{pk}-due", "presale/_due_live.html"),
        ("ladder", f"campaign-{pk}-price", "presale/_price_live.html"),
        ("ladder", f"campaign-{pk}-teaser", "presale/_campaign_teaser_live.html"),
        ("phase", f"campaign-{pk}-phase", "presale/_campaign_head.html"),
        ("variants", f"campaign-{pk}-left", "presale/_left.html"),
        ("updates", f"campaign-{pk}-updates", "presale/_updates.html"),
    ]
    if not keys or "ladder" in keys:
        context["due"] = pages.money_block(campaign)
    if keys is None or "variants" in keys:
        context["scarce"] = pages.scarce(campaign)
    if keys is None or "updates" in keys:
        context["updates"] = pages.updates(campaign)
    return [
        Frame(id=dom_id, html=render_to_string(name, context), version=campaign.version)
        for key, dom_id, name in wanted
        if keys is None or not keys or key in keys
    ]


def _order_frames(
    pk: int, part: str, language: str, keys: set[str] | None, after: int
) -> list[Frame]:
    order = PreOrder.objects.select_related("campaign").filter(pk=pk).first()
    if not order:
        return []
    context = stories.order_context(order, now())
    return [
        Frame(
            id=f"order-{pk}-step",
            html=render_to_string("presale/_order_step.html", context),
            version=context["step_version"],
            say=str(order.get_state_display()),
        ),
        Frame(
            id=f"order-{pk}-live",
            html=render_to_string("presale/_order_live.html", context),
            version=context["live_version"],
        ),
        Frame(
            id=f"order-{pk}-sum",
            html=render_to_string("presale/_order_sum.html", context),
            version=context["live_version"],
        ),
    ]
