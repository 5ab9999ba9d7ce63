"""Each guard of the money taken away once: the proof that lives by it must fail.

Every proof first holds with all guards in place. The guards: the key of a request, the look before
an act, the unique constraint, the condition on the state, the condition on the quota, "no answer is
not a no", the check of the amount, the signature. The lock of an order has its controls in
`tests/races/test_places.py`: by itself it is the second belt to the condition on the state.
"""

import contextlib
import dataclasses
import uuid
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from core import failpoints, states
from core.models import StateLog
from presale.actions import answers, attempts, orders, payments, places, refunds
from presale.errors import Refused, StillChecking
from presale.models import Attempt, InboundEvent, Obligation, PreOrder, Variant
from presale.providers.stripe import events
from presale.providers.stripe.provider import StripeProvider
from tests.money.house import (
    DEPOSIT,
    MINUTE,
    deposited,
    fresh,
    hear,
    opened,
    pay_page,
    reserved,
    returned,
    send,
)
from tests.stripe_peer.client import ONCE

pytestmark = [pytest.mark.django_db, ONCE]


# -- Proofs: True when nothing was lost or doubled ----------------------------------------------
def one_page_after_a_crash(peer) -> bool:
    """It dies with the page made and not noted; the buyer presses again at once."""
    order = reserved(opened())
    at_the_point = patch.dict("os.environ", FAILPOINT="anchored!")
    with at_the_point, contextlib.suppress(failpoints.PointReached):
        payments.start_deposit(order, now=timezone.now())
    payments.start_deposit(fresh(order), now=timezone.now())
    return len(peer.all("checkout.session")) == 1


def one_page_after_a_day(peer) -> bool:
    """The answer to making the page is lost, and its key forgotten."""
    order = reserved(opened())
    peer.tell("fault", method="POST", path="/checkout/sessions$", action="drop_after")
    with contextlib.suppress(StillChecking):
        payments.start_deposit(order, now=timezone.now())
    peer.tell("expire-keys")
    payments.start_deposit(fresh(order), now=timezone.now() + 3 * MINUTE)
    return len(peer.all("checkout.session")) == 1


def one_refund_after_a_day(peer) -> bool:
    """Part of a payment goes back; the answer is lost, the key forgotten."""
    order = deposited(peer, opened(), quantity=2)
    now = timezone.now()
    promised = refunds.promise(order, cause="t", amount_minor=300, reason="t", now=now)
    peer.tell("fault", method="POST", path="/refunds$", action="drop_after")
    refunds.send_refund(promised, now=now)
    peer.tell("expire-keys")
    refunds.send_refund(promised, now=now + 3 * MINUTE)
    return returned(peer) == [300]


def one_step_by_two(peer) -> bool:
    """Two processes have read the same row; the second one's step is refused."""
    order = reserved(opened())
    first, second = fresh(order), fresh(order)
    given = {"moves": {("reserved", "leave"): "expiring"}, "actor": "t", "now": timezone.now()}
    states.advance(first, "leave", **given)
    with contextlib.suppress(states.WrongState):
        states.advance(second, "leave", **given)
    return StateLog.objects.filter(event="leave").count() == 1


def no_more_than_there_are(peer) -> bool:
    """Three people, two units."""
    campaign = opened({"B": 2, "C": None})
    for name in ("Ada", "Kenji", "Omar"):
        with contextlib.suppress(Refused), transaction.atomic():
            reserved(campaign, name)
    return PreOrder.objects.count() == 2


def no_more_than_one_may(peer) -> bool:
    """One person, six units, four allowed."""
    campaign = opened(person_limit=4)
    for _tab in range(2):
        with contextlib.suppress(Refused), transaction.atomic():
            reserved(campaign, quantity=3)
    return Variant.objects.get().taken == 3


def unknown_is_not_no(peer) -> bool:
    """The buyer leaves, and ending the page has no answer; meanwhile they paid."""
    order = reserved(opened())
    pay_page(peer, order)
    peer.tell("fault", method="POST", path="/expire$", action="drop_before")
    with contextlib.suppress(StillChecking):
        orders.cancel_order(fresh(order), actor="user:1", now=timezone.now())
    return fresh(order).state == "expiring" and Variant.objects.get().taken == 1


def other_money_is_not_ours(peer) -> bool:
    """The page was paid with another amount than was asked for."""
    order = reserved(opened())
    pay_page(peer, order)
    intent = peer.all("payment_intent")[0]["id"]
    peer.tell("change", ref=intent, fields={"amount_received": DEPOSIT - 1})
    hear(peer)
    return fresh(order).state == "reserved"


