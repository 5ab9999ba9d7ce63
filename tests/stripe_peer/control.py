"""What a test does to the peer, and what a customer does on its pages: /_ctl/..."""

import threading
from collections.abc import Callable
from typing import Any

from tests.stripe_peer import checkout, events, payments, refunds
from tests.stripe_peer.books import DAY, Books, Object, World
from tests.stripe_peer.errors import Refusal, missing


def _owner(world: World, ref: str) -> Books:
    for books in world.sets.values():
        if ref in books.objects:
            return books
    raise missing("object", ref)


def _pay(world: World, wish: Object) -> Any:
    return checkout.pay(
        _owner(world, wish["ref"]), wish["ref"], wish.get("card", "4242424242424242"),
        wish.get("kind", "card"), slowly=wish.get("slowly", False),
    )  # fmt: skip


def _confirm(world: World, wish: Object) -> Any:
    books = _owner(world, wish["ref"])
    if wish["ref"].startswith("cs_"):
        return checkout.confirm(books, wish["ref"], wish.get("agrees", True))
    return payments.answer_holder(books, wish["ref"], wish.get("agrees", True))


def _settle(world: World, wish: Object) -> Any:
    books = _owner(world, wish["ref"])
    if wish["ref"].startswith("re_"):
        return refunds.settle_refund(books, wish["ref"], wish["status"])
    return checkout.settle(books, wish["ref"], wish["status"] == "succeeded")


def _dispute(world: World, wish: Object) -> Any:
    return refunds.dispute(_owner(world, wish["ref"]), wish["ref"])


def _ask(world: World, wish: Object) -> Any:
    return refunds.ask(_owner(world, wish["ref"]), wish["ref"])


def _close_dispute(world: World, wish: Object) -> Any:
    return refunds.close_dispute(_owner(world, wish["ref"]), wish["ref"], wish["status"])


def _refund(world: World, wish: Object) -> Any:
    """Somebody refunds by hand in the dashboard."""
    books = _owner(world, wish["ref"])
    return refunds.create_refund(
        books, {"charge": wish["ref"], "amount": str(wish["amount"]), "metadata": {}}
    )


def _foreign(world: World, wish: Object) -> Any:
    """Money that comes in without us: somebody else's payment on the same account."""
    books = world.books("", False)
    intent = payments.new_intent(
        books, wish["amount"], wish["currency"], None, {}, payment_method_types=["card"]
    )
    card = payments.card_of("4242424242424242")
    intent["payment_method"] = payments.new_method(books, card, None)["id"]
    return payments.charge(books, intent)


def _change(world: World, wish: Object) -> Any:
    """An object, or its line of the statement, says something else from now on."""
    row = _owner(world, wish["ref"]).objects[wish["ref"]]
    row |= wish["fields"]
    return row


def _fault(world: World, wish: Object) -> Any:
    world.faults.append(wish)
    return wish


def _mend(world: World, wish: Object) -> Any:
    """No more faults: those that were never met are forgotten."""
    world.faults.clear()
    return None


def _clock(world: World, wish: Object) -> Any:
    world.ahead += wish["seconds"]
    return world.ahead


def _expire_keys(world: World, wish: Object) -> Any:
    for books in world.sets.values():
        for key in books.keys.values():
            key.at -= DAY
    return None


def _set(world: World, wish: Object) -> Any:
    world.refunds_are = wish["refunds_are"]
    return None


def _release(world: World, wish: Object) -> Any:
    world.gate.set()
    return None


def _state(world: World, wish: Object) -> Any:
    """The truth, whatever answers were lost: all objects, and the requests that came."""
    books = world.books(wish.get("account", ""), wish.get("live", False))
    return {
        "objects": list(books.objects.values()),
        "seen": world.seen,
        "held": world.held,
        "faults": world.faults,
    }


def _reset(world: World, wish: Object) -> Any:
    world.sets.clear()
    world.waiting, world.faults, world.seen = [], [], []
    world.ahead, world.refunds_are = 0.0, "succeeded"
    world.gate, world.held = threading.Event(), 0
    return None


DO: dict[str, Callable[[World, Object], Any]] = {
    "pay": _pay, "confirm": _confirm, "settle": _settle, "dispute": _dispute,
    "ask": _ask, "close-dispute": _close_dispute,
    "refund": _refund, "foreign": _foreign, "change": _change, "fault": _fault,
    "clock": _clock, "expire-keys": _expire_keys, "set": _set, "state": _state,
    "reset": _reset, "release": _release, "mend": _mend, "take": events.take,
    "deliver": events.deliver,
}  # fmt: skip


def act(world: World, name: str, wish: Object) -> Any:
    """Do it; a bank's refusal is an answer here, not an error."""
    try:
        if name == "deliver":  # the receiver may ask us something before it answers
            return events.deliver(world, wish)
        with world.lock:
            return DO[name](world, wish)
    except Refusal as error:
        return error.body
