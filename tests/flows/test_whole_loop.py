"""The whole loop in a browser: from an application for a brand to a parcel, watched from beside."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from core import verify
from designs.models import Brief, Design, Picture
from fans.models import Brand, Invitation
from presale.models import Campaign, PreOrder
from tests import cast
from tests import pictures as made
from tests.flows import steps
from voting.models import Ballot, Round

pytestmark = pytest.mark.browser
SLUG = "hollow-oak"
# A form that comes back with reasons is an answer the console notes; so is a page that leaves
# before the fade from the one before it has ended.
NOTED = ("422", "ViewTransition")


def test_from_a_brief_to_a_parcel(window):
    """Mei's brand, Inês' jacket, Ada's vote and order, and Grace, who came as a guest."""
    olga, mei, ines, ada = (cast.operator(), *map(cast.person, ("Mei", "Ines", "Ada")))
    boss, studio, fan = (window(who, expect=NOTED) for who in (mei, ines, ada))
    guest = window(expect=NOTED)
    _open_a_brand(boss, window(olga, expect=NOTED))
    _invite_a_manager(boss, window(cast.person("Jonas"), expect=NOTED))
    brief = _open_a_brief(boss)
    jacket = _answer_it(studio, brief)
    other = steps.send_draft(studio, brief, "Rain cape", "One piece.")

    first = steps.run_round(boss, SLUG, brief, "Round 1")
    _vote_as_a_guest_beside_a_fan(guest, fan, first)
    _talk(guest, fan, jacket)
    steps.close_round(boss, SLUG, first, "All of us have seen enough.")
    revise, stay = ("To be revised", "Shorter, please."), ("Not chosen", "Once more in Round 2.")
    steps.decide(boss, SLUG, first, {"Half-zip": revise, "Rain cape": stay})
    steps.revise(studio, jacket, "4 cm shorter, as asked.")

    second = steps.run_round(boss, SLUG, brief, "Round 2")
    _vote_for_the_revision(fan, guest, second)
    steps.close_round(boss, SLUG, second, "Decided.")
    won = {"Half-zip": ("Winner", ""), "Rain cape": ("Not chosen", "Yours again.")}
    steps.decide(boss, SLUG, second, won)
    assert Design.objects.get(pk=other).state == Design.State.NOT_CHOSEN

    campaign = _sell_it(boss, second)
    _order_beside_each_other(fan, guest, campaign)
    _collect_balances(boss, fan, guest, campaign)
    _make_it(boss, campaign)
    _send_it(boss, fan)
    _see_why(fan)
    assert not [finding for check in verify.run().values() for finding in check.findings]


def _open_a_brand(boss: Page, operator: Page) -> None:
    boss.goto("/brands/apply/")
    boss.get_by_label("Brand name").fill("Hollow Oak")
    boss.get_by_label("What it makes").fill("Jackets")
    boss.get_by_label("About the brand").fill("Two people and a sewing machine in Hangzhou.")
    steps.press(boss, "Send the application")
    operator.goto("/ops/brands/")
    steps.press(operator, "Approve")
    expect(operator.get_by_role("main")).to_contain_text("Hollow Oak")
    assert Brand.objects.get(slug=SLUG).state == Brand.State.APPROVED
    boss.goto(f"/m/{SLUG}/settings/")
    boss.get_by_label("Country", exact=True).select_option("CN")
    boss.get_by_label("Time zone").select_option("Asia/Shanghai")
    boss.get_by_label("Currency").select_option("CNY")
    steps.press(boss, "Save the brand")
    boss.locator("[name=zones-0-name]").fill("Everywhere")
    boss.locator("[name=zones-0-price]").fill("0")
    steps.press(boss, "Save shipping")


def _invite_a_manager(boss: Page, invited: Page) -> None:
    boss.goto(f"/m/{SLUG}/team/")
    boss.get_by_label("E-mail address").fill("jonas@example.com")
    boss.get_by_label("Role", exact=True).select_option("manager")
    steps.press(boss, "Send the invitation")
    expect(boss.get_by_role("main")).to_contain_text("jonas@example.com")
    invited.goto(f"/invitations/{Invitation.objects.get().code}/")
    steps.press(invited, "Accept")
    invited.goto(f"/m/{SLUG}/")
    expect(invited.get_by_role("heading", level=1)).to_contain_text("Hollow Oak")


def _open_a_brief(boss: Page) -> int:
    boss.goto(f"/m/{SLUG}/briefs/new/")
    boss.get_by_label("Title").fill("A jacket for the bicycle")
    boss.get_by_label("What is wanted").fill("Wind and light rain.")
    boss.get_by_label("What the designer gets").fill("3 % of the balances.")
    boss.locator("[name=is_open_to_all][value=yes]").check()
    boss.locator("[name=axis-0-name]").fill("Size")
    boss.locator("[name=axis-0-values]").fill("S, M")
    steps.press(boss, "Open for drafts")
    boss.wait_for_url(re.compile(r"/briefs/\d+/$"))
    return Brief.objects.get().pk


