"""Stripe's events at the shop's door: believed only when signed, worked on once, in any order."""

import itertools
import json
from datetime import timedelta

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from presale import ticks
from presale.models import InboundEvent, LedgerTx, PreOrder
from tests.presale.house import opened, reserved
from tests.presale.stripe_house import deposit, hear, send
from tests.stripe_peer.events import SECRET

S, E = PreOrder.State, InboundEvent.State
pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def paid(stripe_on):
    """A deposit that was paid, and nothing heard of it."""
    return deposit(stripe_on, reserved(opened()))


def state(order):
    return PreOrder.objects.get(pk=order.pk).state


def completed(peer, **wish):
    """The event that a page was paid, as it is sent."""
    sent = peer.tell("take", **wish)
    return next(one for one in sent if one["type"] == "checkout.session.completed")


@pytest.mark.parametrize(
    ("wish", "spoil"),
    [
        ({}, lambda one: {**one, "signature": ""}),
        ({}, lambda one: {**one, "signature": one["signature"].replace("v1=", "v1=0")}),
        ({}, lambda one: {**one, "signature": "t=１２,v1=é"}),
        ({}, lambda one: {**one, "signature": one["signature"].partition(",")[2]}),
        ({}, lambda one: {**one, "body": one["body"] + " "}),
        ({"secret": "whsec_other"}, lambda one: one),
        ({"ahead": -360}, lambda one: one),
        ({"ahead": 360}, lambda one: one),
    ],
)
def test_what_is_not_signed_in_time_is_refused_and_leaves_no_row(stripe_on, paid, wish, spoil):
    assert send(Client(), spoil(completed(stripe_on, **wish))) == 400
    assert (InboundEvent.objects.count(), state(paid)) == (0, S.RESERVED)


@pytest.mark.parametrize("body", ["no json", "{}", "[]", '{"id": "evt_1", "data": {}}'])
def test_signed_nonsense_is_refused(stripe_on, body):
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    assert send(Client(), {"body": body, "signature": signature}) == 400
    assert InboundEvent.objects.count() == 0


def test_without_a_secret_nothing_is_believed(stripe_on, paid, settings):
    settings.STRIPE_WEBHOOK_SECRET = []
    assert send(Client(), completed(stripe_on)) == 400
    assert InboundEvent.objects.count() == 0


@pytest.mark.parametrize("secret", [SECRET, "whsec_new"])
def test_two_secrets_are_taken_while_they_are_changed(stripe_on, paid, settings, secret):
    settings.STRIPE_WEBHOOK_SECRET = ["whsec_new", SECRET]
    assert send(Client(), completed(stripe_on, secret=secret)) == 200
    ticks.process_inbox(timezone.now())
    assert state(paid) == S.DEPOSITED


def changed(peer, one, **fields):
    """The same event with other fields, signed anew."""
    body = json.dumps({**json.loads(one["body"]), **fields})
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    return {"body": body, "signature": signature}


def test_live_mode_and_kinds_of_no_concern_are_kept_as_ignored(stripe_on, paid):
    one = completed(stripe_on)
    for fields in ({"livemode": True}, {"id": "evt_2", "type": "customer.updated"}):
        assert send(Client(), changed(stripe_on, one, **fields)) == 200
    assert list(InboundEvent.objects.values_list("state", "ref")) == [(E.IGNORED, "")] * 2
    assert ticks.process_inbox(timezone.now()) == 0
    assert state(paid) == S.RESERVED


def test_another_account_is_kept_and_ignored_in_the_end(stripe_on, paid):
    assert send(Client(), changed(stripe_on, completed(stripe_on), account="acct_2")) == 200
    for hours in range(4):
        ticks.process_inbox(timezone.now() + timedelta(hours=hours))
    assert InboundEvent.objects.get().state == E.IGNORED
    assert state(paid) == S.RESERVED


def test_an_event_is_only_a_hint_the_object_is_fetched(stripe_on):
    """A signed event that says "paid" of a page that is not pays nothing."""
    order = deposit(stripe_on, reserved(opened()), "abandon")
    paid_one = {"type": "checkout.session.completed", "livemode": False, "id": "evt_x"}
    session = stripe_on.all("checkout.session")[0]
    told = {**session, "status": "complete", "payment_status": "paid"}
    body = {"body": json.dumps({"object": "event", "created": 1})}
    one = changed(stripe_on, body, **paid_one, data={"object": told})
    assert send(Client(), one) == 200
    ticks.process_inbox(timezone.now())
    assert (InboundEvent.objects.get().state, state(order)) == (E.DONE, S.RESERVED)


def test_reversed_and_tripled_they_end_the_same(stripe_on, paid):
    hear(stripe_on, order="reversed", times=3)
    assert state(paid) == S.DEPOSITED
    kinds = list(InboundEvent.objects.values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds)) > 3
    assert LedgerTx.objects.filter(cause__startswith="charge:").count() == 1


@pytest.mark.parametrize("arrival", list(itertools.permutations(range(3))))
def test_a_late_end_and_a_doubled_payment_in_any_order(stripe_on, paid, arrival):
    one = completed(stripe_on)
    sent = [one, changed(stripe_on, one, id="evt_again")]
    sent.append(changed(stripe_on, one, id="evt_end", type="checkout.session.expired"))
    for place in arrival * 2:
        assert send(Client(), sent[place]) == 200
        ticks.process_inbox(timezone.now())
    assert (state(paid), InboundEvent.objects.filter(state=E.DONE).count()) == (S.DEPOSITED, 3)
