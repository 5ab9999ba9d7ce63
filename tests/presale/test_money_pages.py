"""Money that waits for a person: who sees it, what each can do about it, and what it writes."""

import csv
import io
from dataclasses import replace

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import ledger, providers, statements, ticks
from presale.actions import answers, attempts, fulfilment, orders, payments
from presale.models import (
    Attempt,
    BankCharge,
    BankRefund,
    LedgerEntry,
    PreOrder,
    RefundObligation,
    Unmatched,
)
from presale.providers import demo
from tests import cast
from tests.presale.house import (
    DAY,
    HOUR,
    counted,
    deposited,
    hear,
    money,
    opened,
    pay,
    ref_of,
    reserved,
)

P = RefundObligation.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound")]


@pytest.fixture
def campaign():
    return opened()


@pytest.fixture
def olga(sign_in):
    return sign_in(cast.operator())


@pytest.fixture
def stuck(campaign):
    """A refund that the bank refused."""
    order = orders.cancel_order(deposited(campaign), actor="user:1", now=timezone.now())
    BankCharge.objects.update(refunded_minor=1)
    ticks.send_refunds(timezone.now())
    BankCharge.objects.update(refunded_minor=0)
    assert RefundObligation.objects.get().state == P.MANUAL
    yield order
    if RefundObligation.objects.filter(state=P.MANUAL).exists():
        RefundObligation.objects.update(state=P.OPEN)


@pytest.fixture
def apart(campaign):
    """A payment of the wrong amount, kept apart."""
    order = reserved(campaign)
    demo.bank_decide(
        ref_of(payments.start_deposit(order, now=timezone.now())), "pay", now=timezone.now()
    )
    attempt = Attempt.objects.get()
    state = providers.get("demo").fetch(attempt.anchor_ref)
    answers.apply_state(attempt, replace(state, metadata={}), now=timezone.now())
    return Unmatched.objects.get()


def post(client, what, pk, **words):
    return client.post(f"/ops/money/{what.replace(':', f'/{pk}/')}/", words, follow=True)


def rows_of(client):
    return client.get("/ops/money/").content.decode()


# -- The operator ---------------------------------------------------------------------------
def test_only_operators_open_their_page_and_take_its_steps(client, sign_in, stuck):
    steps = ["refunds:retry", "refunds:by-hand", "payments:look", "apart:back"]
    assert client.get("/ops/money/").status_code == 302
    mei = sign_in(cast.person("Mei"))
    assert mei.get("/ops/money/").status_code == 403
    assert {post(mei, step, 1, words="x").status_code for step in steps} == {403}
    olga = sign_in(cast.operator())
    assert {post(olga, step, 99999, words="x").status_code for step in steps} == {404}
    assert {olga.get(f"/ops/money/{s.replace(':', '/1/')}/").status_code for s in steps} == {405}
    assert RefundObligation.objects.get().state == P.MANUAL


def test_a_refund_that_did_not_go_is_tried_again_with_its_history(olga, stuck):
    page = rows_of(olga)
    assert stuck.number in page and "refund_exceeds_charge" in page
    promised = RefundObligation.objects.get()
    for _again in range(2):
        post(olga, "refunds:retry", promised.pk, words="Looked at.")
        ticks.run_all(timezone.now())
    assert (BankRefund.objects.count(), RefundObligation.objects.get().state) == (1, P.DONE)
    log = StateLog.objects.get(entity="presale.refundobligation", event="retry")
    assert (log.actor, log.reason) == (cast.operator().actor, "Looked at.")
    assert stuck.number not in rows_of(olga)


def test_a_refund_paid_by_bank_transfer_is_booked_and_said_once(olga, stuck):
    promised = RefundObligation.objects.get()
    assert "reference" in post(olga, "refunds:by-hand", promised.pk, words=" ").content.decode()
    assert RefundObligation.objects.get().state == P.MANUAL
    for _again in range(2):
        post(olga, "refunds:by-hand", promised.pk, words="SEPA 4711")
    assert (BankRefund.objects.count(), RefundObligation.objects.get().state) == (0, P.DONE)
    assert ledger.balance(ledger.BANK, "CNY") == -5000
    assert (money(stuck).refunded_minor, money(stuck).kept_minor) == (5000, 0)
    assert Outbox.objects.filter(key__contains=":refunded:").count() == 1


def test_money_kept_apart_is_sent_back_once(olga, apart):
    assert "Amount, currency or account differ" in rows_of(olga)
    for _again in range(2):
        post(olga, "apart:back", apart.pk)
    assert list(BankRefund.objects.values_list("amount_minor", flat=True)) == [5000]
    assert ledger.balance("suspense:unmatched", "CNY") == 0
    assert Unmatched.objects.get().state == "returned"
    assert StateLog.objects.get(entity="presale.unmatched").actor == cast.operator().actor


