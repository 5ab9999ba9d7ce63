"""An order page that stays open: what happens elsewhere changes what can be done on it."""

import re

from playwright.sync_api import expect

from presale.models import PreOrder
from tests.presale import house


def test_the_box_with_the_next_step_follows_the_order(window):
    order = house.reserved(house.opened(minimum=1, production_minimum=1))
    page = window(expect=("404 (Not Found)",))
    page.goto(f"/orders/{order.code}/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("#pay-now")).to_have_text("Pay \u00a550 deposit")
    house.pay(PreOrder.objects.get(pk=order.pk))
    expect(page.locator("#pay-now")).to_have_count(0)
    expect(page.locator(".head .badge")).to_have_text("Deposit paid")
    expect(page.get_by_role("link", name="Receipt")).to_be_visible()
    house.counted(order.campaign)
    expect(page.get_by_role("heading", name="The balance is due")).to_be_visible()
    expect(page.locator("#pay-now")).to_have_text("Pay \u00a5279")
    page.locator("#pay-now").click()
    expect(page).to_have_url(re.compile("/demo/bank/"))
