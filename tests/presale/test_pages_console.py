"""The console through HTTP: who may, one primary action per phase, closing, cancelling, tables."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from core.models import Outbox
from designs import threads
from presale import boards
from presale.actions import campaigns, fulfilment
from presale.actions.orders import cancel_order
from presale.models import Campaign, PreOrder, RefundObligation
from tests import cast
from tests.presale import house
from voting.models import Entry, Round

pytestmark = pytest.mark.django_db
PAGES = [
    "", "orders/", "orders.csv", "options.csv", "sheet/", "shipments/", "updates/new/", "close/",
    "extend/", "cancel/", "end-balance/", "proceed/", "edit/", "review/",
]  # fmt: skip


@pytest.fixture
def campaign():
    return house.opened()


@pytest.fixture
def mei(sign_in, campaign):
    return sign_in(cast.person("Mei"))


def url(campaign, tail: str = "") -> str:
    return f"/m/weft/campaigns/{campaign.pk}/{tail}"


def test_only_merchants_of_the_brand_open_the_console(client, sign_in, campaign):
    cast.brand("Kettle", "Ruth")
    assert {client.get(url(campaign, tail)).status_code for tail in PAGES} == {302}
    for name in ("Omar", "Lin", "Ruth"):
        stranger = sign_in(cast.person(name))
        assert {stranger.get(url(campaign, tail)).status_code for tail in PAGES} == {403}
    of_ruth = [url(campaign, tail).replace("weft", "kettle") for tail in PAGES]
    assert {stranger.get(address).status_code for address in of_ruth} == {404}


def test_the_console_lists_what_waits_with_its_step(mei, campaign):
    won_in = cast.voting_round(
        campaign.revision.design.brief, drafts=1, state=Round.State.CLOSED, title="Round 9"
    )
    Entry.objects.update(outcome=Entry.Outcome.WINNER)
    house.draft(title="Second")
    page = mei.get("/m/weft/").content.decode()
    assert "Draft 1 has won and is no pre-order yet." in page
    assert f"/m/weft/entries/{won_in.entries.get().pk}/campaign/" in page
    assert "Second is a draft" in page and "Nothing waits for you" not in page


def test_with_one_brand_the_list_is_its_console(mei):
    answer = mei.get("/m/")
    assert answer.status_code == 302 and answer.url == "/m/weft/"


def test_a_designer_is_shown_the_list_and_no_closed_door(sign_in, campaign):
    answer = sign_in(cast.person("Lin")).get("/m/")
    assert answer.status_code == 200 and "/m/weft/" not in answer.content.decode()


def test_the_campaign_page_counts_orders_by_option_from_the_rows(mei, campaign):
    house.deposited(campaign, "Ada", quantity=2)
    house.deposited(campaign, "Kenji", sku="S")
    house.reserved(campaign, "Omar")
    page = mei.get(url(campaign)).content.decode()
    assert "3 units" in page and "¥150" in page
    rows = list(csv.reader(io.StringIO(mei.get(url(campaign, "options.csv")).content.decode())))
    assert rows[-1][-1] == "3"


def test_closing_early_needs_a_reason_and_fans_read_it(mei, campaign):
    answer = mei.post(url(campaign, "close/"), {"reason": "  "})
    campaign.refresh_from_db()
    assert answer.status_code == 422 and campaign.state == "open"
    answer = mei.post(url(campaign, "close/"), {"reason": "The cloth is used up."})
    campaign.refresh_from_db()
    assert answer.status_code == 302 and campaign.state == "closing"
    assert "The cloth is used up." in mei.get(f"/c/{campaign.pk}/").content.decode()
    again = mei.post(url(campaign, "close/"), {"reason": "Twice."})
    assert again.status_code == 409


def test_the_close_moves_once_forwards_with_a_reason(mei, campaign):
    before = campaign.closes_at
    for when in (before - house.DAY, before + 60 * house.DAY):
        form = {"closes_at": f"{when:%Y-%m-%dT%H:%M}", "reason": "Later cloth."}
        assert mei.post(url(campaign, "extend/"), form).status_code == 422
    campaign.refresh_from_db()
    assert campaign.closes_at == before and campaign.extensions == 0
    form = {"closes_at": f"{before + 5 * house.DAY:%Y-%m-%dT%H:%M}", "reason": "Later cloth."}
    assert mei.post(url(campaign, "extend/"), form).status_code == 302
    assert mei.post(url(campaign, "extend/"), form).status_code == 422
    campaign.refresh_from_db()
    assert campaign.extensions == 1
    assert "Later cloth." in mei.get(f"/c/{campaign.pk}/").content.decode()


def test_cancelling_needs_the_title_typed(mei, campaign):
    order = house.deposited(campaign)
    form = {"reason": "The mill closed.", "confirmation": "windbreaker"}
    answer = mei.post(url(campaign, "cancel/"), form)
    campaign.refresh_from_db()
    assert answer.status_code == 422 and campaign.state == "open"
    assert not RefundObligation.objects.exists()
    mei.post(url(campaign, "cancel/"), {**form, "confirmation": "Windbreaker"})
    campaign.refresh_from_db()
    house.ticks.run_all(timezone.now())
    order.refresh_from_db()
    assert campaign.state == "cancelled" and order.state == "cancelled"
    assert RefundObligation.objects.get().amount_minor == 5_000


def desk(order: PreOrder) -> str:
    return url(order.campaign, f"orders/{order.number}/")


def test_the_brand_ends_an_order_out_of_goodwill_with_a_reason(mei, campaign):
    order = house.deposited(campaign)
    assert f'href="{desk(order)}"' in mei.get(url(campaign, "orders/")).content.decode()
    page = mei.get(desk(order)).content.decode()
    assert "End the order and refund it" in page and "Accept the return" not in page
    assert "ada@example.com" in page and order.code not in page
    empty = mei.post(desk(order), {"step": "release", "reason": " "})
    assert empty.status_code == 422 and not RefundObligation.objects.exists()
    answer = mei.post(desk(order), {"step": "release", "reason": "Moving house."}, follow=True)
    order.refresh_from_db()
    assert order.state == "cancelled" and RefundObligation.objects.get().amount_minor == 5_000
    page = answer.content.decode()
    assert "What was paid is on its way back." in page and "End the order" not in page
    again = mei.post(desk(order), {"step": "release", "reason": "Twice."})
    assert again.status_code == 409 and RefundObligation.objects.count() == 1


def test_the_brand_accepts_a_return_once_the_parcel_is_sent(mei, campaign):
    order = house.deposited(campaign, quantity=2)
    house.counted(campaign)
    order = house.pay(PreOrder.objects.get(pk=order.pk))
    house.ticks.run_all(timezone.now())
    early = mei.post(desk(order), {"step": "accept_return", "reason": "Torn."})
    assert early.status_code == 409
    fulfilment.ship_order(PreOrder.objects.get(pk=order.pk), actor="user:1", now=timezone.now())
    page = mei.get(desk(order)).content.decode()
    assert "Accept the return" in page and "End the order" not in page
    mei.post(desk(order), {"step": "accept_return", "reason": "Torn."})
    order.refresh_from_db()
    assert (order.state, order.state_reason) == ("returned", "Torn.")
    assert RefundObligation.objects.get().amount_minor == house.money(order).paid_minor


def test_an_order_is_shown_to_merchants_of_its_brand_alone(client, sign_in, campaign):
    order = house.deposited(campaign)
    other = house.opened(title="Other")
    cast.brand("Kettle", "Ruth")
    assert client.get(desk(order)).status_code == 302
    for name in ("Omar", "Lin", "Ruth", "Ada"):
        assert sign_in(cast.person(name)).get(desk(order)).status_code == 403
    mei = sign_in(cast.person("Mei"))
    assert mei.get(url(other, f"orders/{order.number}/")).status_code == 404
    assert mei.post(desk(order), {"step": "deliver", "reason": "No."}).status_code == 422
    order.refresh_from_db()
    assert order.state == "deposited"


def test_a_draft_is_not_called_off_and_stays_private(client, sign_in):
    draft = house.draft()
    form = {"reason": "No cloth.", "confirmation": draft.title}
    answer = sign_in(cast.person("Mei")).post(url(draft, "cancel/"), form)
    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (409, "draft")
    client.logout()
    assert client.get(f"/c/{draft.pk}/").status_code == 404
    assert draft.title not in client.get("/pre-orders/").content.decode()


@pytest.mark.parametrize("what", ["end-balance", "proceed"])
def test_a_decision_that_is_not_due_says_so_before_anything_is_typed(mei, campaign, what):
    answer = mei.get(url(campaign, f"{what}/"))
    assert answer.status_code == 409
    assert "the campaign is now in the state “Deposits open”" in answer.content.decode()


def test_the_balance_window_can_be_ended_in_the_demo_alone(mei, campaign, settings):
    house.deposited(campaign, quantity=2)
    house.counted(campaign)
    settings.DEMO = False
    answer = mei.post(url(campaign, "end-balance/"), {"reason": "Hurry."})
    assert answer.status_code == 409
    settings.DEMO = True
    answer = mei.post(url(campaign, "end-balance/"), {"reason": "Hurry."})
    assert answer.status_code == 302
    house.ticks.run_all(timezone.now())
    house.ticks.run_all(timezone.now())
    campaign.refresh_from_db()
    assert campaign.state in ("decision", "production")


def test_a_published_campaign_can_go_back_before_it_opens(mei, campaign):
    soon = timezone.now() + house.DAY
    later = house.opened(opens_at=soon, closes_at=soon + house.DAY)
    mei.post(url(later, "unpublish/"))
    mei.post(url(campaign, "unpublish/"))
    later.refresh_from_db()
    campaign.refresh_from_db()
    assert (later.state, campaign.state) == ("draft", "open")


def test_a_scheduled_campaign_can_be_opened_now_by_its_merchants(sign_in, campaign):
    soon = timezone.now() + house.DAY
    later = house.opened(opens_at=soon, closes_at=soon + house.DAY)
    assert sign_in(cast.person("Lin")).post(url(later, "open/")).status_code == 403
    mei = sign_in(cast.person("Mei"))
    assert mei.get(url(later, "open/")).status_code == 405
    later.refresh_from_db()
    assert later.state == "scheduled" and later.opens_at == soon
    assert f'action="{url(later, "open/")}"' in mei.get(url(later)).content.decode()
    mei.post(url(later, "open/"))
    later.refresh_from_db()
    assert later.state == "open" and later.opens_at <= timezone.now() < later.closes_at
    assert all(later.variants.values_list("is_open", flat=True))
    assert f'action="{url(later, "open/")}"' not in mei.get(url(later)).content.decode()
    again = mei.post(url(later, "open/"), follow=True).content.decode()
    assert "Not possible: the campaign is now in the state" in again


def test_terms_say_beside_them_what_came_otherwise_and_stay_as_they_were(client, sign_in):
    soon = timezone.now() + house.DAY
    later = house.opened(opens_at=soon, closes_at=soon + house.DAY)
    frozen = later.terms_text, later.terms_hash
    fans = f"/c/{later.pk}/"
    assert "The terms in full" in client.get(fans).content.decode()
    assert "What has changed since" not in client.get(fans).content.decode()
    sign_in(cast.person("Mei")).post(url(later, "open/"))
    order = house.reserved(later)
    for path in (fans, f"/orders/{order.code}/"):
        page = client.get(path).content.decode()
        assert "Deposits opened before the time named here." in page, path
    later.refresh_from_db()
    campaigns.close_early(later, actor="user:1", reason="Enough wool.", now=timezone.now())
    page = client.get(fans).content.decode()
    assert "closed deposits before the time named here. The brand says: Enough wool." in page
    later.refresh_from_db()
    assert (later.terms_text, later.terms_hash) == frozen == (later.terms_text, order.terms_hash)


def test_a_campaign_that_opened_and_closed_in_its_time_has_nothing_beside_its_terms(client):
    at = timezone.now()
    made = house.opened(opens_at=at + house.HOUR, closes_at=at + house.DAY)
    house.ticks.run_all(at + house.HOUR)
    house.ticks.run_all(at + house.DAY)
    made.refresh_from_db()
    assert made.state == "failed"
    assert "What has changed since" not in client.get(f"/c/{made.pk}/").content.decode()


def test_terms_are_written_in_the_time_of_the_brand(sign_in):
    reader = cast.person("Mei", time_zone="America/New_York")
    later = {
        "closes_at": dt.datetime(2027, 3, 15, tzinfo=dt.UTC),
        "ship_by": dt.date(2027, 6, 1),
    }
    draft = house.draft(opens_at=dt.datetime(2027, 3, 1, 1, tzinfo=dt.UTC), **later)
    sign_in(reader).post(url(draft, "publish/"))
    draft.refresh_from_db()
    assert "Deposits from 2027-03-01 09:00 +0800" in draft.terms_text


def test_opening_now_keeps_to_the_longest_time_that_deposits_may_be_open(mei, campaign):
    soon = timezone.now() + 30 * house.DAY
    later = house.opened(
        opens_at=soon, closes_at=soon + 40 * house.DAY, ship_by=(soon + 120 * house.DAY).date()
    )
    page = mei.post(url(later, "open/"), follow=True).content.decode()
    later.refresh_from_db()
    assert "60 days at most" in page
    assert later.state == "scheduled" and later.opens_at == soon
    assert not any(later.variants.values_list("is_open", flat=True))


def test_orders_are_filtered_by_state_variant_and_word(mei, campaign):
    ada = house.deposited(campaign, "Ada")
    kenji = house.reserved(campaign, "Kenji", sku="S")
    sand = house.variant(campaign, "S").pk
    for query, shown, hidden in [
        ("state=deposited", ada, kenji),
        (f"variant={sand}", kenji, ada),
        ("q=ada@", ada, kenji),
        (f"q={kenji.number}", kenji, ada),
    ]:
        page = mei.get(url(campaign, f"orders/?{query}")).content.decode()
        assert shown.number in page and hidden.number not in page
        file = mei.get(url(campaign, f"orders.csv?{query}")).content.decode()
        assert shown.number in file and hidden.number not in file


def test_a_filter_that_makes_no_sense_is_left_out(mei, campaign):
    order = house.deposited(campaign)
    for query in ("state=nonsense", "variant=x", "page=999", "variant=99999"):
        assert order.number in mei.get(url(campaign, f"orders/?{query}")).content.decode()


def test_no_cell_of_the_csv_is_a_formula(mei, campaign):
    order = house.deposited(campaign)
    PreOrder.objects.filter(pk=order.pk).update(
        name='=HYPERLINK("http://x","y")', address1="+1", city="-2", phone="@SUM(A1)",
        address2="\t=1", postcode="|calc",
    )  # fmt: skip
    answer = mei.get(url(campaign, "orders.csv"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert '\'=HYPERLINK("http://x","y")' in row
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_title_is_text_on_the_page_that_cancels_it(mei, campaign):
    campaign.title = "<b id=bad>Jacket</b>"
    campaign.save()
    page = mei.get(url(campaign, "cancel/")).content.decode()
    assert "&lt;b id=bad&gt;" in page and "<b id=bad>" not in page
    data = {"reason": "No cloth.", "confirmation": campaign.title}
    assert mei.post(url(campaign, "cancel/"), data).status_code == 302


def test_a_campaigns_conversation_has_its_page_and_its_brand(campaign, client):
    place = threads.place_of(campaign.thread)
    assert place and (place.brand, place.title) == (campaign.brand, campaign.title)
    assert place.url == f"/c/{campaign.pk}/"
    type(campaign).objects.filter(pk=campaign.pk).update(state="draft")
    assert threads.place_of(campaign.thread) is None
    page = client.get(f"/threads/{campaign.thread_id}/comments/").content.decode()
    assert campaign.title not in page


def test_the_result_of_a_round_leads_to_the_pre_order_of_its_winner(client, mei, campaign):
    won_in = cast.voting_round(campaign.revision.design.brief, drafts=1)
    cast.close(won_in)
    Entry.objects.update(outcome=Entry.Outcome.WINNER)
    result, offer = f"/r/{won_in.pk}/", "Make the winner a pre-order"
    assert offer in mei.get(result).content.decode()
    campaign.won_round = won_in
    campaign.save()
    assert f'href="/c/{campaign.pk}/"' in client.get(result).content.decode()
    assert offer not in mei.get(result).content.decode()


def test_the_funnel_counts_who_paid_a_deposit_and_was_refunded_later(campaign):
    house.deposited(campaign)
    campaign.orders.update(state=PreOrder.State.CANCELLED)
    steps = {step.label: step for step in boards.funnel(campaign)}
    assert (steps["Paid a deposit"].people, steps["Paid in full"].people) == (1, 0)
    assert steps["Paid a deposit"].share is None


def test_no_stage_of_the_funnel_is_more_than_all_voters(campaign):
    won_in = cast.voting_round(campaign.revision.design.brief, drafts=1)
    type(won_in).objects.filter(pk=won_in.pk).update(voters=1, state=Round.State.CLOSED)
    campaign.won_round = type(won_in).objects.get(pk=won_in.pk)
    shares = []
    for name in ("Ada", "Kenji"):
        house.deposited(campaign, name)
        shares += [step.share for step in boards.funnel(campaign) if "deposit" in step.label]
    assert shares == [100, None]


def test_one_is_said_as_one(mei, client):
    one = house.opened(
        steps=((1, 32900), (2, 28900)), minimum=1, production_minimum=1, person_limit=1
    )
    house.deposited(one)
    page = client.get(f"/c/{one.pk}/").content.decode()
    for words in ("1 unit<", "from 2 units", "At most 1 unit per person", "under 1 unit by"):
        assert words in page, words
    assert "1 units" not in page and "1–1" not in page
    assert "1 units" not in mei.get(url(one, "cancel/")).content.decode()
    house.counted(one)
    assert "1 unit was ordered." in client.get(f"/c/{one.pk}/").content.decode()
    mail = Outbox.objects.filter(key__contains=":gate1:").first()
    assert "closed with 1 unit." in mail.text
    review = mei.get(url(house.draft(minimum=1, production_minimum=1), "review/"))
    assert "1 unit at" in review.content.decode() and "1 units" not in review.content.decode()


def test_a_failed_campaign_still_says_how_many_had_ordered(campaign):
    house.deposited(campaign, quantity=2)
    campaign.orders.update(state=PreOrder.State.CANCELLED)
    campaign.state = Campaign.State.FAILED
    figures = boards.figures(campaign)
    assert (figures.orders, figures.units, figures.paid_units) == (1, 2, 0)


def test_what_was_given_back_stands_under_refunds_alone(campaign):
    kept = house.deposited(campaign)
    gone = house.deposited(campaign, name="Omar")
    cancel_order(gone, actor=gone.user.actor, now=timezone.now())
    figures = boards.figures(campaign)
    assert figures.deposits_minor == house.money(kept).paid_minor == 5000
    assert (figures.refunds, figures.refunds_minor) == (1, 5000)


@pytest.mark.parametrize(
    ("states", "words", "step"),
    [
        (["submitted"], "a round needs a second one", "Share the brief"),
        (["submitted", "submitted"], "2 drafts for", "Plan a round"),
        (["submitted", "not-chosen"], "1 draft for", "Plan a round"),
        (["not-chosen", "not-chosen"], "", ""),
        (["submitted", "submitted", "chosen"], "", ""),
    ],
)
def test_a_brief_asks_for_a_round_where_one_can_be_planned(db, states, words, step):
    brief = cast.brief(title="Coats")
    for number, state in enumerate(states):
        design = cast.design(brief, title=f"Coat {number}")
        type(design).objects.filter(pk=design.pk).update(state=state)
    needs = boards.board(brief.brand, timezone.now()).needs
    assert [need.step.label for need in needs] == ([step] if step else [])
    assert all(words in need.text for need in needs)


def test_a_scheduled_round_says_when_it_opens(db):
    later = timezone.now() + dt.timedelta(days=3)
    round = cast.voting_round(state=Round.State.SCHEDULED, opens_at=later)
    (row,) = boards.board(round.brief.brand, timezone.now()).rounds
    assert (row.phase, row.until_label, row.until) == ("Scheduled", "Opens", round.opens_at)


def test_only_who_sets_the_brand_up_sees_the_way_to_its_settings(sign_in, campaign):
    link = 'href="/m/weft/settings/"'
    for page in ("/m/weft/", "/m/weft/team/"):
        assert link in sign_in(cast.person("Mei")).get(page).content.decode()
        assert link not in sign_in(cast.person("Jonas")).get(page).content.decode()


def test_lists_of_the_console_begin_with_what_goes_on(campaign):
    over = house.draft(title="Over", state=Campaign.State.FAILED)
    assert over.pk > campaign.pk
    titles = [row.title for row in boards.board(campaign.brand, timezone.now()).campaigns]
    assert titles == [campaign.title, "Over"]