@pytest.mark.parametrize("how", ["drop_before", "drop_after", "500_done"])
def test_a_lost_answer_sends_money_kept_apart_back_once(olga, apart, faults, how):
    faults["refund"] = [how]
    assert (
        "checking with the payment provider" in post(olga, "apart:back", apart.pk).content.decode()
    )
    faults.clear()
    post(olga, "apart:back", apart.pk)
    assert BankRefund.objects.count() == 1
    assert Unmatched.objects.get().state == "returned"


def test_a_payment_that_was_given_up_is_asked_about_again(olga, campaign):
    order, at = reserved(campaign), timezone.now()
    demo.bank_decide(ref_of(payments.start_deposit(order, now=at)), "pay", now=at)
    Attempt.objects.update(state="unknown", unknown_since=at - 2 * DAY)
    assert attempts.give_up(Attempt.objects.get(), actor="job:test", now=at)
    assert order.number in rows_of(olga)
    post(olga, "payments:look", Attempt.objects.get().pk)
    assert PreOrder.objects.get().state == "deposited"
    assert order.number not in rows_of(olga)


def test_disputes_are_listed_with_where_to_answer(olga, campaign):
    order = deposited(campaign)
    demo.open_dispute(Attempt.objects.get().charge_ref)
    hear()
    page = rows_of(olga)
    assert order.number in page and "product_not_received" in page and "/demo/bank/" in page


# -- The brand ------------------------------------------------------------------------------
def test_the_brand_sees_its_own_and_no_buttons_of_the_operator(sign_in, stuck):
    page = sign_in(cast.person("Mei")).get("/m/weft/money/").content.decode()
    assert stuck.number in page and "Try again" not in page
    cast.brand("Kettle", "Ruth")
    ruth = sign_in(cast.person("Ruth"))
    assert stuck.number not in ruth.get("/m/kettle/money/").content.decode()
    for tail in ("", "books.csv"):
        assert ruth.get(f"/m/weft/money/{tail}").status_code == 403
        assert sign_in(cast.person("Lin")).get(f"/m/weft/money/{tail}").status_code == 403
        ruth = sign_in(cast.person("Ruth"))


@pytest.fixture
def traded(campaign):
    """One order sent, one refunded, one with its deposit, one of another brand."""
    made = [deposited(campaign, name) for name in ("Ada", "Kenji")]
    orders.cancel_order(deposited(campaign, "Omar"), actor="user:1", now=timezone.now())
    counted(campaign)
    for order in made:
        pay(PreOrder.objects.get(pk=order.pk))
    ticks.run_all(timezone.now())
    fulfilment.ship_order(made[0], actor="user:1", now=timezone.now())
    return campaign


def test_the_statement_is_the_books_and_balances(traded):
    lines = {line.label: line.amount_minor for line in statements.of_brand(traded.brand)}
    assert lines["Held for buyers until their parcel is sent"] == 28900
    assert lines["Sales, without tax"] + lines["Tax in the sales"] == 28900
    there = lines["At the payment provider"] + lines["Fees of the provider"]
    assert there == 2 * 28900
    both = {True: 0, False: 0}
    for line in statements.of_brand(traded.brand):
        both[line.is_asset] += line.amount_minor
    assert both[True] == both[False]


def test_the_statement_of_a_month_and_of_another_brand(traded):
    this = f"{timezone.now():%Y-%m}"
    assert statements.of_brand(traded.brand, "2020-01") == []
    assert this in statements.months(traded.brand)
    assert statements.of_brand(cast.brand("Kettle", "Ruth")) == []
    assert statements.month_of("2026-13") == "" == statements.month_of("x' OR 1")


def test_every_entry_goes_to_the_accountant_and_debit_equals_credit(sign_in, traded):
    answer = sign_in(cast.person("Mei")).get("/m/weft/money/books.csv")
    assert "books-weft.csv" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == LedgerEntry.objects.count()
    debit = sum(int(row["Debit"] or 0) for row in rows)
    assert debit == sum(int(row["Credit"] or 0) for row in rows) > 0
    assert {row["Currency"] for row in rows} == {"CNY"}


def test_the_brands_page_tells_its_balances_as_they_go(sign_in, campaign):
    for name in ("Ada", "Kenji"):
        deposited(campaign, name, auto_charge=name == "Ada")
    counted(campaign)
    ticks.run_all(timezone.now() + DAY + HOUR)
    page = sign_in(cast.person("Mei")).get("/m/weft/money/").content.decode()
    assert "Link to pay: 1" in page and "Paid: 1" in page


# -- Postings -------------------------------------------------------------------------------
def test_payouts_and_losses_are_booked(db):
    at, account = timezone.now(), "asset:provider:stripe:"
    ledger.post("charge:ch_1", at, "EUR", [(account, 900), ("suspense:unmatched", -900)])
    for _again in range(2):
        ledger.post_payout(account, "po_1", 700, "EUR", at)
        ledger.post_writeoff("ch_1", account, 200, "EUR", at)
    assert ledger.balance(account, "EUR") == 0
    assert ledger.balance(ledger.BANK, "EUR") == 700
    assert ledger.balance("exp:writeoff", "EUR") == 200
