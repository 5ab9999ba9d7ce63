"""Several web processes on PostgreSQL and Redis, seen from a browser."""

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.browser import windows
from voting.actions import cast_ballot

pytestmark = pytest.mark.services
# The cast's designs have no files.
NO_PICTURES = ("404 (Not Found)",)


def test_a_vote_in_one_process_reaches_a_browser_on_the_other(two_servers, browser):
    here, there = (f"http://{address}" for address in two_servers)
    round = cast.voting_round(cast.brief(cast.brand()), drafts=2)
    entry = round.entries.order_by("pk").first()
    kenji = cast.person("Kenji")
    cast_ballot(round_id=round.pk, voter=cast.voter(kenji), entry_id=entry.pk, supports=True)
    with windows(browser, here) as window_here, windows(browser, there) as window_there:
        reader = window_there(kenji, expect=NO_PICTURES)
        reader.goto(f"/r/{round.pk}/")
        expect(reader.locator("#connection")).to_have_attribute("data-state", "live")
        expect(reader.locator(f"#entry-{entry.pk}-tally")).to_contain_text("1 vote")
        voter = window_here(cast.person("Ada"), expect=NO_PICTURES)
        voter.goto(f"/r/{round.pk}/")
        voter.locator(f"#entry-{entry.pk}-support").click()
        expect(reader.locator(f"#entry-{entry.pk}-tally")).to_contain_text("2 votes")
