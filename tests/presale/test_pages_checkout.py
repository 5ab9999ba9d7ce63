"""Ordering through HTTP: guest and account, the code, the review, the bank, every refusal."""

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Outbox
from presale.actions import campaigns, payments
from presale.models import Attempt, BankIntent, Campaign, PreOrder, Variant
from tests import cast
from tests.presale import house
from voting.models import Ballot, Choice

pytestmark = pytest.mark.django_db


def typed(campaign: Campaign, sku: str = "B", **changes: str) -> dict[str, str]:
    return {
        "form_key": str(uuid.uuid4()),
        "variant": str(house.variant(campaign, sku).pk),
        "quantity": "1",
        "email": "guest@example.com",
        "name": "Grace",
        "address1": "1 Mill Lane",
        "city": "Leeds",
        "postcode": "LS1 4AP",
        "country": "GB",
        **changes,
    }


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def review_of(client, campaign, **changes) -> str:
    """The review page, as a signed-in person reaches it."""
    answer = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign, **changes))
    assert answer.status_code == 200
    return answer.content.decode()


def pay_form(page: str, **changes: str) -> dict[str, str]:
    form = {"ticket": hidden(page, "ticket"), "total_seen": hidden(page, "total_seen")}
    return {**form, "terms": "1", **changes}


@pytest.fixture
def ada(sign_in):
    return sign_in(cast.person("Ada"))


@pytest.fixture
def campaign():
    return house.opened()


def test_the_campaign_page_shows_price_count_dates_and_the_money_block(client, campaign):
    page = client.get(f"/c/{campaign.pk}/").content.decode()
    assert "¥329" in page and "3 more units and it is ¥289 for everyone" in page
    assert "0 units ordered" in page and "of at least 2 needed" in page
    assert "¥50 deposit" in page and "at most ¥289, down to ¥219 if the price falls" in page
    assert "for the dearest variant" in page
    assert f'data-live="campaign.{campaign.pk}"' in page


def test_a_guest_orders_with_a_code_and_pays_at_the_bank(client, campaign):
    answer = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign))
    page = answer.content.decode()
    assert "six digits" in page and not PreOrder.objects.exists()
    code = re.search(r"\b[0-9]{6}\b", Outbox.objects.get().text)[0]
    ticket = hidden(page, "ticket")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    refused = client.post(f"/c/{campaign.pk}/checkout/code/", {"ticket": ticket, "code": wrong})
    assert refused.status_code == 422
    page = client.post(
        f"/c/{campaign.pk}/checkout/code/", {"ticket": ticket, "code": code}
    ).content.decode()
    assert "¥329" in page and "Pay ¥50 deposit" in page
    answer = client.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page))
    order = PreOrder.objects.get()
    assert answer.status_code == 303 and "/demo/bank/" in answer.url
    assert (order.state, order.email, order.user) == ("reserved", "guest@example.com", None)
    bank = answer.url[answer.url.index("/demo/bank/") :]
    assert "DEMO BANK" in client.get(bank).content.decode()
    back = client.post(bank, {"decision": "pay"})
    assert back.status_code == 303
    landed = client.get(back.url[back.url.index("/orders/") :], follow=True)
    order.refresh_from_db()
    assert order.state == "deposited" and "Deposit paid" in landed.content.decode()
    assert "Keep it in an account" in landed.content.decode()


def test_a_declined_card_charges_nothing_and_the_next_one_pays(ada, campaign):
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review_of(ada, campaign)))
    bank = answer.url[answer.url.index("/demo/bank/") :]
    ada.post(bank, {"decision": "decline"})
    assert "declined" in ada.get(bank).content.decode()
    order = PreOrder.objects.get()
    assert order.state == "reserved"
    ada.post(bank, {"decision": "pay"})
    ada.get(f"/orders/{order.code}/return/")
    order.refresh_from_db()
    assert order.state == "deposited"
    assert BankIntent.objects.filter(status="paid").count() == 1


def test_a_payment_that_ended_before_is_no_reason_to_wait(ada, campaign):
    order = house.reserved(campaign)
    payments.start_deposit(order, now=timezone.now())
    BankIntent.objects.update(expires_at=timezone.now())
    back = f"/orders/{order.code}/return/"
    for _look in range(2):  # the second finds the payment ended already
        page = ada.get(back).content.decode()
        assert "<h1>Nothing was charged</h1>" in page and "We are checking" not in page
    # But what was only given up may have been paid after all.
    Attempt.objects.update(decline_code="no-answer")
    assert "We are checking" in ada.get(back).content.decode()


