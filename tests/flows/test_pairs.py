"""A hundred and fifty drafts judged in pairs: by thumb on a phone, and with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from designs.models import Design, Picture, Revision, RevisionPicture, Thread
from tests import cast
from voting import verify
from voting.models import Ballot, Comparison, Entry, Round

pytestmark = pytest.mark.browser
# The cast's pictures have rows and no files.
NO_FILES = ("404",)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DRAFTS = 150


@pytest.fixture
def it(site):
    """A round of many drafts, each looked at by somebody before, so that pairs come soon."""
    of = cast.voting_round(
        drafts=1, method=Round.Method.PAIRWISE, parameters={"top": 10, "ends": False}
    )
    first = Design.objects.get()
    revision = Revision.objects.get()
    picture = Picture.objects.get()
    designs = Design.objects.bulk_create(
        Design(
            brief=first.brief,
            designer=first.designer,
            number=200 + n,
            title=f"Draft {n + 1}",
            thread=Thread.objects.create(),
            created_at=first.created_at,
            state=first.state,
        )
        for n in range(1, DRAFTS)
    )
    revisions = Revision.objects.bulk_create(
        Revision(design=one, number=1, created_at=revision.created_at) for one in designs
    )
    RevisionPicture.objects.bulk_create(
        RevisionPicture(revision=one, picture=picture, position=0, alt="Front") for one in revisions
    )
    Entry.objects.bulk_create(Entry(round=of, revision=one) for one in revisions)
    cast.freeze(of)
    return of


def answered(page: Page, count: int) -> None:
    """Wait until the page says so; it does when the answer is on disk."""
    expect(page.locator("#pair-progress b")).to_have_text(f"{count} answered")


def is_pair(page: Page) -> bool:
    return page.locator("#pair [value=left]").count() > 0


def rows(name: str) -> list[tuple[int, int, int]]:
    mine = Comparison.objects.filter(ballot__voter__user=cast.person(name)).order_by("pk")
    return list(mine.values_list("low_id", "high_id", "answer"))


def looked_before(of: Round) -> None:
    """Somebody else has looked at all drafts: discovery is over for those who come now."""
    from voting.writer import Change, apply_batch

    keys = list(of.entries.order_by("pk").values_list("pk", flat=True))
    omar = cast.voter(cast.person("Omar"))
    apply_batch([Change(of.pk, omar.pk, one, other_id=one, answer=1 + one % 2) for one in keys])


def test_drafts_are_judged_by_thumb_on_a_phone(window, it):
    looked_before(it)
    page = window(cast.person("Ada"), expect=NO_FILES, **PHONE)
    page.goto(f"/r/{it.pk}/pair/")
    page.wait_for_function("document.getElementById('connection')?.dataset.state === 'live'")
    width = page.evaluate("document.documentElement.scrollWidth")
    for count in range(1, 21):
        pair = is_pair(page)
        names = ["left", "right", "both-good", "cannot-judge"] if pair else ["like", "skip"]
        button = page.locator(f"#pair [value={names[count % len(names)]}]")
        # Within reach of a thumb: on the screen as it is, and large enough.
        box = button.bounding_box()
        assert box and box["y"] + box["height"] <= 844 and min(box["width"], box["height"]) >= 44
        question = page.locator("#pair [data-question]").get_attribute("data-question")
        button.tap()
        # The next one stands there at once, before the answer to the last one.
        assert page.locator("#pair [data-question]").get_attribute("data-question") != question
        answered(page, count)
        if count == 12:
            page.locator("#pair [name=undo]").tap()
            answered(page, 11)
            expect(page.locator("#pair [data-question]")).to_have_count(1)
            again = page.locator("#pair [data-question]").get_attribute("data-question")
            assert again == question
            page.locator("#pair [value=left], #pair [value=like]").first.tap()
            answered(page, 12)
    assert width == 390 and page.url.endswith(f"/r/{it.pk}/pair/")
    mine = rows("Ada")
    assert len(mine) == len(set(mine)) == 20 and {code for *_pair, code in mine} >= {1, 2, 4, 6}
    assert sum(low == high for low, high, _code in mine) == 3
    assert Ballot.objects.get(voter__user=cast.person("Ada")).said == 20
    checks = (verify.one_ballot_per_voter, verify.counters, verify.log_chain, verify.replay)
    assert [line for check in checks for line in check().findings] == []


def swipe(page: Page, selector: str, by: int) -> None:
    """Draw it aside with a finger, as the browser's own touch events."""
    box = page.locator(selector).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + min(60, box["height"] / 2)
    touch = page.context.new_cdp_session(page)

    def event(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    event("touchStart", {"x": x, "y": y})
    for step in range(1, 6):
        event("touchMove", {"x": x + by * step / 5, "y": y})
    event("touchEnd")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_drafts_are_judged_by_swiping(window, it, motion):
    looked_before(it)
    page = window(cast.person("Ada"), expect=NO_FILES, reduced_motion=motion, **PHONE)
    page.goto(f"/r/{it.pk}/pair/")
    page.wait_for_function("document.getElementById('connection')?.dataset.state === 'live'")
    for count in range(1, 6):
        # For a moment nothing can be answered by a second tap.
        expect(page.locator("#pair[data-fresh]")).to_have_count(0)
        # Too short is nothing, and what is drawn comes back.
        swipe(page, "#pair .pair__draft >> nth=0", 30)
        assert page.locator("[data-drawn]").count() == 0
        swipe(page, "#pair .pair__draft >> nth=-1", -120 if count % 2 else 120)
        answered(page, count)
    codes = [code for _low, _high, code in rows("Ada")]
    # Looks: to the left liked, to the right not, to the left liked. Then the lower one of two.
    assert len(codes) == 5 and sorted(codes[:3]) == [1, 1, 2]


def test_drafts_are_judged_with_the_keyboard_alone(window, it):
    looked_before(it)
    page = window(cast.person("Kenji"), expect=NO_FILES)
    page.goto(f"/r/{it.pk}/pair/")
    page.wait_for_function("document.getElementById('connection')?.dataset.state === 'live'")
    keys = ["1", "ArrowRight", "2", "ArrowLeft", "0", "3", "5", "ArrowDown"]
    for count, key in enumerate(keys, start=1):
        page.keyboard.press(key)
        answered(page, count)
        expect(page.locator(".pair__ask").first).to_be_focused()
    page.keyboard.press("u")
    answered(page, len(keys) - 1)
    # Without a shortcut: the buttons in their order, each with a name.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "left"
    page.keyboard.press("Enter")
    answered(page, len(keys))
    codes = [code for _low, _high, code in rows("Kenji")]
    assert codes[:3] == [1, 2, 2] and codes[4:7] == [6, 3, 5] and codes[7] in (1, 2)
    heading = page.locator(".pair__ask").first.inner_text()
    assert "Left: No." in heading and "Right: No." in heading


def test_a_visitors_first_answer_goes_by_the_form_and_the_rest_by_the_socket(window, it):
    page = window(expect=NO_FILES)
    page.goto(f"/r/{it.pk}/pair/")
    page.locator("#pair [value=like]").click()
    answered(page, 1)
    page.wait_for_function("document.getElementById('connection')?.dataset.state === 'live'")
    page.evaluate("window.still = true")
    page.locator("#pair [value=skip]").click()
    answered(page, 2)
    assert page.evaluate("window.still") is True
    assert Ballot.objects.get().marks == 2 and not Ballot.objects.get().is_confirmed
