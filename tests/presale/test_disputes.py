"""Disputes: the order is frozen while the bank decides, and the books say whose money it is."""

import pytest
from django.utils import timezone

from core.models import Outbox
from presale import ledger, reconcile, stories, ticks
from presale.actions import fulfilment, orders, payments, refunds
from presale.errors import Disputed
from presale.models import (
    Attempt,
    BankDispute,
    BankIntent,
    BankRefund,
    Dispute,
    InboundEvent,
    PreOrder,
    RefundObligation,
)
from presale.providers import demo
from tests import cast
from tests.presale import stripe_house
from tests.presale.house import DAY, HOUR, counted, deposited, hear, money, opened, pay

S, D, P = PreOrder.State, Dispute.State, RefundObligation.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound")]


def fresh(order):
    return PreOrder.objects.select_related("campaign").get(pk=order.pk)


def disputed(order, kind="deposit"):
    """That payment of the order is disputed at the bank, and we have heard of it."""
    charge = Attempt.objects.get(obligation__order=order, obligation__kind=kind, state="succeeded")
    ref = demo.open_dispute(charge.charge_ref)
    hear()
    return ref


def decided(ref, status):
    demo.close_dispute(ref, status)
    hear()
    ticks.run_all(timezone.now())


@pytest.fixture
def campaign():
    return opened()


@pytest.fixture
def paid(campaign):
    """An order in production, paid in full, and another one."""
    made = [deposited(campaign, name) for name in ("Ada", "Kenji")]
    counted(campaign)
    for order in made:
        pay(fresh(order))
    ticks.run_all(timezone.now())
    return fresh(made[0])


def test_a_dispute_freezes_the_order_and_is_booked_with_its_fee(campaign):
    order = deposited(campaign)
    disputed(order)
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_minor, fresh(order).hold_reason) == (
        D.OPEN, 5000, "dispute",
    )  # fmt: skip
    assert ledger.balance(ledger.CLAIMS, "CNY") == 5000
    assert ledger.balance("exp:dispute", "CNY") == 1500
    assert money(order).kept_minor == 5000
    mails = Outbox.objects.filter(key__contains=f":dispute:{dispute.pk}:")
    assert sorted(mails.values_list("to", flat=True)) == ["jonas@example.com", "mei@example.com"]
    hear()
    assert mails.count() == 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda order, at: orders.cancel_order(order, actor="user:1", now=at),
        lambda order, at: orders.release_order(order, actor="user:1", reason="Kind.", now=at),
    ],
)
def test_no_refund_is_asked_for_while_the_bank_decides(campaign, ask):
    order = deposited(campaign)
    disputed(order)
    with pytest.raises(Disputed) as refusal:
        ask(fresh(order), timezone.now())
    assert refusal.value.status == 409
    assert (fresh(order).state, RefundObligation.objects.count()) == (S.DEPOSITED, 0)


def test_the_console_refuses_the_refund_with_its_reason(sign_in, paid):
    disputed(paid, "balance")
    address = f"/m/weft/campaigns/{paid.campaign_id}/orders/{paid.number}/"
    answer = sign_in(cast.person("Mei")).post(address, {"step": "release", "reason": "Kind."})
    assert answer.status_code == 409 and "disputed" in answer.content.decode()
    assert (fresh(paid).state, RefundObligation.objects.count()) == (S.IN_PRODUCTION, 0)


def test_no_parcel_is_sent_while_the_bank_decides(sign_in, paid):
    disputed(paid, "balance")
    with pytest.raises(Disputed):
        fulfilment.ship_order(paid, actor="user:1", now=timezone.now())
    page = sign_in(cast.person("Mei")).post(
        f"/m/weft/campaigns/{paid.campaign_id}/shipments/", {"csv": f"{paid.number},DHL,1"}
    )
    assert page.status_code == 422 and "on hold" in page.content.decode()
    assert fresh(paid).state == S.IN_PRODUCTION


def test_the_saved_card_is_not_charged_while_the_bank_decides(campaign):
    order = deposited(campaign, auto_charge=True)
    deposited(campaign, "Kenji")
    counted(campaign)
    disputed(order)
    ticks.run_all(timezone.now() + DAY + HOUR)
    assert (fresh(order).state, BankIntent.objects.filter(kind="charge").count()) == (
        S.BALANCE_DUE, 0,
    )  # fmt: skip


