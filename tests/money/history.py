"""Random histories of one campaign, paid by Stripe's stand-in, beside the oracle.

After each step the events that wait arrive shuffled, each up to three times; then the jobs run,
then both must agree, and every invariant must hold.
"""

import contextlib
import datetime as dt
from typing import Any, ClassVar

from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from presale import queries, ticks
from presale.actions import orders, payments
from presale.errors import Refused, StillChecking
from presale.models import PreOrder
from tests.money import house
from tests.money.house import ASKS, GOOD, LATER_NO, anchor_of, fresh
from tests.money.oracle import DUE, IN, LIMIT, MINIMUM, QUOTA, Oracle, Told
from tests.presale.stripe_house import REQUESTS
from tests.stripe_peer.client import Peer

CARDS = {"good": GOOD, "asks": ASKS, "later-no": LATER_NO}
MINUTE = dt.timedelta(minutes=1)
# The bank's refusal at the page; its holder may try another card.
REFUSED = "4000000000000002"
LOSSES = ["drop_before", "drop_after", "500", "500_done", "429", "409"]
CALLS = ["open_checkout", "create_charge", "confirm_charge", "kill", "fetch", "refund"]


class History(RuleBasedStateMachine):
    """Everything buyers, a brand, a bank, a network and time can do."""

    peer: ClassVar[Peer]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block._from_testcase = True  # as a test case's own wrapper: no transaction of ours
        self.block.__enter__()
        self.peer.tell("reset")
        self.now, self.told, self.settled = timezone.now(), [], 0
        self.lossy, self.hand = False, False

    @initialize(
        keeps=st.booleans(),
        buyers=st.lists(st.tuples(st.sampled_from(list(CARDS)), st.booleans()), max_size=4),
        seed=st.randoms(use_true_random=False),
    )
    def open(self, keeps, buyers, seed) -> None:
        terms = {"deposit_kind": "earnest", "forfeit": "forfeit"} if keeps else {}
        self.campaign = house.opened(
            {"B": None, "G": QUOTA["G"]}, minimum=MINIMUM, production_minimum=MINIMUM,
            person_limit=LIMIT, **terms,
        )  # fmt: skip
        self.oracle = Oracle(self.campaign.closes_at, keeps)
        for who, (card, auto) in zip(["Ada", "Kenji", "Omar", "Ruth"], buyers, strict=False):
            self._order(who, "B", 1, card, auto, "pay")
        self.settle(seed)

    def teardown(self) -> None:
        try:
            self.compare_with_the_bank()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # -- After each step -----------------------------------------------------------------------
    def settle(self, seed: Any = None) -> None:
        """News arrive, jobs run, both agree. What was lost is asked for again minutes later."""
        History.steps += 1
        self.settled += 1
        new = self.peer.tell("take")
        self.told = (self.told + new)[-60:]
        sent = [one for one in new for _again in range(seed.randint(1, 3) if seed else 1)]
        if seed:
            seed.shuffle(sent)
        self.send(sent)
        self.oracle.time(self.now)
        ticks.run_all(self.now)
        for _later in range(3 if self.lossy else 0):
            self.now += 4 * MINUTE
            self.send(self.peer.tell("take"))
            self.oracle.time(self.now)
            ticks.run_all(self.now)
        if self.lossy:
            self.peer.tell("mend")
            self.lossy = False
        self.compare()

    def send(self, events: list[dict[str, str]]) -> None:
        client = Client()
        for one in events:
            assert house.send(client, one) == 200
        # They are stamped with the real time; a history's own is ahead of it, or the same.
        self.now = max(self.now, timezone.now())
        while ticks.process_inbox(self.now):
            pass

    def compare(self) -> None:
        self.campaign.refresh_from_db()
        model = self.oracle
        for told in model.orders:
            order = PreOrder.objects.get(pk=told.pk)
            assert str(order.state) == told.state, told
            assert queries.paid(order) == told.paid, told
            assert told.by_hand or queries.refunded(order) == told.back, told
        taken = {row.sku: row.taken for row in self.campaign.variants.all()}
        assert taken == {sku: model.held(sku=sku) for sku in QUOTA}
        assert str(self.campaign.state) == model.state
        assert self.campaign.units == model.counted()
        assert (self.campaign.final_unit_minor or 0) == model.final
        house.sound("nothing_is_stuck", *(["provider_agrees"] if self.hand else []))

    def compare_with_the_bank(self) -> None:
        """What the peer says really moved."""
        rows = self.peer.tell("state")["objects"]
        charges = {r["id"]: r for r in rows if r["object"] == "charge" and r["captured"]}
        for told in getattr(getattr(self, "oracle", None), "orders", []):
            mine = {
                ref for ref, row in charges.items()
                if row["metadata"].get("order") == told.number and row["status"] == "succeeded"
            }  # fmt: skip
            assert sum(charges[ref]["amount"] for ref in mine) == told.paid, told
            back = sum(r["amount"] for r in rows if r["object"] == "refund" and r["charge"] in mine)
            assert back <= told.paid, told
            assert told.by_hand or back == told.back, told

    def one(self, data: Any, *states: str) -> Told | None:
        rows = list(self.oracle.of(*states))
        return data.draw(st.sampled_from(rows)) if rows else None

    # -- Buyers ----------------------------------------------------------------------------------
    @rule(
        who=st.sampled_from(["Ada", "Kenji", "Omar", "Ruth"]), sku=st.sampled_from("BBG"),
        units=st.integers(1, 3), card=st.sampled_from(list(CARDS)), auto=st.booleans(),
        then=st.sampled_from(["pay", "pay", "pay", "decline", "wait"]),
        seed=st.randoms(use_true_random=False),
    )  # fmt: skip
    def reserve(self, who, sku, units, card, auto, then, seed) -> None:
        if self._order(who, sku, units, card, auto, then):
            self.settle(seed)

    def _order(self, who: str, sku: str, units: int, card: str, auto: bool, then: str) -> bool:
        expected = self.oracle.refusal(who, sku, units)
        try:
            order = house.reserved(
                self.campaign, who, sku=sku, quantity=units, auto_charge=auto, now=self.now
            )
        except Refused as error:
            assert type(error).__name__ == expected
            return False
        assert not expected
        told = Told(order.pk, order.number, who, sku, units, card, auto, order.reserved_until)
        self.oracle.orders.append(told)
        if then != "wait":
            self._pay_deposit(told, then)
        return True

    def _pay_deposit(self, told: Told, how: str) -> None:
        order = fresh(PreOrder(pk=told.pk))
        try:
            payments.start_deposit(order, now=self.now)
        except StillChecking:
            return  # an answer was lost; the buyer comes back
        ref = anchor_of(order)
        if how == "decline":
            self.peer.tell("pay", ref=ref, card=REFUSED)
            return
        self.peer.tell("pay", ref=ref, card=CARDS[told.card])
        if told.card == "asks":
            self.peer.tell("confirm", ref=ref)
        self.oracle.pay_deposit(told)

    @rule(data=st.data(), how=st.sampled_from(["pay", "pay", "decline"]),
          seed=st.randoms(use_true_random=False))  # fmt: skip
    def come_back_to_the_deposit(self, data, how, seed) -> None:
        told = self.one(data, "reserved")
        if told:
            self._pay_deposit(told, how)
            self.settle(seed)

    @precondition(lambda self: any(self.oracle.of(*DUE)))
    @rule(data=st.data(), other=st.booleans(), agrees=st.booleans(),
          seed=st.randoms(use_true_random=False))  # fmt: skip
    def pay_the_balance(self, data, other, agrees, seed) -> None:
        told = self.one(data, *DUE)
        assert told
        order = fresh(PreOrder(pk=told.pk))
        # Whoever opens a page of their own is no longer charged without them.
        if told.state == "balance-due":
            told.next_try = None
        try:
            payments.start_balance(order, now=self.now, other_card=other)
        except StillChecking:
            self.settle(seed)
            return
        ref = anchor_of(order)
        if ref.startswith("pi_"):  # the very charge that their bank would not take
            self.peer.tell("confirm", ref=ref, agrees=agrees)
            if agrees:
                self.oracle.pay_balance(told)
        else:
            self.peer.tell("pay", ref=ref, card=GOOD)
            self.oracle.pay_balance(told)
        self.settle(seed)

    @rule(data=st.data(), seed=st.randoms(use_true_random=False))
    def cancel_an_order(self, data, seed) -> None:
        told = self.one(data, "reserved", *IN)
        if told is None:
            return
        was = told.state
        try:
            orders.cancel_order(fresh(PreOrder(pk=told.pk)), actor="user:1", now=self.now)
        except StillChecking:
            assert was == "reserved" and self.oracle.leave(told)
        except Refused:
            assert not self.oracle.leave(told)
        else:
            assert self.oracle.leave(told)
        self.settle(seed)

    # -- The brand -------------------------------------------------------------------------------
    @rule(data=st.data(), seed=st.randoms(use_true_random=False))
    def release_an_order(self, data, seed) -> None:
        told = self.one(data, *IN)
        if told is None:
            return
        with contextlib.suppress(StillChecking):
            orders.release_order(fresh(PreOrder(pk=told.pk)), **house.SAYS, now=self.now)
            self.oracle.release(told)
        self.settle(seed)

    @precondition(lambda self: self.oracle.state == "open" and self.oracle.counted() > 1)
    @rule(seed=st.randoms(use_true_random=False))
    def close(self, seed) -> None:
        house.close_early(self.campaign, self.now)
        self.oracle.close(self.now)
        self.settle(seed)

    @precondition(lambda self: self.oracle.state == "open" and not self.oracle.extended)
    @rule(days=st.integers(1, 20))
    def extend(self, days) -> None:
        later = self.campaign.closes_at + dt.timedelta(days=days)
        house.extend(self.campaign, later, self.now)
        self.oracle.closes_at, self.oracle.extended = later, True
        self.settle()

    @precondition(lambda self: len(self.oracle.orders) > 3 and self.settled % 4 == 0)
    @rule()
    def call_it_off(self) -> None:
        if self.oracle.state in ("open", "balance", "decision", "production"):
            house.call_off(self.campaign, self.now)
            self.oracle.call_off()
            self.settle()

    @precondition(lambda self: self.oracle.state == "decision")
    @rule()
    def go_on_with_fewer(self) -> None:
        if any(self.oracle.of("paid")):
            house.proceed(self.campaign, self.now)
            self.oracle.proceed()
            self.settle()

    # -- The rest of the world ---------------------------------------------------------------------
    @rule(hours=st.sampled_from([0.1, 0.4, 26, 26, 74, 121]))
    def time_passes(self, hours) -> None:
        self.now += dt.timedelta(hours=hours)
        self.settle()

    @rule(call=st.sampled_from(CALLS), how=st.sampled_from(LOSSES))
    def the_next_answer_is_lost(self, call, how) -> None:
        method, path = REQUESTS[call]
        self.peer.tell("fault", method=method, path=path, action=how, left=1)
        self.lossy = True

    @rule()
    def keys_are_forgotten(self) -> None:
        self.peer.tell("expire-keys")

    @rule(seed=st.randoms(use_true_random=False))
    def old_news_come_again(self, seed) -> None:
        self.send(seed.choices(self.told, k=5) if self.told else [])
        self.settle()

    @rule(data=st.data())
    def somebody_refunds_by_hand(self, data) -> None:
        told = self.one(data, "deposited")
        if told and not told.by_hand:
            rows = self.peer.all("charge")
            mine = next(row for row in rows if row["metadata"].get("order") == told.number)
            self.peer.tell("refund", ref=mine["id"], amount=100)
            told.by_hand, self.hand = 100, True
            self.settle()
