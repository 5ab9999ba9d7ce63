"""The two pages a browser meets: where a card is entered, and where its holder's bank asks."""

import contextlib
from html import escape
from urllib.parse import parse_qs

from tests.stripe_peer import checkout, payments
from tests.stripe_peer.books import Books, Object, World
from tests.stripe_peer.errors import Refusal


def page(world: World, path: str) -> tuple[int, str]:
    """A page with one button for each thing the customer can do."""
    ref = path.rpartition("/")[2]
    books = _owner(world, ref)
    if books is None:
        return 404, "<h1>No such page</h1>"
    row = books.objects[ref]
    asks = path.startswith("/3ds/") or _intent(books, row).get("status") == "requires_action"
    buttons = ["confirm", "refuse"] if asks else ["pay", "decline", "authenticate", "leave"]
    amount = f"{row.get('amount_total', row.get('amount'))} {row['currency']}"
    forms = "".join(f'<button name="do" value="{name}">{name}</button>' for name in buttons)
    return 200, f"<h1>Stripe's peer</h1><p>{escape(amount)}</p><form method=post>{forms}</form>"


CARDS = {"pay": "4242424242424242", "decline": "4000000000000002"}
ASKS = "4000002760003184"


def press(world: World, path: str, text: str) -> str:
    """What was pressed is done; the address to go to next."""
    ref, do = path.rpartition("/")[2], parse_qs(text)["do"][0]
    books = _owner(world, ref)
    assert books is not None
    row = books.objects[ref]
    if do == "leave":
        return row["cancel_url"]
    if ref.startswith("pi_"):
        return _press_bank(books, row, do == "confirm")
    try:
        if do in ("confirm", "refuse"):
            checkout.confirm(books, ref, do == "confirm")
        else:
            checkout.pay(books, ref, CARDS.get(do, ASKS))
    except Refusal:
        return path
    return row["success_url"] if row["status"] == "complete" else path


def _press_bank(books: Books, intent: Object, agrees: bool) -> str:
    back = intent["next_action"]["redirect_to_url"]["return_url"]
    with contextlib.suppress(Refusal):  # the shop sees for itself when the customer is back
        payments.answer_holder(books, intent["id"], agrees)
    return back


def _intent(books: Books, row: Object) -> Object:
    return books.objects.get(row.get("payment_intent") or "", {})


def _owner(world: World, ref: str) -> Books | None:
    return next((books for books in world.sets.values() if ref in books.objects), None)
