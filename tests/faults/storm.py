"""Many at once: buyers for few places, refunds of one payment, events delivered again and again."""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import audit
from presale.actions import payments, refunds
from presale.errors import Refused
from presale.models import BankRefund, InboundEvent, LedgerTx, PreOrder, RefundObligation
from presale.providers.demo import bank_decide
from tests import cast
from tests.faults.fleet import Server
from tests.money.house import opened, pay_page, reserved
from tests.stripe_peer.client import TEST_KEY, Peer
from tests.stripe_peer.events import SECRET

T = TypeVar("T")


def crowd(workers: int, tasks: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Do the tasks, so many at a time; what each returned or raised."""

    def one(task: Callable[[], T]) -> T | Exception:
        try:
            return task()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, tasks))


# -- G6: places ----------------------------------------------------------------------------------
def places(*, buyers: int, free: int, runs: int, workers: int) -> dict[str, int]:
    """So many people want the last units, several times over; how many runs did not sell all."""
    names = [f"Buyer{n}" for n in range(buyers)]
    for name in names:
        cast.person(name)
    wrong = sold = 0
    for _run in range(runs):
        campaign = opened({"B": free, "C": None})
        got = crowd(workers, [lambda n=name, c=campaign: reserved(c, n) for name in names])
        won = sum(isinstance(one, PreOrder) for one in got)
        odd = [one for one in got if not isinstance(one, PreOrder | Refused)]
        held = campaign.variants.get(sku="B").taken
        wrong += bool(odd) or (won, held) != (free, free)
        sold += won
        if odd:
            print(f"unexpected: {odd[0]!r}")
    return {"runs": runs, "buyers": buyers, "sold": sold, "wrong": wrong + _unsound()}


# -- 50 refunds at once --------------------------------------------------------------------------
def refunds_at_once(*, count: int, workers: int) -> dict[str, int]:
    """One promise of a part, sent by all; then that many promises of everything, as by a bug."""
    order = _paid()
    part = refunds.promise(order, cause="part", amount_minor=3000, reason="t", now=timezone.now())
    assert part
    send = refunds.send_refund
    crowd(workers, [lambda: send(part, now=timezone.now())] * count)
    sent = sum(BankRefund.objects.values_list("amount_minor", flat=True))
    every = [
        RefundObligation.objects.create(
            order=order, cause=f"bug:{n}", amount_minor=10_000, currency="CNY", reason="t",
            created_at=timezone.now(),
        )
        for n in range(count)
    ]  # fmt: skip
    crowd(workers, [lambda one=one: send(one, now=timezone.now()) for one in every])
    back = sum(BankRefund.objects.values_list("amount_minor", flat=True))
    wrong = int(sent != 3000) + int(back != 10_000)
    return {"refunds": 2 * count, "part": sent, "back": back, "captured": 10_000, "wrong": wrong}


def _paid() -> PreOrder:
    order = reserved(opened(), quantity=2, auto_charge=False)
    url = payments.start_deposit(order, now=timezone.now())
    bank_decide(url.rstrip("/").rpartition("/")[2], "pay", now=timezone.now())
    return payments.look_again(order, now=timezone.now())


# -- G4: deliveries ------------------------------------------------------------------------------
def deliveries(
    database: str, peer: Peer, *, orders: int, sent: int, kills: int, seed: int, forged: int
) -> dict[str, float]:
    """Events of paid pages, each many times, shuffled, eight in parallel, to a server that dies."""
    chance, campaign = random.Random(seed), opened()
    for n in range(orders):
        pay_page(peer, reserved(campaign, f"Payer{n}"))
    events = peer.tell("take")
    bad = [{**one, "signature": "t=1,v1=0"} for one in chance.choices(events, k=forged)]
    extra = chance.choices(events, k=max(0, sent - len(events)))
    work = [(one, 200) for one in [*events, *extra]] + [(one, 400) for one in bad]
    chance.shuffle(work)
    settings = {
        "PAYMENT_PROVIDER": "stripe", "STRIPE_API_KEY": TEST_KEY, "STRIPE_API_BASE": peer.base,
        "STRIPE_WEBHOOK_SECRET": SECRET, "EMBEDDED_WORKER": "1",
    }  # fmt: skip
    server, waited, done = Server(database, more=settings), list[float](), threading.Event()
    try:
        nemesis = threading.Thread(target=_kill, args=[server, kills, chance, done])
        nemesis.start()
        answers = crowd(8, [lambda w=w: _deliver(server.port, *w, waited) for w in work])
        done.set()
        nemesis.join()
        _until_worked_on()
    finally:
        done.set()
        server.kill()
        server.kills -= 1
    waited.sort()
    wrong = sum(answer is not True for answer in answers) + _differing(orders, len(events))
    return {
        "events": len(events), "deliveries": len(work), "forged": forged, "kills": server.kills,
        "p99_ms": round(waited[int(len(waited) * 0.99)] * 1000), "wrong": wrong,
    }  # fmt: skip


def _kill(server: Server, kills: int, chance: random.Random, done: threading.Event) -> None:
    while server.kills < kills and not done.wait(chance.uniform(0.5, 2.0)):
        server.kill()
        server.start()


def _deliver(port: int, one: dict[str, str], wanted: int, waited: list[float]) -> bool:
    """As Stripe does: again until it is answered; whether the answer was the right one."""
    headers = {"Content-Type": "application/json", "Stripe-Signature": one["signature"]}
    url = f"http://127.0.0.1:{port}/webhooks/stripe/"
    for _again in range(400):
        request, began = (
            urllib.request.Request(url, one["body"].encode(), headers),
            time.monotonic(),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:  # it has just died
            time.sleep(0.1)
            continue
        waited.append(time.monotonic() - began)
        if status != 503:
            return status == wanted
    return False


def _until_worked_on(seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        waiting = InboundEvent.objects.filter(state="waiting", tries=0)
        if not waiting.exists():
            return
        time.sleep(0.2)


def _differing(orders: int, events: int) -> int:
    """What does not agree with the model: each order paid once, told once, booked once."""
    found = {
        "deposited": PreOrder.objects.filter(state="deposited").count(),
        "charges": LedgerTx.objects.filter(cause__startswith="charge:").count(),
        "steps": StateLog.objects.filter(event="deposit_paid").count(),
        "mails": Outbox.objects.filter(key__endswith=":deposit-paid").count(),
    }
    rows = InboundEvent.objects.values_list("event_id", flat=True)
    twice = sum(n > 1 for n in Counter(rows).values())
    if twice or len(rows) != events or set(found.values()) != {orders}:
        print(json.dumps({**found, "orders": orders, "rows": len(rows), "events": events}))
    odd = sum(abs(value - orders) for value in found.values())
    return odd + twice + abs(len(rows) - events)


def _unsound() -> int:
    found = list(audit.findings(but=("nothing_is_stuck",)))
    print("\n".join(found), end="")
    return len(found)
