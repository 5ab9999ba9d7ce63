"""Variants with a minimum of their own, through HTTP: other variant, wait, refund."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Outbox
from presale import reports, ticks
from presale.errors import BadOrder
from presale.models import Campaign, PreOrder, Variant
from tests import cast
from tests.presale import house
from tests.presale.test_pages_checkout import pay_form, review_of, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(sign_in):
    return sign_in(cast.person("Ada"))


@pytest.fixture
def campaign():
    """Grey is made from 2 units on."""
    made = house.opened(production_minimum=1)
    made.variants.filter(sku="G").update(minimum=2)
    return made


def order_in(campaign: Campaign, who: str, sku: str, choice: str = "refund", other: str = ""):
    other_id = house.variant(campaign, other).pk if other else None
    return house.deposited(campaign, who, sku=sku, if_missed=choice, other_variant_id=other_id)


def variant_of(order: PreOrder) -> str:
    return order.lines.get().variant.sku


def test_the_buyer_says_what_shall_happen_and_reads_it_before_paying(ada, campaign):
    page = ada.get(f"/c/{campaign.pk}/checkout/").content.decode()
    assert "If too few order this variant" in page and "Take Blue instead" in page
    blue = house.variant(campaign).pk
    review = review_of(ada, campaign, sku="G", if_missed=f"move:{blue}")
    words = "Grey is made from 2 units on. If fewer are ordered you get Blue, or everything comes"
    assert words in review
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review))
    order = house.pay(PreOrder.objects.get())
    assert (order.if_missed, order.other_variant_id) == ("move", blue)
    assert words in ada.get(f"/orders/{order.code}/").content.decode()


def test_without_an_answer_everything_comes_back(ada, campaign, sound):
    review = review_of(ada, campaign, sku="G")
    assert "If fewer are ordered everything comes back." in review
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review))
    order = house.pay(PreOrder.objects.get())
    for who in ("Omar", "Kenji"):
        house.deposited(campaign, who)
    assert house.counted(campaign).final_units == 2
    order.refresh_from_db()
    assert (order.state, house.money(order).refunded_minor) == ("cancelled", 5000)
    assert Outbox.objects.filter(subject__startswith="Your variant is not made").count() == 1
    assert house.variant(campaign, "G").taken == 0


@pytest.mark.parametrize(
    ("sku", "choice", "text"),
    [
        ("G", "move:{G}", "another variant than"),
        ("G", "move:{S}", "costs more"),
        ("G", "move:999999", "what shall happen"),
        ("G", "keep", "what shall happen"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(ada, campaign, sku, choice, text):
    keys = {one.sku: one.pk for one in campaign.variants.all()}
    form = typed(campaign, sku=sku, if_missed=choice.format(**keys))
    answer = ada.post(f"/c/{campaign.pk}/checkout/", form)
    assert answer.status_code == 422 and text in answer.content.decode()
    assert not PreOrder.objects.exists()


def test_the_action_refuses_it_as_well(campaign):
    elsewhere = house.variant(house.opened())
    for more in ({"if_missed": "move"}, {"if_missed": "move", "other_variant_id": elsewhere.pk}):
        with pytest.raises(BadOrder):
            house.reserved(campaign, sku="G", **more)
    assert not PreOrder.objects.exists()


def test_it_moves_to_the_other_variant_and_the_sheet_says_so(campaign, sound):
    moved = order_in(campaign, "Ada", "G", "move", "B")
    plain = order_in(campaign, "Omar", "B")
    campaign = house.counted(campaign)
    moved.refresh_from_db()
    assert (moved.state, variant_of(moved)) == ("balance-due", "B")
    assert (house.variant(campaign, "G").taken, house.variant(campaign).taken) == (0, 2)
    assert house.variant(campaign, "G").fate == "given-up"
    mail = Outbox.objects.get(subject__startswith="Another variant")
    assert "too few units of Grey" in mail.text and "Blue instead" in mail.text
    for order in (moved, plain):
        house.pay(PreOrder.objects.get(pk=order.pk))
    ticks.run_all(timezone.now())
    count = reports.count_for_production(campaign)
    assert {row["sku"]: row["units"] for row in count.rows} == {"B": 2, "S": 0, "G": 0}


def test_the_minimum_of_the_campaign_counts_what_is_left(campaign, sound):
    order_in(campaign, "Ada", "G")
    order_in(campaign, "Omar", "B")
    campaign = house.counted(campaign)
    assert (campaign.state, campaign.final_units) == ("failed", 1)


def waiting(campaign: Campaign) -> PreOrder:
    """One waits for Grey, two have Blue; deposits are counted."""
    order = order_in(campaign, "Ada", "G", "wait")
    for who in ("Omar", "Kenji"):
        order_in(campaign, who, "B")
    house.counted(campaign)
    order.refresh_from_db()
    assert (order.state, order.missed) == ("deposited", "wait")
    return order


def test_the_brand_makes_it_anyway(campaign, sign_in, sound):
    order = waiting(campaign)
    assert "Grey" in Outbox.objects.filter(subject__startswith="Variants below").first().text
    mei = sign_in(cast.person("Mei"))
    page = mei.get(f"/m/weft/campaigns/{campaign.pk}/").content.decode()
    assert "Grey missed its minimum" in page and "1 unit of 2 waits" in page
    grey = house.variant(campaign, "G")
    url = f"/m/weft/campaigns/{campaign.pk}/variants/{grey.pk}/"
    assert mei.post(url, {"make": "1"}).status_code == 302
    ticks.run_all(timezone.now())
    order.refresh_from_db()
    assert (order.state, variant_of(order)) == ("balance-due", "G")
    # The other answer, a moment later, changes nothing.
    mei.post(url, {"make": "0"})
    grey.refresh_from_db()
    assert grey.fate == "made" and PreOrder.objects.get(pk=order.pk).state == "balance-due"


@pytest.mark.parametrize("says", [True, False])
def test_the_brand_refuses_or_is_silent_and_the_money_goes_back(campaign, sign_in, sound, says):
    order, now = waiting(campaign), timezone.now()
    if says:
        grey = house.variant(campaign, "G")
        url = f"/m/weft/campaigns/{campaign.pk}/variants/{grey.pk}/"
        sign_in(cast.person("Mei")).post(url, {"make": "0"})
    else:
        ticks.run_all(now + dt.timedelta(hours=47))
        assert PreOrder.objects.get(pk=order.pk).missed == "wait"
        now += dt.timedelta(hours=49)
    ticks.run_all(now)
    order.refresh_from_db()
    assert order.state == "cancelled" and house.money(order).refunded_minor == 5000


def test_only_those_who_run_the_brand_decide(campaign, sign_in, client):
    order = waiting(campaign)
    url = f"/m/weft/campaigns/{campaign.pk}/variants/{house.variant(campaign, 'G').pk}/"
    assert client.post(url, {"make": "1"}).status_code == 302
    assert sign_in(cast.person("Omar")).post(url, {"make": "1"}).status_code == 403
    assert Variant.objects.filter(fate="asked").count() == 1
    assert PreOrder.objects.get(pk=order.pk).missed == "wait"


def test_an_order_above_its_limit_does_not_count_for_its_variant(campaign, sound):
    out = house.deposited(campaign, "Ada", sku="G", limit_minor=25900)
    grey = order_in(campaign, "Omar", "G")
    for who in ("Kenji", "Lin"):
        order_in(campaign, who, "B")
    campaign = house.counted(campaign)
    for order in (out, grey):
        order.refresh_from_db()
        assert order.state == "cancelled"
    assert campaign.final_units == 2 and grey.state_reason.startswith("The variant did not")
