"""The first vote is at most two activations away from the first page, and in sight."""

import pytest

from tests import cast
from voting.models import Choice


@pytest.fixture
def page(window):
    """The first page of a visitor, with an open round of six drafts."""
    cast.voting_round(drafts=6)
    # The pictures of the cast have no files.
    page = window(viewport={"width": 1280, "height": 800}, expect=("404 (Not Found)",))
    page.goto("/")
    return page


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_vote_button_is_above_the_fold(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    box = page.locator(".btn--vote").first.bounding_box()
    assert box["y"] + box["height"] <= height


def test_ten_tabs_after_the_skip_link_reach_it(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _tab in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('btn--vote')"):
            break
    assert page.evaluate("document.activeElement.classList.contains('btn--vote')")


def test_one_press_votes_keeps_the_focus_and_says_so_once(page):
    button = page.locator(".btn--vote").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".btn--vote[aria-pressed=true]")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.wait_for_function("document.querySelector('#status').textContent.includes('held')")
    assert Choice.objects.count() == 1
    assert page.url.endswith("/")
