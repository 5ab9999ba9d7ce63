"""A deposit worth more than was paid: price 1000, deposit 100 counted as 150, balance 850."""

import pytest

from presale.models import PreOrder
from tests import cast
from tests.presale import house
from tests.presale.test_pages_checkout import pay_form, review_of

pytestmark = pytest.mark.django_db


def test_1000_with_100_counted_as_150_leaves_850_from_the_page_to_the_balance(sign_in, sound):
    campaign = house.opened(
        steps=((1, 100000),), deposit_minor=10000, deposit_worth_bp=15000, minimum=1,
        production_minimum=1,
    )  # fmt: skip
    assert "Deposit of one unit: ¥100, counted as ¥150." in campaign.terms_text
    ada = sign_in(cast.person("Ada"))
    page = ada.get(f"/c/{campaign.pk}/").content.decode()
    assert "The deposit of ¥100 counts for ¥150 of the price." in page
    assert "counts for ¥150 of the price" in page[page.index('id="order-money"') :]
    review = review_of(ada, campaign)
    assert "Pay ¥100 deposit" in review and "at most ¥850" in review
    assert "Bonus on the deposit" in review and "−¥50" in review and "¥950" in review
    ada.post(f"/c/{campaign.pk}/checkout/pay/", pay_form(review))
    order = house.pay(PreOrder.objects.get())
    assert house.money(order).paid_minor == 10000
    house.counted(campaign)
    order.refresh_from_db()
    assert (order.state, house.money(order).owed_minor) == ("balance-due", 85000)
    order = house.pay(order)
    # The bonus was never paid, so it is in no book and in no refund.
    assert (order.state, house.money(order).paid_minor) == ("paid", 95000)


def test_a_refund_gives_back_what_was_paid_and_no_bonus(sign_in, sound):
    campaign = house.opened(
        steps=((1, 100000),), deposit_minor=10000, deposit_worth_bp=15000, minimum=2
    )
    order = house.deposited(campaign)
    assert house.counted(campaign).state == "failed"
    assert house.money(order).refunded_minor == 10000