def test_the_campaign_page_leads_to_the_order_from_the_lower_edge(client, campaign):
    page = client.get(f"/c/{campaign.pk}/").content.decode()
    assert 'class="order-bar"' in page and 'href="#order"' in page and 'id="order"' in page
    campaigns.close_early(campaign, actor="user:1", reason="Enough.", now=timezone.now())
    assert "order-bar" not in client.get(f"/c/{campaign.pk}/").content.decode()


def test_leaving_the_bank_keeps_the_place_and_offers_to_pay_again(ada, campaign):
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review_of(ada, campaign)))
    bank = answer.url[answer.url.index("/demo/bank/") :]
    back = ada.post(bank, {"decision": "abandon"})
    page = ada.get(back.url[back.url.index("/orders/") :], follow=True).content.decode()
    assert "<h1>Nothing was charged</h1>" in page and "Pay ¥50" in page
    assert "Your units are held until" in page and "We are checking" not in page
    assert PreOrder.objects.get().state == "reserved"


def test_opening_the_return_address_without_paying_changes_nothing(client, campaign):
    order = house.reserved(campaign)
    page = client.get(f"/orders/{order.code}/?from=bank&paid=1", follow=True).content.decode()
    order.refresh_from_db()
    assert "We are checking" in page and order.state == "reserved"


def test_the_same_review_sent_twice_is_one_order_and_one_payment(ada, campaign):
    form = pay_form(review_of(ada, campaign))
    first = ada.post(f"/c/{campaign.pk}/checkout/pay/", form)
    second = ada.post(f"/c/{campaign.pk}/checkout/pay/", form)
    assert first.url == second.url
    assert PreOrder.objects.count() == 1 and BankIntent.objects.count() == 1


def test_a_quantity_that_cannot_be_is_refused_at_its_field(ada, campaign):
    for quantity in ("0", "-1", "1.5", "1e3", "1000000000", "１", "5"):
        answer = ada.post(f"/c/{campaign.pk}/checkout/", typed(campaign, quantity=quantity))
        assert answer.status_code == 422 and "id_quantity_error" in answer.content.decode()
    assert not PreOrder.objects.exists()


def test_a_variant_of_another_campaign_is_refused(ada, campaign):
    other = Variant.objects.create(campaign=house.draft(), label="X", sku="X")
    for value in (str(other.pk), "999999", "x"):
        answer = ada.post(f"/c/{campaign.pk}/checkout/", typed(campaign, variant=value))
        assert answer.status_code == 422
        assert "not part of this campaign" in answer.content.decode()
    assert not PreOrder.objects.exists()


def test_prices_sent_by_the_browser_are_ignored(ada, campaign):
    page = review_of(ada, campaign, price="1", amount="1", currency="USD", deposit="1")
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page, amount="1", unit_shown_minor="1"))
    order = PreOrder.objects.get()
    assert order.unit_shown_minor == 32_900 and order.currency == "CNY"
    assert order.obligations.get().amount_minor == 5_000


def test_a_closed_campaign_says_since_when(ada, campaign):
    page = review_of(ada, campaign)
    house.counted(campaign)
    for path, form in (("checkout/", typed(campaign)), ("checkout/pay/", pay_form(page))):
        answer = ada.post(f"/c/{campaign.pk}/{path}", form)
        assert answer.status_code == 409 and "Deposits have closed" in answer.content.decode()
    assert not PreOrder.objects.exists()


def test_one_second_after_the_close_is_too_late(ada, campaign):
    page = review_of(ada, campaign)
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=timezone.now())
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page))
    assert answer.status_code == 409 and not PreOrder.objects.exists()


def test_a_scheduled_campaign_says_from_when(ada):
    soon = timezone.now() + house.DAY
    campaign = house.opened(opens_at=soon, closes_at=soon + house.DAY)
    answer = ada.get(f"/c/{campaign.pk}/checkout/")
    assert answer.status_code == 409 and "not open yet" in answer.content.decode()


def test_sold_out_between_page_and_click_says_how_many_are_left(ada, campaign):
    page = review_of(ada, campaign, sku="G", quantity="2")
    house.reserved(campaign, "Kenji", sku="G")
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page))
    assert answer.status_code == 409 and "Only 1 left" in answer.content.decode()
    assert PreOrder.objects.count() == 1


def test_more_than_one_person_may_hold_is_refused_with_what_is_left(ada, campaign):
    page = review_of(ada, campaign, quantity="2")
    house.reserved(campaign, "Ada", quantity=3)
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page))
    assert answer.status_code == 409 and "you can still take 1" in answer.content.decode()
    assert PreOrder.objects.count() == 1


