"""The same loop in a browser without JavaScript: every step is a form and a page."""

import re

import pytest
from playwright.sync_api import expect

from presale.models import PreOrder
from tests import cast
from tests.flows import steps
from tests.presale import house
from voting.models import Ballot, Choice

pytestmark = pytest.mark.browser
# The cast's pictures have rows and no files.
NO_FILES = ("404",)


def test_voting_changing_and_withdrawing(window):
    round = cast.voting_round(drafts=2)
    page = window(cast.fan(round.brief.brand), expect=NO_FILES, java_script_enabled=False)
    page.goto(f"/r/{round.pk}/")
    vote = page.get_by_role("button", name="Vote", exact=True)
    expect(vote).to_have_count(2)
    vote.first.click()
    expect(page.get_by_role("button", name="Voted", exact=True)).to_have_count(1)
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.get_by_role("button", name="Voted", exact=True)).to_have_count(2)
    assert Choice.objects.filter(supports=True).count() == 2
    page.get_by_role("button", name="Voted", exact=True).first.click()
    expect(page.get_by_role("button", name="Voted", exact=True)).to_have_count(1)
    assert Choice.objects.filter(supports=True).count() == 1


def test_a_guests_vote_is_kept_through_sign_up(window):
    round = cast.voting_round(drafts=2)
    page = window(expect=NO_FILES, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("button", name="Vote", exact=True).first.click()
    assert Ballot.objects.filter(is_confirmed=False, is_live=True).count() == 1
    page.goto(f"/r/{round.pk}/held/")
    page.get_by_label("E-mail").fill("grace@example.com")
    steps.press(page, "Send me a code")
    page.locator("[name=code]").fill(steps.code_for("grace@example.com"))
    steps.press(page, re.compile("Continue|Confirm|Sign in"))
    page.goto(f"/r/{round.pk}/")
    expect(page.get_by_role("button", name="Voted", exact=True)).to_have_count(1)
    ballot = Ballot.objects.get(is_live=True)
    assert ballot.is_confirmed and ballot.voter.user.email == "grace@example.com"


def test_ordering_and_paying(window):
    campaign = house.opened()
    page = window(cast.person("Ada"), expect=NO_FILES, java_script_enabled=False)
    page.goto(f"/c/{campaign.pk}/")
    expect(page.get_by_role("main")).to_contain_text("¥329")
    steps.order(page, campaign.pk, variant="Blue")
    steps.at_the_bank(page, "Pay with a card that asks for confirmation")
    steps.press(page, re.compile("Confirm", re.IGNORECASE))
    expect(page.get_by_role("main")).to_contain_text("Deposit paid")
    assert PreOrder.objects.get().state == PreOrder.State.DEPOSITED


def test_paying_the_balance_by_the_mailed_link(window):
    """Whoever has the link needs no account, and none is signed in."""
    campaign = house.opened(minimum=1, production_minimum=1)
    order = house.deposited(campaign, "Ada")
    house.counted(campaign)
    page = window(expect=NO_FILES, java_script_enabled=False)
    page.goto(steps.path_in(steps.mail_to("ada@example.com", "balance"), "/pay/"))
    steps.press(page, re.compile("^Pay"))
    steps.at_the_bank(page, "Pay with a card that is declined")
    expect(page.get_by_role("main")).to_contain_text("declined", ignore_case=True)
    order.refresh_from_db()
    assert order.state == PreOrder.State.BALANCE_DUE
    steps.at_the_bank(page)
    expect(page.get_by_role("main")).to_contain_text(re.compile("Paid in full|In production"))
    order.refresh_from_db()
    assert order.state in (PreOrder.State.PAID, PreOrder.State.IN_PRODUCTION)
