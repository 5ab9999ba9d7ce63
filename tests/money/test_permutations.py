"""An order's events in every sequence, each once to three times: the same end, row for row.

With every `make test` some of the 720 sequences; `make faults` runs all.
"""

import contextlib
import itertools
import random

import pytest
from django.db import transaction
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import inbox, ticks
from presale.actions import payments
from presale.models import Attempt, InboundEvent, LedgerEntry, Obligation, Variant
from tests.money.house import (
    ASKS,
    DAY,
    FULL,
    GOOD,
    HOUR,
    anchor_of,
    counted,
    deposited,
    fresh,
    opened,
    reserved,
    sound,
)
from tests.stripe_peer.client import ONCE

pytestmark = [pytest.mark.django_db, *([] if FULL else [ONCE])]
REFUSED = "4000000000000002"


def deposit(peer):
    """A refused card, then a good one, on the page of the deposit."""
    order, now = reserved(opened()), timezone.now()
    payments.start_deposit(order, now=now)
    peer.tell("take")
    for card in (REFUSED, GOOD):
        peer.tell("pay", ref=anchor_of(order), card=card)
    return order, now, peer.tell("take")


def balance(peer):
    """A card that asks its holder, charged without them, then confirmed."""
    campaign = opened()
    order = deposited(peer, campaign, card=ASKS)
    counted(campaign)
    peer.tell("take")
    now = timezone.now() + DAY + HOUR
    ticks.collect_balance(now)
    payments.start_balance(fresh(order), now=now)
    peer.tell("confirm", ref=anchor_of(order))
    return order, now, peer.tell("take")


def picture(order) -> dict[str, list]:
    """All that the events of an order can have written, without times and row numbers."""
    steps = StateLog.objects.values_list("entity", "object_id", "from_state", "event", "to_state")
    return {
        "order": [str(fresh(order).state)],
        "steps": sorted(row for row in steps if "attempt" not in row[0]),
        "paid": sorted(Obligation.objects.values_list("kind", "state", "amount_minor")),
        "attempts": sorted(Attempt.objects.values_list("n", "channel", "state", "charge_ref")),
        "books": sorted(
            LedgerEntry.objects.values_list("tx__cause", "account", "amount_minor", "currency")
        ),
        "mails": sorted(Outbox.objects.values_list("key", flat=True)),
        "places": list(Variant.objects.order_by("pk").values_list("sku", "taken")),
        "left": list(InboundEvent.objects.filter(state="waiting").values_list("kind", "error")),
    }


@contextlib.contextmanager
def undone():
    """What happens inside is taken back afterwards."""
    with transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)


def arrive(events, now) -> None:
    for one in events:
        headers = {"Stripe-Signature": one["signature"]}
        inbox.receive("stripe", one["body"].encode(), headers, now=timezone.now())
        while ticks.process_inbox(now):
            pass
    # What speaks of an object we never heard of is asked for thrice, then left.
    for hours in range(4):
        ticks.process_inbox(now + hours * HOUR)


@pytest.mark.parametrize(("story", "end"), [(deposit, "deposited"), (balance, "paid")])
def test_every_sequence_ends_the_same(stripe_on, story, end):
    order, now, events = story(stripe_on)
    assert 4 <= len(events) <= 6, [one["type"] for one in events]
    now = max(now, timezone.now() + HOUR)
    chance = random.Random(6)
    sequences = list(itertools.permutations(events))
    # The stamps of the signatures are five minutes from too old.
    some = sequences if FULL else chance.sample(sequences, 5)
    wanted = None
    for sequence in some:
        with undone():
            arrive([one for one in sequence for _ in range(chance.randint(1, 3))], now)
            found = picture(order)
            assert (found["order"], found["left"]) == ([end], [])
            wanted = wanted or found
            assert found == wanted
            sound("nothing_is_stuck")