def test_a_changed_total_stops_at_the_review_with_both_values(ada, campaign):
    page = review_of(ada, campaign)
    house.deposited(campaign, "Kenji", quantity=3)
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page))
    said = answer.content.decode()
    assert answer.status_code == 409 and "showed ¥329 in all" in said and "¥289 in all" in said
    assert PreOrder.objects.count() == 1
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(said))
    assert PreOrder.objects.latest("pk").unit_shown_minor == 28_900


def test_a_zone_that_the_brand_makes_dearer_changes_nothing_of_a_campaign_that_runs(ada, campaign):
    page = review_of(ada, campaign)
    campaign.brand.zones.update(price_minor=1_500)
    assert "¥15" not in ada.get(f"/c/{campaign.pk}/").content.decode()
    assert "¥15" not in ada.get(f"/c/{campaign.pk}/checkout/").content.decode()
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(page))
    assert PreOrder.objects.get().shipping_minor == 0


def test_without_consent_nothing_is_ordered(ada, campaign):
    form = pay_form(review_of(ada, campaign), terms="")
    answer = ada.post(f"/c/{campaign.pk}/checkout/pay/", form)
    assert answer.status_code == 422 and "agree to the terms" in answer.content.decode()
    assert not PreOrder.objects.exists()


def test_a_forged_or_foreign_ticket_orders_nothing(ada, campaign):
    page = review_of(ada, campaign)
    form = pay_form(page)
    forged = {**form, "ticket": form["ticket"][:-2] + "xx"}
    assert ada.post(f"/c/{campaign.pk}/checkout/pay/", forged).status_code == 409
    other = house.opened(title="Other")
    assert ada.post(f"/c/{other.pk}/checkout/pay/", form).status_code == 409
    assert not PreOrder.objects.exists()


def test_a_guest_cannot_skip_the_code(client, ada, campaign):
    page = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign)).content.decode()
    client.logout()
    page = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign)).content.decode()
    form = {"ticket": hidden(page, "ticket"), "total_seen": "32900", "terms": "1"}
    answer = client.post(f"/c/{campaign.pk}/checkout/pay/", form)
    assert "six digits" in answer.content.decode() and not PreOrder.objects.exists()


def test_five_wrong_codes_end_the_code(client, campaign):
    page = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign)).content.decode()
    code = re.search(r"\b[0-9]{6}\b", Outbox.objects.get().text)[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    url, ticket = f"/c/{campaign.pk}/checkout/code/", hidden(page, "ticket")
    for _try in range(5):
        client.post(url, {"ticket": ticket, "code": wrong})
    answer = client.post(url, {"ticket": ticket, "code": code})
    assert answer.status_code == 422 and "no longer counts" in answer.content.decode()


def test_codes_are_not_mailed_without_end(client, campaign):
    page = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign)).content.decode()
    again = {"ticket": hidden(page, "ticket"), "again": "1"}
    for _mail in range(5):
        assert client.post(f"/c/{campaign.pk}/checkout/code/", again).status_code == 200
    assert client.post(f"/c/{campaign.pk}/checkout/code/", again).status_code == 429
    assert Outbox.objects.count() == 6
    # Nor by another computer to the same address, in whatever letters it is written.
    form = typed(campaign, email="GUEST@example.com")
    other = Client().post(f"/c/{campaign.pk}/checkout/", form, REMOTE_ADDR="198.51.100.7")
    assert other.status_code == 429 and Outbox.objects.count() == 6


def test_one_visitor_cannot_have_codes_mailed_to_many_addresses(client, campaign):
    def ask(n: int, **more: str) -> int:
        form = typed(campaign, email=f"person{n}@example.com")
        # A new session each time: it is the computer that counts.
        return Client().post(f"/c/{campaign.pk}/checkout/", form, **more).status_code

    assert [ask(n) for n in range(21)] == [200] * 20 + [429]
    assert Outbox.objects.count() == 20
    assert ask(21, REMOTE_ADDR="198.51.100.7") == 200


