"""The rules of the money once more, in plain Python and with none of the shop's code.

Written from what buyers and brands are promised: one price that only falls, places never above
their number, a balance tried at set times, and everything back when a promise fails.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
STEPS = {1: 32900, 3: 28900, 5: 25900}
QUOTA = {"B": 10**6, "G": 3}
LIMIT, DEPOSIT, MINIMUM = 4, 5000, 3
FREE = {"expired", "cancelled", "defaulted"}
DUE = {"balance-due", "action-needed"}
IN = {"deposited", *DUE, "paid", "in-production"}
PAUSES = [3 * DAY, 2 * DAY, 2 * DAY]


@dataclass
class Told:
    """An order as its buyer knows it."""

    pk: int
    number: str
    who: str
    sku: str
    units: int
    card: str  # good, asks, or later-no: how it behaves when its holder is away
    auto: bool
    until: dt.datetime
    state: str = "reserved"
    paid: int = 0
    back: int = 0
    by_hand: int = 0
    tries: int = 0
    next_try: dt.datetime | None = None


@dataclass
class Oracle:
    """One campaign and its orders."""

    closes_at: dt.datetime
    keeps_deposit: bool
    state: str = "open"
    extended: bool = False
    lowest: int = 10**9
    final: int = 0
    announced_at: dt.datetime | None = None
    decide_by: dt.datetime | None = None
    orders: list[Told] = field(default_factory=list)

    # -- Figures -----------------------------------------------------------------------------
    def of(self, *states: str) -> Iterator[Told]:
        return (order for order in self.orders if order.state in states)

    def held(self, **where: Any) -> int:
        rows = [one for one in self.orders if one.state not in FREE]
        return sum(o.units for o in rows if all(getattr(o, k) == v for k, v in where.items()))

    def counted(self) -> int:
        return sum(order.units for order in self.of(*IN))

    def refusal(self, who: str, sku: str, units: int) -> str:
        if self.state != "open":
            return "NotOpen"
        if self.held(who=who) + units > LIMIT:
            return "OverLimit"
        return "SoldOut" if self.held(sku=sku) + units > QUOTA[sku] else ""

    # -- What people do ------------------------------------------------------------------------
    def pay_deposit(self, order: Told) -> None:
        order.state, order.paid = "deposited", order.units * DEPOSIT
        reached = [price for units, price in STEPS.items() if units <= self.counted()]
        self.lowest = min([self.lowest, *reached])

    def pay_balance(self, order: Told) -> None:
        order.state, order.paid = "paid", order.units * self.final
        self.second_gate()

    def leave(self, order: Told) -> bool:
        """Whether the buyer may go, and gone they are."""
        if order.state == "reserved":
            order.state = "expired"
        elif order.state == "deposited" and self.state == "open":
            self.refund(order)
        else:
            return False
        return True

    def refund(self, order: Told, state: str = "cancelled") -> None:
        order.state, order.back = state, order.paid

    def release(self, order: Told) -> None:
        self.refund(order)
        self.second_gate()

    def call_off(self) -> None:
        for order in list(self.of("reserved")):
            order.state = "expired"
        self.state = "cancelled"
        for order in list(self.of(*IN)):
            self.refund(order)

    def proceed(self) -> None:
        self.state = "production"
        for order in self.of("paid"):
            order.state = "in-production"

    # -- What time does --------------------------------------------------------------------------
    def close(self, now: dt.datetime) -> None:
        for order in list(self.of("reserved")):
            order.state = "expired"
        if self.counted() < MINIMUM:
            self.state = "failed"
            for order in list(self.of("deposited")):
                self.refund(order)
            return
        self.state, self.final, self.announced_at = "balance", self.lowest, now
        for order in list(self.of("deposited")):
            order.state = "balance-due"
            order.next_try = now + DAY if order.auto else None

    def second_gate(self, now: dt.datetime | None = None) -> None:
        if self.state != "balance" or any(self.of(*DUE)):
            return
        if sum(order.units for order in self.of("paid")) >= MINIMUM:
            return self.proceed()
        self.state = "decision"

    def time(self, now: dt.datetime) -> None:
        if self.state == "open" and now >= self.closes_at:
            self.close(now)
        for order in list(self.of("reserved")):
            if order.until <= now:
                order.state = "expired"
        if self.state == "balance":
            self._charge_cards(now)
        if self.state == "balance" and self.announced_at and now >= self.announced_at + 14 * DAY:
            for order in list(self.of(*DUE)):
                if self.keeps_deposit:
                    order.state = "defaulted"
                else:
                    self.refund(order, "defaulted")
            self.second_gate()
        if self.state == "decision":
            self.decide_by = self.decide_by or now + 7 * DAY
            if now >= self.decide_by:
                self.call_off()

    def _charge_cards(self, now: dt.datetime) -> None:
        for order in list(self.of("balance-due")):
            if order.next_try is None or order.next_try > now:
                continue
            if order.card == "good":
                self.pay_balance(order)
            elif order.card == "asks":
                order.state, order.next_try = "action-needed", None
            elif order.tries < len(PAUSES):
                order.next_try = now + PAUSES[order.tries]
                order.tries += 1
            else:
                order.state, order.next_try = "action-needed", None
