"""Drafts and conversations in real windows: uploads ahead of the form, live comments, zoom."""

import re
import threading
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core import uploads
from designs import actions
from designs.models import Design, Picture
from tests import cast
from tests import pictures as made

pytestmark = pytest.mark.browser
# The cast's pictures have rows and no files.
NO_FILES = ("404",)


def test_pictures_go_up_while_the_form_is_filled_in(window):
    brief, nadia = cast.brief(), cast.person("Nadia")
    page = window(nadia, expect=("422",))
    page.goto(f"/briefs/{brief.pk}/answer/")
    expect(page.locator("[data-slot]:visible")).to_have_count(1)
    scene = made.scene(900, 900)
    page.locator("[data-file]").first.set_input_files(
        [
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": made.turned_jpeg(6)},
            {
                "name": "b.png",
                "mimeType": "image/png",
                "buffer": made.encoded(scene.convert("RGBA"), "PNG"),
            },
            {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"},
        ]
    )
    expect(page.locator("[data-slot][data-filled]")).to_have_count(2)
    expect(page.locator(".slot--wrong [data-note]")).to_contain_text("not a picture we can read")
    expect(page.locator(".slot--wrong [data-note]")).to_contain_text("c.jpg")
    expect(page.locator("[data-note]").first).to_have_text("a.jpg: Uploaded")
    page.get_by_label("Title").fill("Half-zip windbreaker")
    page.get_by_label("Description").fill("Storm flap.")
    for number, alt in enumerate(["Front", "Back"]):
        page.locator(f"[name=pictures-{number}-alt]").fill(alt)
    page.get_by_label("I made this design").check()
    page.get_by_role("button", name="Send the draft").click()
    expect(page.locator("h1")).to_have_text("Half-zip windbreaker")
    assert list(
        Design.objects.get().revisions.get().placements.values_list("alt", "picture__width")
    ) == [("Front", 1600), ("Back", 900)]


@pytest.fixture
def gate(monkeypatch):
    """Uploads arrive, and are looked at only when it is set."""
    opened, probe = threading.Event(), uploads.probe

    def held(*places):
        assert opened.wait(60)
        return probe(*places)

    monkeypatch.setattr(uploads, "probe", held)
    yield opened
    opened.set()


def draft_with(page, brief, *files: bytes) -> None:
    page.goto(f"/briefs/{brief.pk}/answer/")
    page.locator("[data-file]").first.set_input_files(
        [
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
            for number, content in enumerate(files)
        ]
    )
    page.get_by_label("Title").fill("Half-zip windbreaker")
    page.get_by_label("Description").fill("Storm flap.")
    for number in range(2):
        page.locator(f"[name=pictures-{number}-alt]").fill(f"Side {number}")
    page.get_by_label("I made this design").check()


def test_two_files_chosen_at_once_may_be_sent_before_they_are_looked_at(window, gate):
    brief, nadia = cast.brief(), cast.person("Nadia")
    page = window(nadia)
    draft_with(page, brief, made.jpeg(), made.jpeg(900, 900))
    assert page.locator("[data-file]").evaluate_all(
        "all => all.map(one => [...one.files].map(file => file.name))"
    ) == [["0.jpg"], ["1.jpg"], [], [], [], []]
    page.get_by_role("button", name="Send the draft").click()
    expect(page.locator("[data-note]").first).to_contain_text("as soon as the pictures")
    assert not Design.objects.exists()
    gate.set()
    expect(page.locator("h1")).to_have_text("Half-zip windbreaker")
    assert list(
        Design.objects.get().revisions.get().placements.values_list("alt", "picture__width")
    ) == [("Side 0", 1600), ("Side 1", 900)]
    assert Picture.objects.filter(owner=nadia).count() == 2


def test_a_file_refused_while_the_form_waits_keeps_it_here(window, gate):
    brief = cast.brief()
    page = window(cast.person("Nadia"), expect=("422",))
    draft_with(page, brief, made.jpeg(), b"no picture")
    page.get_by_role("button", name="Send the draft").click()
    expect(page.locator("[data-note]").first).to_contain_text("as soon as the pictures")
    gate.set()
    expect(page.locator(".slot--wrong [data-note]")).to_contain_text("not a picture we can read")
    expect(page.locator("[name=pictures-1-file]")).to_be_focused()
    assert not Design.objects.exists()


def test_two_windows_see_each_others_comments(window):
    design, ada = cast.design(), cast.fan(cast.brand())
    reader, writer = window(expect=NO_FILES), window(ada, expect=NO_FILES)
    for page in (reader, writer):
        page.goto(f"/d/{design.pk}/")
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    writer.get_by_label("Your comment").fill("Shorter hem, please.")
    writer.get_by_role("button", name="Post").click()
    expect(writer.locator(".comment__body")).to_have_text(["Shorter hem, please."])
    expect(reader.locator(".comment__body")).to_have_text(["Shorter hem, please."])
    expect(reader.locator(".talk__count")).to_have_text("1")
    reader.get_by_label("Your comment").fill("I am still typing")
    writer.get_by_role("link", name="Reply to Ada").click()
    writer.get_by_label("Your reply").fill("By six centimetres.")
    writer.get_by_role("button", name="Post reply").click()
    expect(reader.locator(".talk__replies .comment__body")).to_have_text("By six centimetres.")
    expect(reader.get_by_label("Your comment")).to_have_value("I am still typing")
    writer.get_by_role("link", name="Options for the comment of Ada").first.click()
    writer.get_by_role("link", name="Edit").click()
    writer.locator("form[id^=edit] textarea").fill("Shorter hem, please!")
    writer.get_by_role("button", name="Save").click()
    expect(reader.locator(".comment__body").first).to_have_text("Shorter hem, please!")
    expect(writer.locator(".comment__body")).to_have_count(2)
    writer.get_by_role("link", name="Options for the comment of Ada").first.click()
    writer.get_by_role("button", name="Delete").click()
    expect(reader.locator(".comment__body").first).to_have_text("Deleted by its author.")


def says(design, body):
    actions.post_comment(
        thread=design.thread,
        author=cast.person("Ada"),
        body=body,
        now=timezone.now(),
        client_key=uuid.uuid4(),
    )


def test_times_of_comments_are_in_the_brand_s_zone_also_by_frame(window):
    design = cast.design()
    says(design, "Shorter hem, please.")
    page = window(expect=NO_FILES, timezone_id="Asia/Tokyo", locale="en-GB")
    page.goto(f"/d/{design.pk}/")
    when = page.locator(".comment__when time")
    expect(when).to_contain_text("UTC+8")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    says(design, "By six centimetres.")
    expect(when).to_have_count(2)
    expect(when.last).to_contain_text("UTC+8")
    page.reload()
    expect(when.last).to_contain_text("UTC+8")


def test_a_visitors_text_survives_the_way_to_sign_in(window):
    design = cast.design()
    page = window(expect=NO_FILES)
    page.goto(f"/d/{design.pk}/")
    page.get_by_label("Your comment").fill("Make it in green.")
    page.get_by_role("button", name="Sign in and post").click()
    page.wait_for_url(re.compile("/accounts/login/"))


def test_a_picture_is_looked_at_closely_by_keys_alone(window):
    design = cast.design()
    page = window(expect=NO_FILES)
    page.goto(f"/d/{design.pk}/")
    page.locator("#gallery-big").focus()
    page.keyboard.press("Enter")
    stage = page.locator(".zoom__stage")
    expect(stage).to_be_focused()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    moved = stage.locator("img").evaluate("image => image.style.transform")
    assert moved == "translate(-10%, 0%) scale(1.5)"
    page.keyboard.press("Escape")
    expect(page.locator("#zoom")).to_be_hidden()
    expect(page.locator("#gallery-big")).to_be_focused()


def test_the_line_between_two_revisions_moves(window):
    design = cast.design()
    cast.revision(design, "Shorter hem.")
    page = window(expect=NO_FILES)
    page.goto(f"/d/{design.pk}/revisions/2/compare/")
    box = page.locator("[data-compare]")
    page.get_by_role("button", name="After").click()
    assert box.evaluate("box => box.style.getPropertyValue('--cut')") == "0%"
    stage = page.locator(".compare__stage")
    across = stage.bounding_box()["width"] * 0.25
    stage.click(position={"x": across, "y": 90})
    expect(page.get_by_role("slider")).to_have_value("25")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert box.evaluate("box => box.style.getPropertyValue('--cut')") == "30%"
    page.get_by_role("button", name="Difference").click()
    expect(page.locator("[data-difference-note]")).to_be_visible()
    blend = "figure => getComputedStyle(figure).mixBlendMode"
    assert page.locator(".compare__after").evaluate(blend) == "difference"
    page.get_by_role("button", name="Side by side").click()
    expect(box).not_to_have_class(re.compile("compare--over"))


def test_the_pill_goes_when_all_that_is_new_was_read_also_after_ones_own_comment(window):
    design, ada = cast.design(), cast.fan(cast.brand())
    for number in range(12):
        says(design, f"Remark {number}")
    page = window(ada, expect=NO_FILES)
    page.goto(f"/d/{design.pk}/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    pill = page.locator("[data-new-comments]")
    says(design, "While reading above.")
    expect(pill).to_contain_text("1 new comment")
    # Posted without going there: the list comes back whole, and the new one is still unread.
    page.evaluate(
        """() => { const text = document.querySelector("[name=body]");
        text.value = "My own."; text.form.requestSubmit(); }"""
    )
    expect(page.locator(".comment__body")).to_have_count(14)
    page.evaluate("scrollTo(0, 0)")
    says(design, "Later on.")
    expect(page.locator(".comment__body")).to_have_count(15)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for number in (13, 15):
        page.locator(f".comment__body >> nth={number - 1}").scroll_into_view_if_needed()
    expect(pill).to_be_hidden()


def test_what_is_typed_survives_a_reload_and_the_others_see_who_writes(window):
    design, ada = cast.design(), cast.fan(cast.brand())
    writer, reader = window(ada, expect=NO_FILES), window(expect=NO_FILES)
    for page in (writer, reader):
        page.goto(f"/d/{design.pk}/")
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    # Said at most every few seconds and gone after some: each press says it again.
    written = reader.locator("[data-typing]").filter(has_text="Ada is writing")
    for _press in range(60):
        writer.get_by_label("Your comment").press_sequentially("Shorter ")
        if heard := written.count():
            break
    assert heard
    expect(writer.locator("[data-typing]")).to_have_text("")
    writer.get_by_label("Your comment").fill("Shorter hem, please.")
    writer.reload()
    expect(writer.get_by_label("Your comment")).to_have_value("Shorter hem, please.")
    writer.get_by_role("button", name="Post").click()
    expect(reader.locator(".comment__body")).to_have_text(["Shorter hem, please."])
    expect(writer.get_by_label("Your comment")).to_have_value("")
    writer.reload()
    expect(writer.get_by_label("Your comment")).to_have_value("")
