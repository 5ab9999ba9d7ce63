"""How payments end: declined and then paid, once in two tabs, and all back when few ordered."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from presale import ticks
from presale.actions import campaigns
from presale.models import Attempt, BankCharge, Campaign, PreOrder
from presale.queries import order_money
from tests import cast
from tests.flows import steps
from tests.presale import house
from tests.presale.money_sound import assert_money_sound

pytestmark = pytest.mark.browser
# The cast's pictures have rows and no files.
NO_FILES = ("404",)


def test_declined_and_then_paid(window):
    campaign, page = house.opened(), window(cast.person("Ada"), expect=NO_FILES)
    steps.order(page, campaign.pk, variant="Blue")
    steps.at_the_bank(page, "Pay with a card that is declined")
    expect(page.get_by_role("main")).to_contain_text("declined", ignore_case=True)
    steps.at_the_bank(page)
    expect(page.get_by_role("main")).to_contain_text("Deposit paid")
    order = PreOrder.objects.get()
    assert order.state == PreOrder.State.DEPOSITED
    assert order_money(order).paid_minor == 5000
    assert BankCharge.objects.count() == 1
    assert_money_sound()


def test_two_tabs_pay_once(window):
    campaign, first = house.opened(), window(cast.person("Ada"), expect=NO_FILES)
    steps.order(first, campaign.pk, variant="Blue")
    second = first.context.new_page()
    second.goto(first.url)
    steps.at_the_bank(first)
    expect(first.get_by_role("main")).to_contain_text("Deposit paid")
    steps.at_the_bank(second)
    expect(second.get_by_role("main")).to_contain_text("Deposit paid")
    assert PreOrder.objects.get().state == PreOrder.State.DEPOSITED
    assert BankCharge.objects.count() == 1
    assert Attempt.objects.filter(state=Attempt.State.SUCCEEDED).count() == 1
    assert_money_sound()


def test_minimum_missed_and_everything_back(window):
    campaign = house.opened(minimum=3)
    page = window(cast.person("Ada"), expect=NO_FILES)
    steps.order(page, campaign.pk, variant="Blue")
    steps.at_the_bank(page)
    expect(page.get_by_role("main")).to_contain_text("Deposit paid")
    order = PreOrder.objects.get()
    campaigns.close_early(
        Campaign.objects.get(), actor="user:1", reason="Too few.", now=timezone.now()
    )
    ticks.run_all(timezone.now())
    page.goto(f"/orders/{order.code}/")
    expect(page.get_by_role("main")).to_contain_text("The minimum was not reached")
    page.goto(f"/c/{campaign.pk}/")
    expect(page.get_by_role("main")).to_contain_text("Minimum missed")
    order.refresh_from_db()
    money = order_money(order)
    assert (order.state, money.paid_minor, money.refunded_minor) == ("cancelled", 5000, 5000)
    assert "¥50" in steps.mail_to("ada@example.com", "refund")
    assert_money_sound()
