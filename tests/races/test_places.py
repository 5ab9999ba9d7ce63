"""Races for places and payments: real threads on a database of their own, each with a control.

A control runs the same race with the guard taken away and must see the harm; a race test whose
control sees none would prove nothing.
"""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from presale import providers, ticks
from presale.actions import answers, campaigns, orders, payments, places, settlement
from presale.errors import AlreadyPaid, NotOpen, OverLimit, Refused, SoldOut
from presale.models import (
    Attempt,
    BankCharge,
    Campaign,
    LedgerTx,
    PersonLimit,
    PreOrder,
    Variant,
)
from presale.providers.demo import bank_decide
from tests import cast
from tests.presale.house import hear, opened, ref_of, reserved, variant
from tests.presale.money_sound import assert_money_sound

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]
S = PreOrder.State


class Meeting:
    """Where workers without a guard wait for each other: so many have looked before one writes.

    A control that only hoped for bad luck would now and then find none.
    """

    def __init__(self, **crowds: int) -> None:
        self.crowds = crowds
        self._arrived: Counter[Any] = Counter()
        self._change = threading.Condition()

    def wait(self, what: str, where: Any) -> None:
        """Return when as many as the crowd of `what` have come here; later ones go straight on."""
        with self._change:
            self._arrived[where] += 1
            self._change.notify_all()
            enough = self.crowds.get(what, 1)
            self._change.wait_for(lambda: self._arrived[where] >= enough, 20)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run the tasks in threads that start together; what each returned or raised."""
    barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int) -> None:
        barrier.wait()
        try:
            if switch := getattr(at_once, "constraints_off", False):
                assert switch
                _ignore_constraints()
            results[place] = tasks[place]()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def _ignore_constraints() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")


@pytest.fixture
def unguarded(monkeypatch):
    """Places are looked at and then taken, without transaction, condition or constraint.

    The meeting it gives has no crowds yet: the test says how many look before one takes.
    """
    monkeypatch.setattr(at_once, "constraints_off", True, raising=False)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE presale_variant DROP CONSTRAINT variant_never_oversold")

    meeting = Meeting()

    def take_variant(campaign: Campaign, pk: int, units: int) -> None:
        row = Variant.objects.get(pk=pk)
        if row.quota is not None and row.taken + units > row.quota:
            raise SoldOut(pk, row.label, 0)
        meeting.wait("place", row)
        Variant.objects.filter(pk=pk).update(taken=F("taken") + units)

    def take_of_limit(campaign: Campaign, person: str, units: int) -> None:
        row, _new = PersonLimit.objects.get_or_create(campaign=campaign, person=person)
        if row.taken + units > campaign.person_limit:
            raise OverLimit(campaign.person_limit, 0)
        meeting.wait("limit", row)
        PersonLimit.objects.filter(pk=row.pk).update(taken=F("taken") + units)

    monkeypatch.setattr(places, "take_variant", take_variant)
    monkeypatch.setattr(places, "take_of_limit", take_of_limit)
    monkeypatch.setattr(orders, "once", lambda find, make: find() or make())
    return meeting


def buyers(campaign: Campaign, count: int, sku: str, *, same: bool = False) -> list[Any]:
    """That many people (or one person in as many tabs) order one unit at the same moment."""
    names = ["Ada" if same else f"Buyer{n}" for n in range(count)]
    for name in names:
        cast.person(name)
    return at_once(*[lambda name=name: reserved(campaign, name, sku=sku) for name in names])


def won(results: list[Any]) -> int:
    """How many got an order."""
    unexpected = [r for r in results if not isinstance(r, PreOrder | Refused)]
    assert unexpected == []
    return sum(isinstance(result, PreOrder) for result in results)


def test_the_last_units_are_sold_once():
    campaign = opened()
    results = buyers(campaign, 8, "G")
    assert won(results) == 2
    assert variant(campaign, "G").taken == 2
    assert_money_sound()


def test_control_without_the_guard_the_last_units_are_oversold(unguarded):
    unguarded.crowds["place"] = 3
    campaign = opened()
    assert won(buyers(campaign, 8, "G")) > 2


def test_one_person_in_many_tabs_stays_within_the_limit():
    campaign = opened()
    results = buyers(campaign, 7, "B", same=True)
    assert won(results) == 4
    assert PersonLimit.objects.get().taken == 4
    assert_money_sound()


def test_control_without_the_guard_one_person_takes_more(unguarded):
    unguarded.crowds["limit"] = 5
    campaign = opened()
    assert won(buyers(campaign, 7, "B", same=True)) > 4


def close_while_ordering(monkeypatch) -> tuple[int, int]:
    """A close arrives while an order is being priced; orders at the close, and afterwards."""
    campaign = opened()
    priced, closed = threading.Event(), threading.Event()
    quote = orders.queries.quote_with

    def slow_quote(*args: Any) -> Any:
        result = quote(*args)
        priced.set()
        closed.wait(1)
        return result

    def close() -> int:
        priced.wait(5)
        now = timezone.now()
        campaigns.close_early(campaign, actor="user:1", reason="Enough.", now=now)
        count = PreOrder.objects.filter(campaign=campaign).count()
        closed.set()
        return count

    monkeypatch.setattr(orders.queries, "quote_with", slow_quote)
    ordered, at_close = at_once(lambda: reserved(campaign), close)
    assert isinstance(ordered, PreOrder | NotOpen)
    return at_close, PreOrder.objects.filter(campaign=campaign).count()


def test_no_order_slips_in_after_the_close(monkeypatch):
    at_close, in_the_end = close_while_ordering(monkeypatch)
    assert at_close == in_the_end
    assert_money_sound()


def test_control_without_the_guard_an_order_slips_in(monkeypatch, unguarded):
    at_close, in_the_end = close_while_ordering(monkeypatch)
    assert at_close < in_the_end


def expire_four_times(campaign: Campaign) -> int:
    """Four workers end one of two reservations at the same moment; units taken afterwards."""
    order = reserved(campaign)
    reserved(campaign, quantity=3)
    payments.start_deposit(order, now=timezone.now())
    late = order.reserved_until
    stale = [PreOrder.objects.get(pk=order.pk) for _worker in range(4)]
    at_once(
        *[
            lambda row=row: orders.expire_order(row, "expire", actor="job:test", now=late)
            for row in stale
        ]
    )
    order.refresh_from_db()
    assert order.state == S.EXPIRED
    return variant(campaign).taken


def test_a_reservation_ended_by_four_workers_gives_its_place_back_once():
    assert expire_four_times(opened()) == 3
    assert_money_sound()


@pytest.fixture
def unlocked(monkeypatch):
    """Moves look and then write: without transaction, lock or condition on the state."""
    meeting = Meeting(move=2)

    def advance(row: Any, event: str, *, moves: Any, actor: str, now: Any, **changes: Any) -> None:
        if (row.state, event) not in moves:
            raise orders.WrongState(row, event, row.state)
        meeting.wait("move", (type(row), event))
        changes.pop("reason", None)
        for name, value in {**changes, "state": moves[row.state, event]}.items():
            setattr(row, name, value)
        row.save()

    def order_of(pk: int) -> PreOrder:
        return PreOrder.objects.select_related("campaign").get(pk=pk)

    def attempt_of(attempt: Attempt) -> Attempt:
        return Attempt.objects.select_related("obligation__order__campaign").get(pk=attempt.pk)

    for module in (answers, settlement):
        monkeypatch.setattr(module, "advance", advance)
    monkeypatch.setattr(answers, "lock_order", order_of)
    monkeypatch.setattr(answers, "lock_attempt", attempt_of)
    monkeypatch.setattr(answers, "apply_state", answers.apply_state.__wrapped__)


def test_control_without_the_guard_the_place_is_given_back_more_than_once(unlocked):
    assert expire_four_times(opened()) < 3


def pay_while_it_expires(first: str) -> tuple[str, int, int]:
    """Money arrives while two workers end the reservation: its state, places taken, charges."""
    campaign = opened()
    order = reserved(campaign)
    ref = ref_of(payments.start_deposit(order, now=timezone.now()))
    late = order.reserved_until

    def pay() -> None:
        time.sleep(0 if first == "pay" else 0.02)
        bank_decide(ref, "pay", now=timezone.now())
        payments.look_again(PreOrder.objects.get(pk=order.pk), now=timezone.now())

    def expire() -> None:
        time.sleep(0 if first == "expire" else 0.02)
        ticks.expire_reservations(late)

    at_once(pay, expire, expire)
    ticks.run_all(late)
    order.refresh_from_db()
    return order.state, variant(campaign).taken, BankCharge.objects.count()


TOGETHER = [(S.DEPOSITED, 1, 1), (S.EXPIRED, 0, 0)]


@pytest.mark.parametrize("first", ["pay", "expire"])
def test_paying_while_the_reservation_ends_keeps_money_and_place_together(first):
    assert pay_while_it_expires(first) in TOGETHER
    assert_money_sound()


def two_tabs(open_page: Callable[[PreOrder], str]) -> int:
    """Two tabs open the page and pay at the same moment; charges at the bank."""
    order = reserved(opened())

    def tab() -> None:
        url = open_page(PreOrder.objects.select_related("campaign__brand").get(pk=order.pk))
        if "/demo/bank/" in url:  # the tab that comes later may find it paid
            bank_decide(ref_of(url), "pay", now=timezone.now())

    results = at_once(tab, tab)
    assert [r for r in results if r is not None and not isinstance(r, AlreadyPaid)] == []
    hear()
    return BankCharge.objects.count()


def test_two_tabs_pay_once():
    assert two_tabs(lambda order: payments.start_deposit(order, now=timezone.now())) == 1
    assert LedgerTx.objects.filter(cause__startswith="charge:").count() == 1
    assert_money_sound()


def test_control_without_one_object_per_debt_two_tabs_pay_twice():
    def naive(order: PreOrder) -> str:
        provider = providers.current()
        return provider.open_checkout(
            amount_minor=5000, currency="CNY", key=uuid.uuid4().hex, metadata={},
            customer=provider.ensure_customer(email=order.email, key="x"), save_method=False,
            success_url="/", cancel_url="/", expires_at=order.reserved_until,
        ).url  # fmt: skip

    assert two_tabs(naive) == 2


def news_through_every_door(monkeypatch) -> tuple[list[Any], int, int, int]:
    """Pages and notices tell of one payment at once: failures, times counted, units, bookings."""
    counted, count = [], settlement.count
    monkeypatch.setattr(settlement, "count", lambda order: counted.append(order) or count(order))
    campaign = opened()
    order = reserved(campaign)
    ref = ref_of(payments.start_deposit(order, now=timezone.now()))
    bank_decide(ref, "pay", now=timezone.now())

    def look() -> None:
        payments.look_again(PreOrder.objects.get(pk=order.pk), now=timezone.now())

    results = at_once(look, hear, look, hear)
    campaign.refresh_from_db()
    booked = LedgerTx.objects.filter(cause__startswith="charge:").count()
    failed = [r for r in results if isinstance(r, Exception)]
    return failed, len(counted), campaign.units, booked


def test_the_same_news_through_every_door_at_once_is_booked_once(monkeypatch):
    assert news_through_every_door(monkeypatch) == ([], 1, 1, 1)
    assert_money_sound()


def test_control_without_the_guard_the_same_news_counts_more_than_once(monkeypatch, unlocked):
    # The books refuse a second posting of one charge; here they are not asked.
    monkeypatch.setattr(answers.ledger, "post_charge", lambda *_what: None)
    _failed, counted, _units, _booked = news_through_every_door(monkeypatch)
    assert counted > 1
