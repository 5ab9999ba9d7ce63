"""Whole histories at random, beside a second model of the rules written in plain Python."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from presale import queries, ticks
from presale.actions import campaigns, orders, payments
from presale.errors import NotOpen, OverLimit, Refused, SoldOut
from presale.models import BankCharge, Campaign, InboundEvent, PreOrder
from presale.providers.demo import bank_decide
from tests.presale.house import opened, ref_of, reserved
from tests.presale.money_sound import assert_money_sound

STEPS = {1: 32900, 3: 28900, 5: 25900}
SURCHARGE = {"B": 0, "S": 1000, "G": 0}
QUOTA = {"B": 10**6, "S": 4, "G": 2}
LIMIT, DEPOSIT, MINIMUM = 4, 5000, 3
HOLDS = {"reserved", "deposited", "balance-due", "paid", "in-production"}
COUNTS = HOLDS - {"reserved"}
REASON = {"actor": "user:1", "reason": "A reason."}


@dataclass
class Told:
    """What the second model knows of an order."""

    pk: int
    who: str
    sku: str
    units: int
    until: dt.datetime
    state: str = "reserved"
    paid: int = 0
    back: int = 0


@dataclass
class Model:
    """The rules once more, as short as can be and with none of our code."""

    state: str = "open"
    lowest: int = 10**9
    final: int = 0
    orders: list[Told] = field(default_factory=list)

    def held(self, **where: Any) -> int:
        rows = [o for o in self.orders if o.state in HOLDS]
        return sum(o.units for o in rows if all(getattr(o, k) == v for k, v in where.items()))

    def counted(self) -> int:
        return sum(o.units for o in self.orders if o.state in COUNTS)

    def refusal(self, who: str, sku: str, units: int) -> type[Exception] | None:
        if self.state != "open":
            return NotOpen
        if self.held(who=who) + units > LIMIT:
            return OverLimit
        return SoldOut if self.held(sku=sku) + units > QUOTA[sku] else None

    def pay_deposit(self, order: Told) -> None:
        order.state, order.paid = "deposited", order.units * DEPOSIT
        reached = [price for units, price in STEPS.items() if units <= self.counted()]
        self.lowest = min([self.lowest, *reached])

    def end(self, order: Told, state: str) -> None:
        order.state, order.back = state, order.paid

    def close(self) -> None:
        for order in self.orders:
            if order.state == "reserved":
                order.state = "expired"
        if self.counted() < MINIMUM:
            self.state = "failed"
            return self._end_all("deposited")
        self.state, self.final = "balance", self.lowest
        for order in self.orders:
            if order.state == "deposited":
                order.state = "balance-due"

    def pay_balance(self, order: Told) -> None:
        each = self.final + SURCHARGE[order.sku]
        order.state, order.paid = "paid", order.units * each
        self.produce()

    def produce(self) -> None:
        if self.state != "balance" or any(o.state == "balance-due" for o in self.orders):
            return
        enough = sum(o.units for o in self.orders if o.state == "paid") >= MINIMUM
        self.state = "production" if enough else "decision"
        for order in self.orders:
            if order.state == "paid" and enough:
                order.state = "in-production"

    def end_grace(self) -> None:
        self._end_all("balance-due", "defaulted")
        self.produce()

    def cancel(self) -> None:
        for order in self.orders:
            if order.state == "reserved":
                order.state = "expired"
        self.state = "cancelled"
        self._end_all("deposited", "balance-due", "paid", "in-production")

    def _end_all(self, *states: str) -> None:
        to = states[-1] if states[-1] == "defaulted" else "cancelled"
        for order in self.orders:
            if order.state in states:
                self.end(order, to)


class History(RuleBasedStateMachine):
    """Random steps on a real campaign; after each the two models must agree."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block._from_testcase = True  # as a test case's own wrapper: no transaction of ours
        self.block.__enter__()
        self.now, self.model = timezone.now(), Model()
        self.campaign = opened(minimum=MINIMUM, production_minimum=MINIMUM)

    def teardown(self) -> None:
        try:
            self.settle()
            self.compare()
            assert_money_sound(but=("nothing_is_stuck",))
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def settle(self) -> None:
        ticks.run_all(self.now)
        self.campaign.refresh_from_db()

    def compare(self) -> None:
        for told in self.model.orders:
            order = PreOrder.objects.get(pk=told.pk)
            real = (str(order.state), queries.paid(order), queries.refunded(order))
            assert real == (told.state, told.paid, told.back), told
        taken = {row.sku: row.taken for row in self.campaign.variants.all()}
        assert taken == {sku: self.model.held(sku=sku) for sku in QUOTA}
        assert str(self.campaign.state) == self.model.state
        assert self.campaign.units == self.model.counted()
        assert (self.campaign.final_unit_minor or 0) == self.model.final
        money = sum(BankCharge.objects.values_list("amount_minor", flat=True))
        back = sum(BankCharge.objects.values_list("refunded_minor", flat=True))
        assert (money, back) == (
            sum(o.paid for o in self.model.orders),
            sum(o.back for o in self.model.orders),
        )

    def one(self, data: Any, *states: str) -> Told | None:
        rows = [o for o in self.model.orders if o.state in states]
        return data.draw(st.sampled_from(rows)) if rows else None

    @rule(
        who=st.sampled_from(["Ada", "Kenji", "Omar", "Ruth"]),
        sku=st.sampled_from("BSG"),
        units=st.integers(1, 4),
        then=st.sampled_from(["wait", "pay", "decline", "pay"]),
    )
    def reserve(self, who: str, sku: str, units: int, then: str) -> None:
        expected = self.model.refusal(who, sku, units)
        try:
            order = reserved(self.campaign, who, sku=sku, quantity=units, now=self.now)
        except Refused as error:
            assert type(error) is expected
            return
        assert expected is None
        told = Told(order.pk, who, sku, units, order.reserved_until)
        self.model.orders.append(told)
        if then != "wait":
            self._pay(told, then)
        self.settle()
        self.compare()

    def _pay(self, told: Told, how: str) -> None:
        order = PreOrder.objects.select_related("campaign").get(pk=told.pk)
        is_deposit = told.state == "reserved"
        start = payments.start_deposit if is_deposit else payments.start_balance
        ref = ref_of(start(order, now=self.now))
        bank_decide(ref, "decline" if how == "decline" else "pay", now=self.now)
        if how == "decline":
            return
        (self.model.pay_deposit if is_deposit else self.model.pay_balance)(told)

    @rule(data=st.data(), how=st.sampled_from(["pay", "decline", "pay"]))
    def pay_what_is_open(self, data: Any, how: str) -> None:
        told = self.one(data, "reserved", "balance-due")
        if told:
            self._pay(told, how)
            self.settle()
            self.compare()

    @rule(data=st.data())
    def cancel_an_order(self, data: Any) -> None:
        told = self.one(data, "reserved", "deposited", "balance-due", "paid")
        if told is None:
            return
        order = PreOrder.objects.get(pk=told.pk)
        try:
            orders.cancel_order(order, actor="user:1", now=self.now)
        except Refused:
            assert self.model.state != "open"
        else:
            self.model.end(told, "expired" if told.state == "reserved" else "cancelled")
        self.settle()
        self.compare()

    @rule(data=st.data())
    def swap_a_variant(self, data: Any) -> None:
        told = self.one(data, "deposited")
        other = {"B": "G", "G": "B"}.get(told.sku) if told else None
        if other is None or self.model.state != "open":
            return
        fits = self.model.held(sku=other) + told.units <= QUOTA[other]
        try:
            orders.change_variant(
                PreOrder.objects.get(pk=told.pk),
                from_variant=self.campaign.variants.get(sku=told.sku),
                to_variant=self.campaign.variants.get(sku=other),
                actor="user:1",
                now=self.now,
            )
        except SoldOut:
            assert not fits
        else:
            assert fits
            told.sku = other
        self.compare()

    @rule(minutes=st.sampled_from([5, 20, 60 * 25]))
    def time_passes(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)
        if self.model.state == "open" and self.now >= self.campaign.closes_at:
            self.model.close()
        for told in self.model.orders:
            if told.state == "reserved" and told.until <= self.now:
                told.state = "expired"
        self.settle()
        if self.model.state == "balance" and self.now >= self.campaign.grace_ends_at:
            self.model.end_grace()
        self.compare()

    @rule()
    def every_notice_comes_again(self) -> None:
        InboundEvent.objects.update(state="waiting", look_at=self.now)
        self.settle()
        self.compare()

    @precondition(lambda self: self.model.state == "open" and len(self.model.orders) > 1)
    @rule()
    def close_early(self) -> None:
        campaigns.close_early(self.campaign, **REASON, now=self.now)
        self.model.close()
        self.settle()
        self.compare()

    @precondition(lambda self: self.model.state == "balance")
    @rule()
    def end_the_grace(self) -> None:
        self.now = self.campaign.grace_ends_at
        self.model.end_grace()
        self.settle()
        self.compare()

    @precondition(lambda self: len(self.model.orders) > 2)
    @rule()
    def call_it_off(self) -> None:
        if self.model.state not in ("open", "balance", "decision", "production"):
            return
        campaigns.cancel(self.campaign, **REASON, now=self.now)
        self.model.cancel()
        self.settle()
        self.compare()


@pytest.mark.django_db
def test_random_histories_agree_with_the_second_model():
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=60,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Campaign.objects.count() == 0
