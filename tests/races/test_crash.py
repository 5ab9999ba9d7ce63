"""Killed at the worst moment: the process dies by SIGKILL, another one finds its way from the rows.

The bank's books are the ground truth; they were committed before the death.
"""

import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from presale import queries, ticks
from presale.actions import orders
from presale.models import BankCharge, BankIntent, BankRefund, PreOrder
from presale.providers.demo import bank_decide
from tests.presale.house import DAY, HOUR, counted, deposited, opened, reserved
from tests.presale.money_sound import assert_money_sound

pytestmark = pytest.mark.race
S = PreOrder.State


def url_of(database: str) -> str:
    """The address of the test's own database: a file, or another name on the same server."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{database}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def die(database: str, point: str, code: str, **more: str) -> None:
    """Run the code in a process that is killed at that point; it must get as far as that."""
    program = (
        "import datetime as dt, django; django.setup();"
        "from django.utils import timezone; from presale import ticks;"
        "from presale.actions import payments; from presale.models import *;" + code
    )
    child = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": url_of(database),
            "DATA_DIR": str(settings.DATA_DIR),
            "FAILPOINT": point,
            **more,
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr[-2000:]


def test_killed_after_the_page_was_opened_at_the_bank(own_db):
    order = reserved(opened())
    die(own_db, "anchored", "payments.start_deposit(PreOrder.objects.get(), now=timezone.now())")
    assert BankIntent.objects.count() == 1
    # The orphan is ended with the reservation: it can never be paid.
    ticks.run_all(order.reserved_until)
    order.refresh_from_db()
    assert (order.state, BankIntent.objects.get().status) == (S.EXPIRED, "dead")
    assert_money_sound()


@pytest.mark.parametrize("point", ["half-settled", "killed"])
def test_killed_while_a_payment_is_written_or_a_page_is_ended(own_db, point):
    from presale.actions import payments

    order = reserved(opened())
    payments.start_deposit(order, now=timezone.now())
    bank_decide(BankIntent.objects.get().ref, "pay", now=timezone.now())
    late = "PreOrder.objects.get().reserved_until"
    code = f"ticks.expire_reservations({late})"
    die(own_db, point, code)
    order.refresh_from_db()
    assert (order.state, BankCharge.objects.count()) == (S.EXPIRING, 1)
    for _again in range(2):
        ticks.run_all(order.reserved_until)
    order.refresh_from_db()
    assert (order.state, queries.paid(order)) == (S.DEPOSITED, 5000)
    assert_money_sound()


@pytest.mark.parametrize("point", ["anchored", "confirmed"])
@pytest.mark.parametrize("by", ["job", "notice"])
def test_killed_while_a_saved_card_is_charged(own_db, point, by):
    campaign = opened()
    order = deposited(campaign, auto_charge=True)
    deposited(campaign, "Kenji")
    counted(campaign)
    later = timezone.now() + DAY + HOUR
    die(own_db, point, f"ticks.collect_balance(dt.datetime.fromisoformat('{later.isoformat()}'))")
    if by == "notice":
        ticks.inbox.deliver_bank_events(later)
        ticks.process_inbox(later)
    for _again in range(2):
        ticks.run_all(later + HOUR)
    order.refresh_from_db()
    assert (order.state, queries.paid(order)) == (S.PAID, 32900)
    charges = BankCharge.objects.filter(intent__kind="charge").count()
    assert (charges, BankIntent.objects.filter(kind="charge").count()) == (1, 1)
    assert_money_sound()


def test_killed_after_a_refund_was_sent(own_db):
    order = orders.cancel_order(deposited(opened()), actor="user:1", now=timezone.now())
    die(own_db, "refund-sent", "ticks.send_refunds(timezone.now())")
    assert (BankRefund.objects.count(), queries.refunded(order)) == (1, 0)
    for _again in range(2):
        ticks.run_all(timezone.now())
    assert (BankRefund.objects.count(), queries.refunded(order)) == (1, 5000)
    assert_money_sound()


def test_control_a_charge_without_a_row_before_it_is_made_twice(own_db):
    """What a crash does to the usual shape: call the provider, then write down that one did."""
    campaign = opened()
    deposited(campaign, auto_charge=True)
    naive = (
        "from presale import providers; from presale.failpoints import failpoint; import uuid;"
        "p = providers.current(); c = BankCustomer.objects.get();"
        "a = p.create_charge(amount_minor=27900, currency='CNY', customer=c.ref,"
        " key=uuid.uuid4().hex, metadata={});"
        "m = Attempt.objects.get().method_ref;"
        "p.confirm_charge(a.ref, method=m, off_session=True, key='x', return_url='/');"
        "failpoint('naive')"
    )
    for _restart in range(2):
        die(own_db, "naive", naive)
    assert BankCharge.objects.filter(intent__kind="charge").count() == 2
