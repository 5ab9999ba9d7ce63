"""Voting in a real window, faster than the answers come."""

import time

import pytest
from playwright.sync_api import expect

from tests import cast
from voting.models import Choice

pytestmark = pytest.mark.browser
# The cast's pictures have rows and no files.
NO_FILES = ("404",)


def slowly(route):
    time.sleep(0.4)
    route.continue_()


def test_a_second_press_before_the_first_is_answered_counts_and_shows(window):
    round = cast.voting_round(drafts=2)
    page = window(cast.person("Ada"), expect=NO_FILES)
    page.goto(f"/r/{round.pk}/")
    page.route("**/ballot/", slowly)
    page.locator(".btn--vote").first.click()
    page.locator(".btn--buy").first.click()
    # By the socket a press shows before it is on disk.
    until = time.monotonic() + 20
    while not Choice.objects.filter(supports=True, would_buy=True) and time.monotonic() < until:
        page.wait_for_timeout(50)
    choice = Choice.objects.get()
    assert (choice.supports, choice.would_buy) == (True, True)
    for button in (".btn--vote", ".btn--buy"):
        expect(page.locator(button).first).to_have_attribute("aria-pressed", "true")
