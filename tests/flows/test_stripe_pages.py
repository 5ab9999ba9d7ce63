"""A deposit and a balance on another origin's pages, as Stripe's are: forms may lead there."""

import pytest
from csp.constants import SELF
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from presale import ticks
from presale.models import Attempt, PreOrder
from tests import cast
from tests.browser import serving
from tests.presale import house
from tests.presale.money_sound import assert_money_sound

pytestmark = pytest.mark.browser
NO_FILES = ("404",)  # neither the cast's pictures nor the peer's icon


@pytest.fixture
def site(own_db, stripe_on):
    """The site with payments by the peer, whose pages are on another origin."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    policy = {"DIRECTIVES": {**directives, "form-action": [SELF, stripe_on.base]}}
    with serving(CONTENT_SECURITY_POLICY=policy) as site:
        yield site


def test_a_deposit_and_a_balance_whose_bank_asks_the_holder(window, stripe_on):
    campaign = house.opened(minimum=1, production_minimum=1)
    order = house.reserved(campaign, auto_charge=True)
    page = window(cast.person("Ada"), expect=NO_FILES)
    page.goto(reverse("presale:order", args=[order.code]))
    page.locator("form[action*='/pay/'] button").first.click()
    page.wait_for_url(f"{stripe_on.base}/c/pay/**")
    page.get_by_role("button", name="authenticate").click()
    page.get_by_role("button", name="confirm").click()
    expect(page.get_by_role("main")).to_contain_text("Deposit paid")
    house.counted(campaign)
    ticks.run_all(timezone.now() + 25 * house.HOUR)
    assert PreOrder.objects.get().state == PreOrder.State.ACTION_NEEDED
    page.goto(reverse("presale:order", args=[order.code]))
    page.locator("form[action*='/pay/'] button").first.click()
    page.wait_for_url(f"{stripe_on.base}/3ds/**")
    page.get_by_role("button", name="confirm").click()
    expect(page.get_by_role("main")).to_contain_text("Payment received")
    balance = Attempt.objects.get(obligation__kind="balance")
    assert (balance.state, balance.channel) == ("succeeded", "off-session")
    assert_money_sound()