def test_a_dispute_that_is_won_lets_the_order_go_on(paid):
    decided(disputed(paid), "won")
    assert (fresh(paid).state, fresh(paid).hold_reason) == (S.IN_PRODUCTION, "")
    assert ledger.balance(ledger.CLAIMS, "CNY") == 0
    assert money(paid).kept_minor == 32900
    fulfilment.ship_order(paid, actor="user:1", now=timezone.now())
    assert fresh(paid).state == S.SHIPPED


def test_a_dispute_that_is_lost_ends_the_order_and_the_rest_goes_back(paid):
    decided(disputed(paid), "lost")
    assert (fresh(paid).state, fresh(paid).hold_reason) == (S.CANCELLED, "")
    assert list(BankRefund.objects.values_list("amount_minor", flat=True)) == [27900]
    assert (money(paid).charged_back_minor, money(paid).kept_minor) == (5000, 0)
    told = stories.movements(fresh(paid))
    assert sum(move.signed_minor for move in told) == 0
    assert "Given back to you by your bank" in [move.text for move in told]
    assert Outbox.objects.filter(key=f"order:{paid.pk}:dispute_lost").count() == 1


def test_a_loss_after_the_parcel_is_the_brands(paid):
    fulfilment.ship_order(paid, actor="user:1", now=timezone.now())
    decided(disputed(paid, "balance"), "lost")
    assert (fresh(paid).state, fresh(paid).hold_reason) == (S.SHIPPED, "")
    assert ledger.balance("exp:dispute", "CNY") == 1500 + 27900
    assert money(paid).kept_minor == 5000
    assert not RefundObligation.objects.exists()


def test_what_was_promised_back_waits_and_goes_out_when_the_dispute_is_won(campaign):
    order = orders.cancel_order(deposited(campaign), actor="user:1", now=timezone.now())
    ref = disputed(order)
    ticks.run_all(timezone.now())
    assert (BankRefund.objects.count(), RefundObligation.objects.get().state) == (0, P.OPEN)
    with pytest.raises(Disputed):
        refunds.retry_refund(
            RefundObligation.objects.get(), actor="user:9", reason="x", now=timezone.now()
        )
    decided(ref, "won")
    assert (BankRefund.objects.count(), RefundObligation.objects.get().state) == (1, P.DONE)


def test_what_was_promised_back_is_covered_when_the_dispute_is_lost(campaign):
    order = orders.cancel_order(deposited(campaign), actor="user:1", now=timezone.now())
    decided(disputed(order), "lost")
    promised = RefundObligation.objects.get()
    assert (promised.state, promised.covered_minor, BankRefund.objects.count()) == (P.DONE, 5000, 0)
    assert money(order).kept_minor == 0
    assert sum(move.signed_minor for move in stories.movements(fresh(order))) == 0


def test_a_refund_refused_for_a_dispute_nobody_told_us_of_is_tried_after_it(campaign):
    order = orders.cancel_order(deposited(campaign), actor="user:1", now=timezone.now())
    ref = demo.open_dispute(Attempt.objects.get().charge_ref)
    ticks.send_refunds(timezone.now())
    assert (RefundObligation.objects.get().state, BankRefund.objects.count()) == (P.MANUAL, 0)
    hear()
    decided(ref, "won")
    assert (RefundObligation.objects.get().state, BankRefund.objects.count()) == (P.DONE, 1)
    assert money(order).refunded_minor == 5000


def test_a_lost_dispute_with_an_open_payment_page_ends_that_page_first(campaign):
    order = deposited(campaign)
    deposited(campaign, "Kenji")
    counted(campaign)
    payments.start_balance(fresh(order), now=timezone.now())
    decided(disputed(order), "lost")
    assert fresh(order).state == S.CANCELLED
    assert BankIntent.objects.filter(kind="checkout", status="open").count() == 0


