"""Events: checked before they are read, stored once, and only a reason to look again."""

import datetime as dt
import itertools
import json

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from presale import inbox, ticks
from presale.actions import payments
from presale.models import BankEvent, InboundEvent, PreOrder
from presale.providers import demo
from tests.presale.house import opened, ref_of, reserved

S, E = PreOrder.State, InboundEvent.State
pytestmark = pytest.mark.usefixtures("sound")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def event() -> BankEvent:
    """The bank's notice that a deposit was paid."""
    order = reserved(opened())
    url = payments.start_deposit(order, now=timezone.now())
    demo.bank_decide(ref_of(url), "pay", now=timezone.now())
    return BankEvent.objects.get(kind="payment.succeeded")


def send(client, body: bytes, signature: str = "", provider: str = "demo", **more):
    return client.post(
        reverse("presale:webhook", args=[provider]),
        body,
        content_type="application/json",
        headers={"Bank-Signature": signature or demo.sign(body, timezone.now())},
        **more,
    )


def test_a_signed_event_is_stored_and_pays_the_deposit_once(client, event):
    body = demo.event_body(event)
    for _again in range(3):
        assert send(client, body).status_code == 200
    assert InboundEvent.objects.count() == 1
    ticks.process_inbox(timezone.now())
    assert PreOrder.objects.get().state == S.DEPOSITED
    assert InboundEvent.objects.get().state == E.DONE
    assert ticks.process_inbox(timezone.now()) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, at: (body, "t=1"),
        lambda body, at: (body, "v1=abc"),
        lambda body, at: (body, demo.sign(body, at).replace("v1=", "v1=0")),
        lambda body, at: (body, "t=１２,v1=é"),
        lambda body, at: (body + b" ", demo.sign(body, at)),
        lambda body, at: (body, demo.sign(body, at - 6 * MINUTE)),
        lambda body, at: (body, demo.sign(body, at + 6 * MINUTE)),
        lambda body, at: (b"no json", demo.sign(b"no json", at)),
        lambda body, at: (b"{}", demo.sign(b"{}", at)),
    ],
)
def test_what_is_not_signed_in_time_is_refused_and_leaves_no_row(client, event, spoil):
    body, signature = spoil(demo.event_body(event), timezone.now())
    assert send(client, body, signature).status_code == 400
    assert (InboundEvent.objects.count(), PreOrder.objects.get().state) == (0, S.RESERVED)


def test_the_wrong_secret_is_refused(client, event, settings):
    body = demo.event_body(event)
    signature = demo.sign(body, timezone.now())
    settings.SECRET_KEY = "another"
    assert send(client, body, signature).status_code == 400
    assert InboundEvent.objects.count() == 0


def test_other_methods_sizes_and_providers_are_refused(client, event):
    url = reverse("presale:webhook", args=["demo"])
    assert client.get(url).status_code == 405
    assert send(client, b"x" * (256 * 1024 + 1)).status_code == 413
    assert send(client, demo.event_body(event), provider="other").status_code == 400
    assert InboundEvent.objects.count() == 0


def test_a_busy_database_asks_to_send_again(client, event, monkeypatch):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(InboundEvent.objects, "create", busy)
    assert send(client, demo.event_body(event)).status_code == 503


def test_an_event_about_something_else_is_kept_as_ignored(client):
    body = json.dumps(
        {"id": "evt_x", "type": "unheard.of", "ref": "pay_x", "account": "", "created": 1}
    ).encode()
    assert send(client, body).status_code == 200
    now = timezone.now()
    for hours in range(4):
        ticks.process_inbox(now + dt.timedelta(hours=hours))
    assert InboundEvent.objects.get().state == E.IGNORED


def test_a_lost_answer_while_looking_is_asked_again(event, faults):
    now = timezone.now()
    inbox.deliver_bank_events(now)
    faults["fetch"] = ["drop_before"]
    ticks.process_inbox(now)
    assert PreOrder.objects.get().state == S.RESERVED
    ticks.process_inbox(now + MINUTE)
    assert PreOrder.objects.get().state == S.DEPOSITED


@pytest.mark.parametrize("arrival", list(itertools.permutations(range(3))))
def test_any_order_of_arrival_each_twice_ends_the_same(event, arrival):
    for kind in ("payment.declined", "payment.ended"):
        BankEvent.objects.create(
            ref=f"evt_{kind}", kind=kind, subject=event.subject, created_at=timezone.now()
        )
    events, now = list(BankEvent.objects.order_by("pk")), timezone.now()
    for place in arrival * 2:
        body = demo.event_body(events[place])
        inbox.receive("demo", body, {demo.SIGNATURE_HEADER: demo.sign(body, now)}, now=now)
        ticks.process_inbox(now)
    assert (PreOrder.objects.get().state, InboundEvent.objects.count()) == (S.DEPOSITED, 3)


def test_an_event_that_breaks_is_put_off_and_the_others_are_worked_on(event, monkeypatch):
    def broken(*_args, **_kwargs):
        raise LookupError("no such payment")

    inbox.deliver_bank_events(timezone.now())
    monkeypatch.setattr(demo.DemoProvider, "fetch", broken)
    ticks.process_inbox(timezone.now())
    row = InboundEvent.objects.get()
    assert (row.state, row.error, row.tries) == ("waiting", "LookupError", 1)
    assert row.look_at > timezone.now()
