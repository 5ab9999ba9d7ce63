"""The smoke set of the storms, and their controls."""

import threading

import pytest
from django.db import connection
from django.db.models import F

from presale.actions import places, refunds
from presale.models import Variant
from tests.faults import storm

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]


def test_twenty_buyers_of_five_places():
    assert storm.places(buyers=20, free=5, runs=1, workers=8)["wrong"] == 0


def test_control_without_the_condition_more_are_sold(monkeypatch):
    def take(campaign, pk, units):
        Variant.objects.filter(pk=pk).update(quota=None, taken=F("taken") + units)

    monkeypatch.setattr(places, "take_variant", take)
    found = storm.places(buyers=8, free=5, runs=1, workers=2)
    assert found["sold"] == 8 and found["wrong"]


def test_refunds_at_once_stay_within_what_was_captured():
    found = storm.refunds_at_once(count=8, workers=8)
    assert (found["part"], found["back"], found["wrong"]) == (3000, 10_000, 0)


def test_control_without_look_and_key_a_part_goes_back_twice(monkeypatch):
    """All have their row before one sends; then only the key and the look hold them."""
    meeting = threading.Barrier(2)

    def send(provider, attempt):
        meeting.wait(20)
        return provider.refund(
            charge_ref=attempt.attempt.charge_ref, amount_minor=attempt.amount_minor,
            key=f"{threading.get_ident()}", metadata={},
        )  # fmt: skip

    monkeypatch.setattr(refunds, "_look_or_send", send)
    found = storm.refunds_at_once(count=2, workers=2)
    assert found["part"] == 6000 and found["wrong"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the server opens the SQLite file")
def test_events_again_and_again_to_a_server_that_dies(own_db, stripe_on):
    found = storm.deliveries(
        f"sqlite:///{own_db}", stripe_on, orders=3, sent=40, kills=1, seed=7, forged=5
    )
    assert (found["deliveries"], found["wrong"]) == (45, 0)


def test_control_a_mail_that_was_sent_twice_and_an_order_not_booked_are_found(stripe_on):
    from tests.money.house import deposited, opened

    deposited(stripe_on, opened())
    events = storm.InboundEvent.objects.count()
    assert storm._differing(1, events) == 0
    mail = storm.Outbox.objects.get(key__endswith=":deposit-paid")
    mail.pk, mail.key = None, f"again{mail.key}"
    mail.save()
    assert storm._differing(1, events) == 1
    assert storm._differing(2, events + 1) == 3 + 1