def test_two_disputes_of_one_order_end_one_after_the_other(paid):
    first, second = disputed(paid), disputed(paid, "balance")
    decided(first, "lost")
    assert (fresh(paid).state, fresh(paid).hold_reason) == (S.CANCELLED, "dispute")
    assert BankRefund.objects.count() == 0
    decided(second, "won")
    assert (fresh(paid).hold_reason, money(paid).kept_minor) == ("", 0)
    assert list(BankRefund.objects.values_list("amount_minor", flat=True)) == [27900]


def test_a_dispute_nobody_told_us_of_is_found_in_the_statement(campaign):
    order = deposited(campaign)
    demo.open_dispute(Attempt.objects.get().charge_ref)
    assert reconcile.reconcile_lately(timezone.now()) == 2
    assert fresh(order).hold_reason == "dispute"
    demo.close_dispute(BankDispute.objects.get().ref, "won")
    assert reconcile.reconcile_lately(timezone.now()) == 1
    assert fresh(order).hold_reason == ""


def test_the_banks_page_plays_both_sides(client, campaign):
    order = deposited(campaign)
    page = f"/demo/bank/{BankIntent.objects.get().ref}/"
    assert "Dispute this payment" in client.get(page).content.decode()
    client.post(page, {"decision": "dispute"})
    assert "The buyer gives up" in client.get(page).content.decode()
    assert client.post(page, {"decision": "rob"}).status_code == 422
    client.post(page, {"decision": "insist"})
    hear()
    ticks.run_all(timezone.now())
    assert (Dispute.objects.get().state, fresh(order).state) == (D.LOST, S.CANCELLED)
    client.post(page, {"decision": "dispute"})
    assert BankDispute.objects.count() == 1


# -- Told by Stripe -------------------------------------------------------------------------
def stripe_charge(order):
    return Attempt.objects.get(obligation__order=order, state="succeeded").charge_ref


def test_stripes_dispute_comes_by_the_webhook_and_is_fetched(stripe_on, campaign):
    order = stripe_house.deposited(stripe_on, campaign)
    ref = stripe_on.tell("dispute", ref=stripe_charge(order))["id"]
    stripe_house.hear(stripe_on, times=2, order="reversed")
    assert (Dispute.objects.get().state, fresh(order).hold_reason) == (D.OPEN, "dispute")
    assert ledger.balance("exp:dispute", "CNY") == 2000
    stripe_on.tell("close-dispute", ref=ref, status="won")
    stripe_house.hear(stripe_on, times=2)
    assert (Dispute.objects.get().state, fresh(order).hold_reason) == (D.WON, "")


def test_a_dispute_heard_of_only_when_it_is_lost_is_booked_whole(stripe_on, campaign):
    order = stripe_house.deposited(stripe_on, campaign)
    ref = stripe_on.tell("dispute", ref=stripe_charge(order))["id"]
    stripe_on.tell("take")
    stripe_on.tell("close-dispute", ref=ref, status="lost")
    stripe_house.hear(stripe_on)
    ticks.run_all(timezone.now())
    assert (Dispute.objects.get().state, fresh(order).state) == (D.LOST, S.CANCELLED)
    assert stripe_on.all("refund") == []


def test_a_bank_that_only_asks_freezes_and_moves_nothing(stripe_on, campaign):
    order = stripe_house.deposited(stripe_on, campaign)
    ref = stripe_on.tell("ask", ref=stripe_charge(order))["id"]
    stripe_house.hear(stripe_on)
    assert (Dispute.objects.get().state, fresh(order).hold_reason) == (D.INQUIRY, "dispute")
    assert ledger.balance(ledger.CLAIMS, "CNY") == 0
    stripe_on.tell("close-dispute", ref=ref, status="warning_closed")
    stripe_house.hear(stripe_on)
    assert (Dispute.objects.get().state, fresh(order).hold_reason) == (D.WON, "")


def test_a_dispute_of_money_that_is_not_ours_is_left_alone(stripe_on):
    charge = stripe_on.tell("foreign", amount=4321, currency="eur")["latest_charge"]
    stripe_on.tell("dispute", ref=charge)
    now = timezone.now()
    for hours in range(4):
        stripe_house.hear(stripe_on, now + hours * HOUR)
    assert not Dispute.objects.exists()
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"ignored"}
    stripe_on.tell("reset")