def test_a_wish_from_the_vote_fills_the_form_and_stays_with_the_order(ada):
    campaign = house.opened()
    Variant.objects.filter(campaign=campaign, sku="S").update(options={"Colour": "Sand"})
    Variant.objects.filter(campaign=campaign, sku="B").update(options={"Colour": "Blue"})
    Variant.objects.filter(campaign=campaign, sku="G").update(options={"Colour": "Grey"})
    won_in = cast.voting_round(campaign.revision.design.brief, drafts=0)
    entry = cast.entry(won_in, campaign.revision.design)
    ballot = Ballot.objects.create(
        round=won_in, voter=cast.voter(cast.person("Ada")), is_confirmed=True, seq=1, marks=1,
        cast_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip
    Choice.objects.create(
        ballot=ballot, entry=entry, would_buy=True, options={"Colour": "Sand"}, cap_minor=30_000
    )
    page = ada.get(f"/c/{campaign.pk}/").content.decode()
    assert 'value="Sand" required checked' in page and "up to ¥300" in page
    sand = house.variant(campaign, "S").pk
    assert f'value="{sand}" selected' in ada.get(f"/c/{campaign.pk}/checkout/").content.decode()
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review_of(ada, campaign, sku="S")))
    assert PreOrder.objects.get().from_ballot == ballot


def test_half_a_choice_goes_back_to_choose_the_rest(client, campaign):
    for sku, size in (("B", "S"), ("G", "M")):
        Variant.objects.filter(campaign=campaign, sku=sku).update(
            options={"Colour": "Blue", "Size": size}
        )
    Variant.objects.filter(campaign=campaign, sku="S").delete()
    answer = client.get(f"/c/{campaign.pk}/checkout/?o0=Blue")
    assert answer.status_code == 302 and answer.url.startswith(f"/c/{campaign.pk}/?choose=1")
    page = client.get(f"/c/{campaign.pk}/checkout/?o0=Blue&o1=XL").content.decode()
    assert "This combination is not made." in page


def test_the_bank_refuses_what_it_does_not_know(client, campaign):
    assert client.get("/demo/bank/nothing/").status_code == 404
    assert client.post("/demo/bank/nothing/", {"decision": "pay"}).status_code == 404


def test_the_checkout_asks_for_eight_fields_at_most(client, campaign):
    page = client.get(f"/c/{campaign.pk}/checkout/").content.decode()
    main = re.sub(r"(?s)<details.*?</details>", "", page[page.index("<main") :])
    fields = re.findall(r"<(?:input|select)\b(?![^>]*type=\"hidden\")", main)
    assert len(fields) == 8


def test_signing_in_does_not_prove_the_address_a_guest_typed(client, sign_in, campaign):
    answer = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign, email="kenji@example.com"))
    ticket = hidden(answer.content.decode(), "ticket")
    ada = sign_in(cast.person("Ada"))
    order = {"ticket": ticket, "total_seen": "32900", "terms": "1"}
    page = ada.post(f"/c/{campaign.pk}/checkout/pay/", order).content.decode()
    assert "six digits" in page and not PreOrder.objects.exists()
    code = re.search(r"\b[0-9]{6}\b", Outbox.objects.latest("pk").text)[0]
    page = ada.post(f"/c/{campaign.pk}/checkout/code/", {"ticket": ticket, "code": code})
    order["total_seen"] = hidden(page.content.decode(), "total_seen")
    assert ada.post(f"/c/{campaign.pk}/checkout/pay/", order).status_code == 303
    assert PreOrder.objects.get().email == "kenji@example.com"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"country": "US", "city": "Boston", "postcode": "02108"}, "region"),
        ({"country": "US", "region": "MA", "postcode": "02108", "city": ""}, "city"),
        ({"country": "US", "region": "MA", "city": "Boston", "postcode": ""}, "postcode"),
        ({"country": "US", "region": "MA", "city": "Boston", "postcode": "LS1 4AP"}, "postcode"),
    ],
)
def test_an_address_lacks_nothing_that_its_country_needs(client, campaign, changes, field):
    answer = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign, **changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_a_place_without_postcodes_is_not_asked_for_one(client, campaign):
    address = {"country": "HK", "region": "Kowloon", "city": "", "postcode": ""}
    answer = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign, **address))
    assert answer.status_code == 200


def test_more_than_is_left_is_refused_before_the_order_is_read(client, campaign):
    answer = client.post(f"/c/{campaign.pk}/checkout/", typed(campaign, "G", quantity="3"))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"quantity": ["Only 2 left of Grey."]}


def test_the_four_lines_follow_the_choice(client, campaign):
    page = f"/c/{campaign.pk}/checkout/?variant={house.variant(campaign, 'G').pk}&quantity=2"
    due = client.get(page).context["due"]
    extra = house.variant(campaign, "G").surcharge_minor
    assert due.later_most_minor == 2 * (32900 + extra - 5000)
    assert due.is_for_one_choice
