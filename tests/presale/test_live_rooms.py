"""Rooms of campaigns and orders: who may sit in them, and what they are sent."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from core import live
from core.live import Viewer
from presale.models import Campaign, PreOrder
from tests import cast
from tests.presale import house

pytestmark = pytest.mark.django_db
NOBODY = Viewer(AnonymousUser(), None)


def frames(room: str) -> dict[str, str]:
    """What a page is sent when it joins: element id to markup."""
    message = live.render(room, "en", None, 0)
    return {one["id"]: one["html"] for one in json.loads(message)["frames"]} if message else {}


def test_everybody_may_sit_in_a_published_campaign_and_nobody_in_a_draft():
    draft, shown = house.draft(title="Draft"), house.opened()
    assert live.may_join(f"campaign.{shown.pk}", NOBODY)
    assert not live.may_join(f"campaign.{draft.pk}", NOBODY)
    assert not live.may_join(f"campaign.{shown.pk}.staff", NOBODY)


def test_the_figures_of_the_console_are_for_those_who_run_the_brand():
    campaign = house.opened()
    room, tiles = f"campaign.{campaign.pk}.desk", f"campaign-{campaign.pk}-figures"
    assert not live.may_join(room, NOBODY)
    assert not live.may_join(room, Viewer(cast.person("Ada"), None))
    assert live.may_join(room, Viewer(cast.person("Jonas"), None))
    before = frames(room)[tiles]
    house.deposited(campaign, quantity=3)
    assert "3 units" not in before and "3 units" in frames(room)[tiles]
    assert not live.may_join("campaign.999", NOBODY)


def test_an_order_is_heard_by_its_code_and_by_its_owner_alone():
    order = house.reserved(house.opened())
    room = f"order.{order.pk}"
    assert live.may_join(f"{room}.{order.code}", NOBODY)
    assert not live.may_join(f"{room}.{order.code[:-1]}x", NOBODY)
    assert not live.may_join(room, NOBODY)
    assert not live.may_join(room, Viewer(cast.person("Omar"), None))
    assert live.may_join(room, Viewer(cast.person("Ada"), None))


def test_a_paid_deposit_moves_the_ladder_of_every_page_and_its_version():
    campaign = house.opened()
    before = Campaign.objects.get().version
    assert "0 units ordered" in frames(f"campaign.{campaign.pk}")[f"campaign-{campaign.pk}-ladder"]
    house.deposited(campaign, quantity=3)
    after = frames(f"campaign.{campaign.pk}")
    assert "3 units ordered" in after[f"campaign-{campaign.pk}-ladder"]
    assert "\u00a5289" in after[f"campaign-{campaign.pk}-teaser"]
    assert Campaign.objects.get().version > before


def test_every_frame_replaces_an_element_that_the_page_has(client):
    campaign = house.opened()
    page = client.get(f"/c/{campaign.pk}/").content.decode()
    pre_orders = client.get("/pre-orders/").content.decode()
    pre_orders += page_of(client, house.reserved(campaign))
    for name, html in frames(f"campaign.{campaign.pk}").items():
        assert html.count(f'id="{name}"') == 1
        assert f'id="{name}"' in page + pre_orders or name.endswith("-updates")


def test_frames_carry_nothing_of_a_viewer():
    order = house.deposited(house.opened())
    for room in (f"campaign.{order.campaign_id}", f"order.{order.pk}"):
        for html in frames(room).values():
            assert "csrf" not in html and "<form" not in html and order.email not in html


def test_an_order_tells_its_page_of_a_step_once(client):
    order = house.reserved(house.opened())
    before = step_of(order)
    assert f'-step" data-version="{before["v"]}"' in page_of(client, order)
    house.pay(order)
    after, page = step_of(order), page_of(client, order)
    assert after["v"] > before["v"] and after["say"] == "Deposit paid"
    assert f'hx-get="/orders/{order.code}/"' in after["html"]
    assert f'-step" data-version="{after["v"]}"' in page and f'id="order-{order.pk}-page"' in page


def page_of(client, order: PreOrder) -> str:
    return client.get(f"/orders/{order.code}/").content.decode()


def step_of(order: PreOrder) -> dict[str, Any]:
    """The frame that tells of the order's last step."""
    sent = json.loads(live.render(f"order.{order.pk}", "en", None, 0))["frames"]
    return next(frame for frame in sent if frame["id"] == f"order-{order.pk}-step")
