"""The books are guarded by the database itself, whatever the code above it does."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from presale import audit, checks, ledger, triggers
from presale.models import LedgerEntry, LedgerTx

pytestmark = pytest.mark.django_db


def run(sql: str) -> None:
    """One statement in a savepoint of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql: str) -> None:
    """The database refuses the statement, and the books are as they were."""
    before = books()
    with pytest.raises(DatabaseError, match="ledger"):
        run(sql)
    assert books() == before


def books() -> list:
    """Every row of both tables."""
    return [list(model.objects.order_by("pk").values()) for model in (LedgerTx, LedgerEntry)]


@pytest.fixture
def posted() -> LedgerTx:
    return ledger.post("charge:1", timezone.now(), "CNY", [("asset:x", 500), ("liab:y", -500)])


@pytest.fixture
def open_tx() -> LedgerTx:
    return LedgerTx.objects.create(cause="test", at=timezone.now())


def entry(tx: LedgerTx, amount: int, currency: str = "CNY") -> str:
    return (
        f"INSERT INTO presale_ledgerentry (tx_id, account, amount_minor, currency) "
        f"VALUES ({tx.pk}, 'a', {amount}, '{currency}')"
    )


def seal(tx: LedgerTx) -> str:
    return f"UPDATE presale_ledgertx SET is_sealed = true WHERE id = {tx.pk}"


def test_a_posting_is_written_once_per_cause(posted):
    same = ledger.post("charge:1", timezone.now(), "CNY", [("liab:y", -500), ("asset:x", 500)])
    assert same.pk == posted.pk
    assert ledger.balance("asset:x", "CNY") == 500
    with pytest.raises(ledger.OtherPosting):
        ledger.post("charge:1", timezone.now(), "CNY", [("asset:x", 400), ("liab:y", -400)])
    assert ledger.balance("asset:x", "CNY") == 500


def test_a_posting_that_does_not_sum_to_zero_is_refused():
    with pytest.raises(DatabaseError, match="sums to zero"), transaction.atomic():
        ledger.post("bad", timezone.now(), "CNY", [("asset:x", 500), ("liab:y", -499)])
    assert books() == [[], []]


def test_an_empty_posting_is_refused(open_tx):
    refused(seal(open_tx))


def test_two_currencies_do_not_balance_each_other(open_tx):
    run(entry(open_tx, 5, "CNY"))
    run(entry(open_tx, -5, "EUR"))
    refused(seal(open_tx))


def test_a_posting_cannot_begin_sealed():
    refused(
        "INSERT INTO presale_ledgertx (cause, at, is_sealed) "
        "VALUES ('x', '2027-01-01 00:00:00', true)"
    )


def test_nothing_is_added_after_the_seal(posted):
    refused(entry(posted, 1))


@pytest.mark.parametrize(
    "change",
    ["is_sealed = false", "cause = 'other'", "at = '2020-01-01 00:00:00'", "is_sealed = true"],
)
def test_a_sealed_posting_does_not_change(posted, change):
    refused(f"UPDATE presale_ledgertx SET {change} WHERE id = {posted.pk}")


def test_entries_do_not_change_even_before_the_seal(open_tx):
    run(entry(open_tx, 5))
    refused("UPDATE presale_ledgerentry SET amount_minor = 6")
    refused("DELETE FROM presale_ledgerentry")


def test_nothing_is_deleted(posted):
    refused("DELETE FROM presale_ledgerentry")
    refused(f"DELETE FROM presale_ledgertx WHERE id = {posted.pk}")


def test_zero_and_a_second_cause_are_refused(posted, open_tx):
    with pytest.raises(DatabaseError):
        run(entry(open_tx, 0))
    with pytest.raises(DatabaseError):
        run(
            "INSERT INTO presale_ledgertx (cause, at, is_sealed) "
            "VALUES ('charge:1', '2027-01-01 00:00:00', false)"
        )
    assert LedgerTx.objects.filter(cause="charge:1").count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has real integer columns")
def test_a_fraction_is_refused(open_tx):
    refused(entry(open_tx, 1).replace("'a', 1,", "'a', 1.5,"))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_tables_cannot_be_emptied(posted):
    refused("TRUNCATE presale_ledgertx, presale_ledgerentry")


def test_a_missing_trigger_is_found_by_check_and_verify():
    name = next(iter(triggers.GUARD.wanted()))
    table = triggers.GUARD.wanted()[name][0]
    run(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert triggers.GUARD.missing() == [name]
    assert audit.ledger_guarded().findings == [f"trigger {name} is missing"]
    assert [found.id for found in checks.ledger_is_guarded(databases=["default"])] == [
        "presale.W001"
    ]
    call_command("migrate", verbosity=0, skip_checks=False)
    assert triggers.GUARD.missing() == []
    assert checks.ledger_is_guarded(databases=["default"]) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="text of triggers is kept by SQLite")
def test_a_trigger_that_was_weakened_is_found():
    run("DROP TRIGGER ledger_tx_stays")
    run(
        "CREATE TRIGGER ledger_tx_stays BEFORE DELETE ON presale_ledgertx WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'ledger'); END"
    )
    assert triggers.GUARD.missing() == ["ledger_tx_stays"]


def test_migrations_of_this_app_find_no_triggers_in_their_way():
    class Migration:
        app_label = "presale"

    class Other:
        app_label = "fans"

    triggers.GUARD.drop_before_rebuild([(Other, False)])
    assert triggers.GUARD.missing() == []
    triggers.GUARD.drop_before_rebuild([(Migration, False)])
    assert triggers.GUARD.missing() == list(triggers.GUARD.wanted())
    triggers.GUARD.install()
    assert triggers.GUARD.missing() == []
