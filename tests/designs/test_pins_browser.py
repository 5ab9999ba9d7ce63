"""Pins in real windows: set by mouse, by keys, and without a script; answered and confirmed."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from designs import actions
from designs.models import Pin, PinPlace
from fans.models import Contribution
from tests import cast

pytestmark = pytest.mark.browser
# The cast's pictures have rows and no files.
NO_FILES = ("404",)


def is_live(page):
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def test_a_pin_is_answered_by_a_revision_confirmed_by_its_author_and_credited(window):
    design, ada = cast.design(), cast.fan(cast.brand())
    fan, designer = window(ada, expect=NO_FILES), window(design.designer, expect=NO_FILES)
    for page in (fan, designer):
        page.goto(f"/d/{design.pk}/")
        is_live(page)
    fan.get_by_role("link", name="Set a pin").click()
    stage = fan.locator("[data-stage]")
    box = stage.bounding_box()
    fan.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    fan.get_by_label("What should change here").fill("Sleeve too wide.")
    fan.get_by_role("button", name="Set the pin").click()
    expect(fan.locator(".comment__body")).to_have_text("Sleeve too wide.")
    place = PinPlace.objects.get()
    assert abs(place.x - 2500) < 60 and abs(place.y - 5000) < 60
    # The designer's open page has it, marker and words, without being loaded again.
    expect(designer.locator("svg.pin--open")).to_have_count(1)
    expect(designer.locator(".comment__body")).to_have_text("Sleeve too wide.")
    designer.get_by_role("link", name="Send a revision").click()
    designer.get_by_label("What changed").fill("Narrower sleeves.")
    designer.get_by_label("(1) Sleeve too wide.").check()
    designer.get_by_role("button", name="Send the revision").click()
    expect(designer.locator(".pins-answered")).to_contain_text("Ada")
    expect(fan.locator(".comment .pin-state")).to_have_text("Answered in revision 2")
    fan.goto(f"/d/{design.pk}/")
    fan.get_by_role("link", name="Say whether it is right").click()
    fan.get_by_role("button", name="Yes, it is right").click()
    expect(fan.locator(".head .pin-state")).to_have_text("Settled in revision 2")
    expect(designer.locator("svg.pin--confirmed")).to_have_count(1)
    credit = Contribution.objects.get(kind="pin-answered")
    assert (credit.user, credit.url) == (ada, f"/pins/{Pin.objects.get().pk}/")


def press_until(page, key, locator):
    """Press a key until the focus is there."""
    for _press in range(80):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not get there")


def test_the_same_by_keyboard_alone(window):
    design, ada = cast.design(), cast.fan(cast.brand())
    page = window(ada, expect=NO_FILES)
    page.goto(f"/d/{design.pk}/")
    press_until(page, "Tab", page.get_by_role("link", name="Set a pin"))
    page.keyboard.press("Enter")
    grip = page.locator("[data-grip]")
    expect(grip).to_be_visible()
    press_until(page, "Tab", grip)
    for key in ("Shift+ArrowRight", "ArrowRight", "ArrowUp", "+", "+"):
        page.keyboard.press(key)
    expect(page.locator("#status")).to_have_text("61 % across, 49 % down, 10 % wide, 10 % high")
    press_until(page, "Tab", page.get_by_label("What should change here"))
    page.keyboard.type("Pocket too small.")
    press_until(page, "Tab", page.get_by_role("button", name="Set the pin"))
    page.keyboard.press("Enter")
    expect(page.locator(".comment__body")).to_have_text("Pocket too small.")
    pin = Pin.objects.get()
    place = pin.places.get()
    assert (place.x, place.y, place.w, place.h) == (6100, 4900, 1000, 1000)
    made = cast.revision(design, "Larger pocket.")
    actions.carry_pins(made)
    actions.answer_pins(revision=made, pins=[pin.pk], actor="user:1", now=timezone.now())
    page.goto(f"/d/{design.pk}/")
    press_until(page, "Tab", page.get_by_role("link", name="Say whether it is right"))
    page.keyboard.press("Enter")
    yes = page.get_by_role("button", name="Yes, it is right")
    expect(yes).to_be_visible()
    press_until(page, "Tab", yes)
    page.keyboard.press("Enter")
    expect(page.locator(".head .pin-state")).to_have_text("Settled in revision 2")
    assert Contribution.objects.filter(kind="pin-answered", user=ada).count() == 1


def test_without_a_script_a_numbered_field_does(window):
    design, ada = cast.design(), cast.fan(cast.brand())
    page = window(ada, expect=NO_FILES, java_script_enabled=False)
    page.goto(f"/d/{design.pk}/")
    page.get_by_role("link", name="Set a pin").click()
    page.get_by_role("radio", name="9", exact=True).check()
    page.get_by_label("What should change here").fill("Collar.")
    page.get_by_role("button", name="Set the pin").click()
    expect(page.locator("svg.pin--open")).to_have_count(1)
    place = PinPlace.objects.get()
    assert (place.x, place.y) == (4167, 2500)