def one_row_per_event(peer) -> bool:
    """The same event three times is kept once."""
    order = reserved(opened())
    pay_page(peer, order)
    sent = peer.tell("take", times=3)
    for one in sent:
        with contextlib.suppress(Exception):
            send(Client(), one)
    return InboundEvent.objects.count() == len(sent) // 3


def forged_news_are_refused(peer) -> bool:
    """Somebody else's signature."""
    order = reserved(opened())
    pay_page(peer, order)
    for one in peer.tell("take", secret="whsec_other"):
        send(Client(), one)
    return InboundEvent.objects.count() == 0


def one_debt_one_live_payment(peer) -> bool:
    """Two tabs ask for the page of one deposit; each has seen that there is no payment yet."""
    order = reserved(opened())
    debt = Obligation.objects.get()
    Attempt.objects.all().delete()
    debt.order = order
    for _tab in range(2):
        with contextlib.suppress(Exception), transaction.atomic():
            attempts.new_attempt(debt, "checkout", now=timezone.now())
    return Attempt.objects.count() == 1


# -- Mutants -----------------------------------------------------------------------------------
def swap(owner, name, made):
    return lambda: patch.object(owner, name, made(getattr(owner, name)))


def other_key(exact):
    return lambda *a, key, **named: exact(*a, key=uuid.uuid4().hex, **named)


def no_anchor_found(_exact):
    return lambda provider, attempt: None


def nothing_there(_exact):
    return lambda self, charge_ref: []


def by_key_alone(exact):
    """Look by the row's number only: any state will do."""

    def advance(obj, event, *, moves, actor, now, reason="", **changes):
        before = obj.state
        after = moves[before, event]
        type(obj)._default_manager.filter(pk=obj.pk).update(state=after, **changes)
        StateLog.objects.create(
            entity=obj._meta.label_lower, object_id=obj.pk, from_state=before, to_state=after,
            event=event, actor=actor, reason=reason, at=now,
        )  # fmt: skip
        obj.state = after

    return advance


def take_anyway(_exact):
    def take(campaign, pk, units):
        Variant.objects.filter(pk=pk).update(quota=None)

    return take


def never_over(_exact):
    return lambda campaign, person, units: None


def give_up_at_once(_exact):
    return lambda attempt, now: answers.die(attempt, "no-answer", now=now)


def any_amount(_exact):
    return lambda attempt, state: True


def any_signature(exact):
    def parse(body, headers, now):
        import json

        from presale.providers.base import Event

        told = json.loads(body)
        ref = told["data"]["object"].get("id", "")
        return Event(told["id"], told["type"], ref, now)

    return parse


def new_number(exact):
    return lambda *given: dataclasses.replace(exact(*given), id=uuid.uuid4().hex)


def dropped(model, name):
    """The unique constraint is gone."""

    @contextlib.contextmanager
    def without():
        from django.db import connection

        (gone,) = [one for one in model._meta.constraints if one.name == name]
        with connection.cursor() as cursor:
            cursor.execute(f'DROP INDEX "{gone.name}"')
        yield

    return without


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A guard that is gone, and the proof that must notice."""

    proof: object
    without: object


MUTANTS = {
    "the key": Mutant(one_page_after_a_crash, swap(StripeProvider, "open_checkout", other_key)),
    "the look for a page": Mutant(
        one_page_after_a_day, swap(attempts, "_lost_anchor", no_anchor_found)
    ),
    "the look for a refund": Mutant(
        one_refund_after_a_day, swap(StripeProvider, "find_refunds", nothing_there)
    ),
    "where state": Mutant(one_step_by_two, swap(states, "advance", by_key_alone)),
    "where taken": Mutant(no_more_than_there_are, swap(places, "take_variant", take_anyway)),
    "the limit": Mutant(no_more_than_one_may, swap(places, "take_of_limit", never_over)),
    "unknown is unknown": Mutant(unknown_is_not_no, swap(answers, "note_unknown", give_up_at_once)),
    "the amount": Mutant(other_money_is_not_ours, swap(answers, "_matches", any_amount)),
    "the signature": Mutant(forged_news_are_refused, swap(events, "parse_event", any_signature)),
    "the event's number": Mutant(one_row_per_event, swap(events, "parse_event", new_number)),
    "unique live payment": Mutant(one_debt_one_live_payment, dropped(Attempt, "one_live_attempt")),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_without_its_guard_a_proof_fails(stripe_on, name):
    mutant = MUTANTS[name]
    with transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        assert mutant.proof(stripe_on)
        transaction.set_rollback(True)
    stripe_on.tell("reset")
    with mutant.without():
        assert not mutant.proof(stripe_on)
