"""The whole life of a campaign and its orders, by the actions alone."""

import pytest
from django.utils import timezone

from core.models import Outbox
from fans.models import Contribution
from presale import ledger, ticks
from presale.actions import orders
from presale.models import Campaign, PreOrder, RefundObligation
from tests.presale.house import counted, deposited, money, opened, pay, reserved

S = PreOrder.State
pytestmark = pytest.mark.usefixtures("sound")


def test_from_deposit_to_completed():
    campaign = opened()
    first, second = deposited(campaign), deposited(campaign, "Kenji", sku="S", quantity=2)
    campaign = counted(campaign)
    assert campaign.state == Campaign.State.BALANCE
    # Three units reach the second step: one price for both.
    assert (campaign.final_units, campaign.final_unit_minor) == (3, 28900)
    first, second = pay(_fresh(first)), pay(_fresh(second))
    assert money(first).paid_minor == 28900
    assert money(second).paid_minor == 2 * (28900 + 1000)
    now = timezone.now()
    ticks.run_all(now)
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PRODUCTION
    for order in (first, second):
        orders.ship_order(order, actor="user:1", now=now)
        orders.deliver_order(order, actor="user:2", now=now)
    # 13 % tax is inside the price.
    assert ledger.balance(f"liab:tax:{campaign.brand_id}", "CNY") == -(
        28900 * 1300 // 11300 + 59800 * 1300 // 11300
    )
    kinds = Contribution.objects.filter(user=first.user).values_list("kind", flat=True)
    assert sorted(kinds) == ["deposit-paid", "order-paid", "order-received"]


def test_minimum_missed_refunds_everybody_exactly():
    campaign = opened(minimum=5)
    paid = [deposited(campaign), deposited(campaign, "Kenji", quantity=2)]
    late = reserved(campaign, "Omar")
    campaign = counted(campaign)
    assert campaign.state == Campaign.State.FAILED
    for order, amount in zip(paid, (5000, 10000), strict=True):
        assert _fresh(order).state == S.CANCELLED
        it = money(order)
        assert (it.paid_minor, it.refunded_minor, it.kept_minor) == (amount, amount, 0)
    assert _fresh(late).state == S.EXPIRED
    assert RefundObligation.objects.filter(state="done").count() == 2
    assert Outbox.objects.filter(key__endswith=":campaign_failed").count() == 2


def _fresh(order: PreOrder) -> PreOrder:
    return PreOrder.objects.select_related("campaign").get(pk=order.pk)