def _answer_it(studio: Page, brief: int) -> int:
    """A text in a picture's clothes is refused beside its field; then the real ones go through."""
    studio.goto(f"/briefs/{brief}/answer/")
    fake = steps.file("front.jpg", b"this is no picture")
    studio.locator("[name=pictures-0-file]").set_input_files([fake])
    expect(studio.locator(".slot--wrong [data-note]")).to_contain_text("not a picture")
    pk = steps.send_draft(studio, brief, "Half-zip windbreaker", "A storm flap over the zip.")
    sizes = Picture.objects.filter(placements__revision__design=pk).order_by("placements__position")
    # The photograph lay on its side: 4000 x 3000 pixels that are to be seen upright.
    assert list(sizes.values_list("width", "height"))[0] == (4000, 3000)
    shown = studio.request.get(studio.locator("main picture img").first.get_attribute("src") or "")
    image = Image.open(io.BytesIO(shown.body()))
    assert image.width > image.height and not image.getexif()
    red, blue = (
        image.convert("RGB").getpixel((9, 9)),
        image.convert("RGB").getpixel((9, image.height - 9)),
    )
    assert red[0] > 150 > red[2] and blue[2] > 150 > blue[0]
    assert b"SECRETCAMERA" not in shown.body()
    return pk


def _vote_as_a_guest_beside_a_fan(guest: Page, fan: Page, round_pk: int) -> None:
    fan.goto(f"/r/{round_pk}/")
    steps.live(fan)
    fan.get_by_role("button", name="Vote", exact=True).first.click()
    expect(fan.get_by_role("button", name="Voted", exact=True)).to_have_count(1)
    guest.goto("/")
    guest.get_by_role("button", name="Vote", exact=True).first.click()
    expect(guest.get_by_role("button", name="Voted", exact=True)).to_have_count(1)
    # The fan's window hears of it by itself.
    expect(fan.get_by_role("main")).to_contain_text(re.compile("1 guest"))
    guest.goto(f"/r/{round_pk}/held/")
    guest.get_by_label("E-mail").fill("grace@example.com")
    steps.press(guest, "Send me a code")
    guest.locator("[name=code]").fill(steps.code_for("grace@example.com"))
    steps.press(guest, re.compile("Continue|Confirm|Sign in"))
    expect(fan.get_by_role("main")).to_contain_text(re.compile("2 voters"))
    assert Ballot.objects.filter(is_confirmed=True, is_live=True).count() == 2


def _talk(guest: Page, fan: Page, design: int) -> None:
    for page in (guest, fan):
        page.goto(f"/d/{design}/")
        steps.live(page)
    fan.get_by_label("Your comment").fill("Four centimetres shorter, please.")
    steps.press(fan, "Post")
    expect(guest.locator(".comment__body")).to_have_text(["Four centimetres shorter, please."])


def _vote_for_the_revision(fan: Page, guest: Page, round_pk: int) -> None:
    for page in (fan, guest):
        page.goto(f"/r/{round_pk}/")
        card = page.locator("li.card", has_text="Half-zip")
        expect(card).to_contain_text("Rev 2")
        card.get_by_role("button", name="Vote", exact=True).click()
        expect(card.get_by_role("button", name="Voted", exact=True)).to_be_visible()
    # What was said about Revision 1 stays with Revision 1.
    assert Round.objects.get(number=1).ballots.filter(is_live=True).count() == 2
    assert Round.objects.get(number=2).ballots.filter(is_live=True).count() == 2


def _sell_it(boss: Page, round_pk: int) -> int:
    entry = Round.objects.get(pk=round_pk).entries.get(outcome="winner")
    boss.goto(f"/m/{SLUG}/entries/{entry.pk}/campaign/")
    today = timezone.now()
    fields = {
        "step0-min_units": "1", "step0-unit": "329", "step1-min_units": "2", "step1-unit": "289",
        "minimum": "2", "production_minimum": "2", "person_limit": "3", "deposit": "50",
        "ship_by": f"{today + dt.timedelta(days=3):%Y-%m-%d}",
        "risks": "The zip may change.", "delivery_promise": "Late means money back.",
    }  # fmt: skip
    for name, text in fields.items():
        boss.locator(f"[name={name}]").fill(text)
    opens = today.astimezone(dt.timezone(dt.timedelta(hours=8))) - dt.timedelta(minutes=2)
    boss.locator("[name=opens_at]").fill(f"{opens:%Y-%m-%dT%H:%M}")
    boss.locator("[name=closes_at]").fill(f"{opens + dt.timedelta(days=10):%Y-%m-%dT%H:%M}")
    boss.locator("[name=deposit_kind][value=advance]").check()
    boss.locator("[name=forfeit][value=refund]").check()
    steps.press(boss, "Save the draft and look at it")
    expect(boss.get_by_role("main")).to_contain_text("cannot ship by that day")
    assert not Campaign.objects.exists()
    boss.locator("[name=ship_by]").fill(f"{today + dt.timedelta(days=90):%Y-%m-%d}")
    steps.press(boss, "Save the draft and look at it")
    expect(boss.get_by_role("main").get_by_role("button", name="Publish")).to_be_visible()
    campaign = Campaign.objects.get()
    steps.press(boss, "Publish")
    boss.goto(f"/c/{campaign.pk}/")
    expect(boss.get_by_role("main")).to_contain_text("¥329")
    return campaign.pk


