"""The demo's content and pictures, without a database."""

import io
from collections import Counter

from PIL import Image

from demo.catalogue import kesselhaus, larkhill, weft
from demo.drawing.draw import View, picture
from demo.seeding import chapters
from demo.seeding.people import NAMED

DRAFTS = [d for house in (weft, kesselhaus, larkhill) for call in house.CALLS for d in call.drafts]
SMALL = View(width=200, height=160)


def test_at_least_48_drafts_each_with_its_own_name_and_words():
    assert len(DRAFTS) >= 48
    for field in ("key", "title", "text", "alt"):
        most = Counter(getattr(draft, field) for draft in DRAFTS).most_common(1)[0]
        assert most[1] == 1, most


def test_everybody_who_speaks_or_draws_exists():
    talks = [draft.said for draft in DRAFTS]
    talks += [*chapters.ROUND_TALK.values(), *chapters.CAMPAIGN_TALK.values()]
    talks += chapters.DRAFT_TALK.values()
    speakers = {who for said in talks for who, _text in said}
    assert speakers | {draft.by for draft in DRAFTS} <= set(NAMED)


def test_what_is_said_later_is_said_about_a_draft_that_exists():
    assert set(chapters.DRAFT_TALK) <= {draft.key for draft in DRAFTS}


def test_a_revision_says_what_changed():
    revised = [draft for draft in DRAFTS if draft.revised]
    assert len(revised) >= 6
    assert all(draft.changed and draft.revised != draft.thing for draft in revised)


def test_the_same_seed_draws_the_same_picture_and_another_one_does_not():
    crate = next(draft for draft in DRAFTS if draft.key == "crate")
    first = picture(crate.thing, SMALL, "a")
    assert first == picture(crate.thing, SMALL, "a")
    assert first != picture(crate.thing, SMALL, "b")


def test_a_cut_out_is_transparent_around_the_thing():
    bag = next(draft for draft in DRAFTS if draft.view.cut_out)
    view = View(width=200, height=200, cut_out=True)
    image = Image.open(io.BytesIO(picture(bag.thing, view, bag.key)))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    alpha = image.getchannel("A")
    assert alpha.getpixel((2, 2)) == 0 and alpha.getpixel((100, 120)) == 255
