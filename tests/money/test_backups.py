"""A copy taken while people order and pay, put back elsewhere: everything agrees with itself."""

import contextlib
import sqlite3
import threading
import time
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from core import verify
from presale import ticks
from presale.actions import payments
from presale.models import BankCharge, LedgerTx, PreOrder
from presale.providers.demo import bank_decide
from tests.databases import _quiet_courier
from tests.money.house import opened, reserved

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]


@pytest.fixture
def media(settings, tmp_path):
    """Two uploaded files."""
    settings.MEDIA_ROOT = root = tmp_path / "media"
    (root / "originals").mkdir(parents=True)
    (root / "originals" / "a.jpg").write_bytes(b"first")
    (root / "b.avif").write_bytes(b"second" * 1000)
    return root


@contextlib.contextmanager
def other_database(folder: Path):
    """A database that is empty and not ours, for a while."""
    given = connection.settings_dict
    usual, name = given["NAME"], str(folder / "elsewhere.sqlite3")
    if connection.vendor == "postgresql":
        name = f"toile_{uuid.uuid4().hex[:12]}"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connections.close_all()
    given["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        given["NAME"] = usual
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def order_and_pay(campaign, place: int, stop: threading.Event, failed: list) -> None:
    """People order and pay, one after the other, until it is enough."""
    n, now = 0, timezone.now()
    try:
        while not stop.is_set():
            order = reserved(campaign, f"P{place}x{n}", auto_charge=False)
            url = payments.start_deposit(order, now=now)
            bank_decide(url.rstrip("/").rpartition("/")[2], "pay", now=now)
            payments.look_again(order, now=now)
            n += 1
    except Exception as error:
        failed.append(error)
    finally:
        connections.close_all()


def until_charges(count: int, failed: list) -> None:
    """Wait until so many have paid."""
    while BankCharge.objects.count() < count:
        assert failed == []
        time.sleep(0.02)


def wrong() -> list[str]:
    return [text for checked in verify.run().values() for text in checked.findings]


def test_a_copy_under_load_put_back_elsewhere_is_sound(media, settings, tmp_path):
    campaign, archive = opened(), tmp_path / "copy.tar"
    stop, failed = threading.Event(), []
    writers = [
        threading.Thread(target=order_and_pay, args=[campaign, n, stop, failed]) for n in range(2)
    ]
    for writer in writers:
        writer.start()
    until_charges(4, failed)
    call_command("backup", str(archive), verbosity=0)
    at_copy = BankCharge.objects.count()
    until_charges(at_copy + 2, failed)
    stop.set()
    for writer in writers:
        writer.join(30)
    in_the_end = PreOrder.objects.count()
    settings.MEDIA_ROOT = tmp_path / "restored"
    with other_database(tmp_path):
        call_command("restore", str(archive))
        assert 4 <= BankCharge.objects.count() <= at_copy
        assert PreOrder.objects.count() < in_the_end
        ticks.run_all(timezone.now())
        assert wrong() == []
        assert LedgerTx.objects.filter(is_sealed=True).count() == 2 * BankCharge.objects.count()
    names = {p.relative_to(media): p.read_bytes() for p in media.rglob("*") if p.is_file()}
    back = settings.MEDIA_ROOT
    assert {p.relative_to(back): p.read_bytes() for p in back.rglob("*") if p.is_file()} == names
    assert wrong() == []


def test_nothing_is_overwritten_without_being_told_to(media, tmp_path):
    archive = tmp_path / "copy.tar"
    opened()
    call_command("backup", str(archive), verbosity=0)
    size = archive.stat().st_size
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="--overwrite"):
        call_command("backup", str(archive))
    with pytest.raises(CommandError, match="--overwrite"):
        call_command("restore", str(archive))
    reserved(opened_again())
    (media / "late.avif").write_bytes(b"late")
    _quiet_courier()  # a thread of this process, which has the database open
    call_command("restore", str(archive), "--overwrite")
    assert (PreOrder.objects.count(), sorted(p.name for p in media.rglob("*.avif"))) == (
        0, ["b.avif"],
    )  # fmt: skip
    call_command("backup", str(archive), "--overwrite")
    assert abs(archive.stat().st_size - size) < 100_000


def opened_again():
    from presale.models import Campaign

    return Campaign.objects.get()


@pytest.mark.parametrize("harm", ["cut", "altered", "foreign"])
def test_a_damaged_archive_is_refused_and_nothing_changes(media, tmp_path, harm):
    archive = tmp_path / "copy.tar"
    opened()
    call_command("backup", str(archive), verbosity=0)
    data = bytearray(archive.read_bytes())
    if harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "altered":
        data[data.index(b"second") + 3] ^= 1
    else:
        data = bytearray(b"no archive")
    archive.write_bytes(data)
    order = reserved(opened_again())
    with pytest.raises(CommandError):
        call_command("restore", str(archive), "--overwrite")
    assert PreOrder.objects.get() == order
    assert (media / "originals" / "a.jpg").read_bytes() == b"first"


def test_a_site_that_runs_is_not_replaced_under_its_feet(media, own_db, tmp_path):
    archive = tmp_path / "copy.tar"
    call_command("backup", str(archive), verbosity=0)
    with contextlib.closing(another_process(own_db)) as open_one:
        open_one.cursor().execute("SELECT count(*) FROM presale_preorder").fetchone()
        with pytest.raises(CommandError, match="stop the site first"):
            call_command("restore", str(archive), "--overwrite")
    call_command("restore", str(archive), "--overwrite")


def another_process(own_db):
    """A connection as another process has it."""
    if connection.vendor == "sqlite":
        return sqlite3.connect(own_db)
    import psycopg

    given = connection.settings_dict
    return psycopg.connect(
        dbname=own_db, host=given["HOST"], port=given["PORT"], user=given["USER"]
    )  # fmt: skip