def _order_beside_each_other(fan: Page, guest: Page, campaign: int) -> None:
    beside = fan.context.new_page()
    beside.goto(f"/c/{campaign}/")
    steps.live(beside)
    for n, page in enumerate((fan, guest), start=1):
        steps.order(page, campaign, variant="M")
        steps.at_the_bank(page)
        expect(page.get_by_role("main")).to_contain_text("Deposit paid")
        expect(beside.get_by_role("main")).to_contain_text(re.compile(rf"{n} units? ordered"))
    # The second unit has reached the lower step, for both.
    expect(beside.get_by_role("main")).to_contain_text("¥289")
    beside.close()


def _collect_balances(boss: Page, fan: Page, guest: Page, campaign: int) -> None:
    boss.goto(f"/m/{SLUG}/campaigns/{campaign}/close/")
    boss.get_by_label("Reason").fill("Both have ordered.")
    steps.press(boss, "Close deposits now")
    expect(boss.get_by_role("main")).to_contain_text("Balance due", timeout=15_000)
    due = PreOrder.objects.filter(state=PreOrder.State.BALANCE_DUE)
    for page, email in ((fan, "ada@example.com"), (guest, "grace@example.com")):
        order = PreOrder.objects.get(email=email)
        page.goto(f"/orders/{order.code}/")
        expect(page.get_by_role("button", name=re.compile("^Pay ¥239"))).to_be_visible()
        page.goto(steps.path_in(steps.mail_to(email, "balance"), "/pay/"))
        steps.press(page, re.compile("^Pay"))
        steps.at_the_bank(page)
        expect(page.get_by_role("main")).to_contain_text(re.compile("Paid in full|In production"))
    assert not due.exists()


def _make_it(boss: Page, campaign: int) -> None:
    place = f"/m/{SLUG}/campaigns/{campaign}/"
    boss.goto(place)
    expect(boss.get_by_role("main")).to_contain_text("In production", timeout=15_000)
    boss.goto(place + "sheet/")
    steps.press(boss, re.compile("Freeze"))
    expect(boss.get_by_role("main")).to_contain_text("Sheet 1")
    with boss.expect_download() as download:
        boss.get_by_role("link", name="XLSX").first.click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    rows = list(book.active.values)
    assert any(2 in row for row in rows), rows
    boss.goto(place + "updates/new/")
    boss.get_by_label("Title").fill("The first two are cut")
    boss.get_by_label("What happened").fill("Blue cloth, on the table.")
    boss.locator("[name=photos-0-file]").set_input_files(
        [steps.file("t.jpg", made.jpeg(1600, 1200))]
    )
    boss.locator("[name=photos-0-alt]").fill("Cloth on the cutting table")
    steps.press(boss, "Post and mail it")
    # The form waits for its photo first, so the way on begins only now.
    expect(boss.get_by_text("Everybody who ordered gets it by mail")).to_be_visible()
    boss.goto(f"/c/{campaign}/")
    expect(boss.get_by_role("main")).to_contain_text("The first two are cut")


def _send_it(boss: Page, fan: Page) -> None:
    campaign = Campaign.objects.get()
    order = PreOrder.objects.get(email="ada@example.com")
    fan.goto(f"/orders/{order.code}/")
    boss.goto(f"/m/{SLUG}/campaigns/{campaign.pk}/shipments/")
    boss.get_by_label(f"Carrier {order.number}").fill("SF Express")
    boss.get_by_label(f"Tracking number {order.number}").fill("SF1029")
    steps.press(boss, "Mark as sent")
    fan.goto(f"/orders/{order.code}/")
    expect(fan.get_by_role("main")).to_contain_text("SF Express")
    order.refresh_from_db()
    assert order.state == PreOrder.State.SHIPPED


def _see_why(fan: Page) -> None:
    fan.goto("/u/ada/")
    for deed in (
        "Voted in a round",
        "Took part in a discussion",
        "Paid a deposit",
        "Paid an order",
    ):
        expect(fan.get_by_role("main")).to_contain_text(deed)
