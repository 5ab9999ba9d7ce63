"""`manage.py verify` finds seeded damage of each kind, and none on clean books."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.models import StateLog
from presale import audit, triggers
from presale.actions import orders
from presale.models import (
    Attempt,
    BankCharge,
    Campaign,
    LedgerEntry,
    Obligation,
    PersonLimit,
    PreOrder,
    RefundAttempt,
    Variant,
)
from presale.ticks import run_all
from tests.presale.house import DAY, counted, deposited, opened, pay, reserved

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> None:
    """A campaign in production, with an order cancelled and refunded, one unpaid."""
    campaign = opened()
    cancelled = deposited(campaign, "Omar")
    orders.cancel_order(cancelled, actor="user:1", now=timezone.now())
    people = [deposited(campaign, name) for name in ("Ada", "Kenji")]
    counted(campaign)
    for order in people:
        pay(PreOrder.objects.get(pk=order.pk))
    run_all(timezone.now())


def test_clean_books_have_no_findings(books, capsys):
    call_command("verify")
    out = capsys.readouterr().out
    assert "ok    presale.ledger-balanced" in out
    assert "0 findings" in out
    assert out.count("presale.") == len(audit.CHECKS)


def tampered(change) -> None:
    """Change the books behind the guard's back."""
    triggers.GUARD.drop()
    change()
    triggers.GUARD.install()


DAMAGE = {
    "ledger_guarded": lambda: triggers.GUARD.drop(),
    "ledger_balanced": lambda: tampered(
        lambda: LedgerEntry.objects.filter(account__startswith="asset").update(amount_minor=1)
    ),
    "provider_agrees": lambda: BankCharge.objects.filter(amount_minor=5000).update(
        amount_minor=5001
    ),
    "paid_once": lambda: Obligation.objects.filter(kind="balance").update(state="open"),
    "refunds_within_charges": lambda: RefundAttempt.objects.update(amount_minor=5001),
    "places": lambda: Variant.objects.filter(sku="B").update(taken=1),
    "lines_counted": lambda: Variant.objects.filter(sku="B").update(waiting=1),
    "ended_orders_owe_nothing": lambda: PreOrder.objects.filter(state="in-production").update(
        state="closed"
    ),
    "prices_kept": lambda: PreOrder.objects.filter(state="in-production").update(
        unit_shown_minor=100
    ),
    "variants_decided": lambda: Variant.objects.filter(sku="B").update(fate="given-up"),
    "limits_kept": lambda: PreOrder.objects.filter(state="in-production").update(limit_minor=1),
    "ended_campaigns_repay": lambda: (
        Campaign.objects.update(state="cancelled"),
        PreOrder.objects.filter(state="in-production").update(state="cancelled"),
    ),
    "order_matches_books": lambda: Obligation.objects.filter(
        kind="deposit", order__state="in-production"
    ).update(state="open"),
    "steps_are_listed": lambda: StateLog.objects.filter(event="gate1_passed").update(
        to_state="completed"
    ),
    "nothing_is_stuck": lambda: Attempt.objects.filter(pk=Attempt.objects.latest("pk").pk).update(
        state="unknown", unknown_since=timezone.now() - 2 * DAY
    ),
}


@pytest.mark.parametrize("name", [check.__name__ for check in audit.CHECKS])
def test_seeded_damage_is_found(books, name, capsys):
    DAMAGE[name]()
    check = next(check for check in audit.CHECKS if check.__name__ == name)
    assert check().findings
    with pytest.raises(SystemExit) as end:
        call_command("verify", "presale")
    assert end.value.code == 1
    assert f"WRONG presale.{name.replace('_', '-')}" in capsys.readouterr().out


def test_a_person_counted_wrong_is_found(books):
    PersonLimit.objects.filter(taken=1).update(taken=2)
    assert len(audit.places().findings) == 2


def test_a_reservation_that_nobody_ended_is_found():
    order = reserved(opened())
    PreOrder.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - DAY)
    assert audit.nothing_is_stuck().findings == [f"{order.number} is still reserved"]
