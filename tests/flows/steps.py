"""What people do in their windows, step by step; with or without JavaScript."""

import functools
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlparse

from django.utils import timezone
from playwright.sync_api import Page, expect

from core.models import Outbox
from tests import pictures as made
from voting import ticks

ADDRESS = {"Street and number": "1 Mill Lane", "City": "Hangzhou"}
POSTCODES = {"CN": "310012", "DE": "10115", "GB": "LS1 4AP", "US": "94103"}


@functools.cache
def photos() -> list[tuple[str, bytes, str]]:
    """A 12-megapixel photograph lying on its side, a cut-out with alpha, and a WebP."""
    cut_out = made.scene(1200, 900).convert("RGBA")
    cut_out.putalpha(cut_out.getchannel("R").point(lambda v: 255 if v > 100 else 0))
    return [
        ("phone.jpg", made.turned_jpeg(6, 4000, 3000), "Front, upright"),
        ("cut-out.png", made.encoded(cut_out, "PNG"), "Cut out"),
        ("detail.webp", made.encoded(made.scene(1000, 1000), "WEBP"), "The seam from near"),
    ]


def file(name: str, content: bytes) -> dict[str, Any]:
    """A file as a person would choose it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the button of that name in the main part, the first if there are several."""
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow the link of that name in the main part."""
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def live(page: Page) -> None:
    """Wait until the window hears what others do."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def mail_to(email: str, about: str = "") -> str:
    """The newest mail to an address whose key names that fact."""
    return Outbox.objects.filter(to=email, key__contains=about).latest("pk").text


def path_in(mail: str, part: str) -> str:
    """The path of the address in a mail that contains `part`."""
    paths = [urlparse(address).path for address in re.findall(r"https?://\S+", mail)]
    return next(path for path in paths if part in path)


def code_for(email: str) -> str:
    """The six figures that were mailed last."""
    found = re.search(r"^\s+(\d{6})$", mail_to(email), re.MULTILINE)
    assert found
    return found[1]


# -- designers ------------------------------------------------------------------------------
def send_draft(page: Page, brief: int, title: str, description: str) -> int:
    """Answer a brief with three real pictures; the design's number in addresses."""
    page.goto(f"/briefs/{brief}/answer/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Description").fill(description)
    _choose_photos(page)
    page.get_by_label("I made this design").check()
    press(page, "Send the draft")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return number_in(page)


def _choose_photos(page: Page) -> None:
    for n, (name, content, alt) in enumerate(photos()):
        page.locator(f"[name=pictures-{n}-file]").set_input_files([file(name, content)])
        alt_field = page.locator(f"[name=pictures-{n}-alt]")
        expect(alt_field).to_be_visible()
        alt_field.fill(alt)
    uploads = page.locator("[data-slot][data-filled]")
    expect(uploads).to_have_count(len(photos()))


def revise(page: Page, design: int, what_changed: str) -> None:
    """Hand in the next revision: the first picture is new, the others stay."""
    page.goto(f"/d/{design}/revise/")
    page.get_by_label("What changed").fill(what_changed)
    page.locator("[name=pictures-0-file]").set_input_files([file("two.jpg", made.jpeg(1500, 1500))])
    page.locator("[name=pictures-0-alt]").fill("Shorter hem")
    expect(page.locator("[data-slot][data-filled]")).to_have_count(len(photos()))
    press(page, "Send the revision")
    expect(page.get_by_text(what_changed).first).to_be_visible()


def number_in(page: Page) -> int:
    """The number at the end of the page's address."""
    return int(PurePosixPath(urlparse(page.url).path).name)


# -- brands ---------------------------------------------------------------------------------
def run_round(page: Page, slug: str, brief: int, title: str) -> int:
    """Plan a round with all drafts and open it now."""
    page.goto(f"/m/{slug}/briefs/{brief}/rounds/new/")
    page.get_by_label("Title").fill(title)
    for box in page.locator("[name=designs]").all():
        box.check()
    press(page, "Save and look at it")
    pk = number_in(page)
    press(page, "Open now")
    expect(page.get_by_role("main")).to_contain_text("Open")
    return pk


def close_round(page: Page, slug: str, round_pk: int, reason: str) -> None:
    """Close a round early, with the reason fans read."""
    page.goto(f"/m/{slug}/rounds/{round_pk}/")
    form = page.locator("form[action$='/close/']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("textarea").fill(reason)
    form.get_by_role("button").click()
    ticks.count_closed_rounds(timezone.now())
    page.goto(f"/r/{round_pk}/")
    expect(page.get_by_role("main")).to_contain_text(reason)


def decide(page: Page, slug: str, round_pk: int, outcomes: dict[str, tuple[str, str]]) -> None:
    """Say what becomes of each draft: its outcome and the reason."""
    page.goto(f"/m/{slug}/rounds/{round_pk}/decide/")
    for title, (outcome, reason) in outcomes.items():
        field = page.locator("main form li, main form fieldset").filter(has_text=title).first
        field.get_by_label(outcome, exact=True).check()
        field.locator("textarea").fill(reason)
    press(page, "Publish the decisions")


# -- buyers ---------------------------------------------------------------------------------
def order(page: Page, campaign: int, *, variant: str, country: str = "CN") -> None:
    """From the campaign's page to the demo bank's."""
    page.goto(f"/c/{campaign}/checkout/")
    page.get_by_label("Variant").select_option(label=variant)
    name = page.get_by_label("Name")
    if not name.input_value():
        name.fill("Ada Byron")
    for label, text in ADDRESS.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Postcode").fill(POSTCODES[country])
    page.get_by_label("Country").select_option(country)
    region = page.get_by_label("State or province")
    if region.is_visible():
        region.fill("Zhejiang")
    press(page, "Check the order")
    page.locator("[name=terms]").check()
    press(page, re.compile("^Pay"))
    expect(page.get_by_role("main")).to_contain_text("no real money", ignore_case=True)


def at_the_bank(page: Page, button: str = "Pay") -> None:
    """Press a button of the demo bank."""
    page.get_by_role("button", name=button, exact=True).click()
