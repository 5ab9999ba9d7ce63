"""Checkout Sessions: the hosted page, opened, paid, left or ended."""

import secrets
from typing import Any

from tests.stripe_peer import payments
from tests.stripe_peer.books import DAY, Books, Object
from tests.stripe_peer.errors import bad_parameter, invalid, missing

SHORTEST = 30 * 60
ONCE_ONLY = {"alipay", "wechat_pay"}
# Real addresses carry several hundred characters behind the #; whoever stores them needs room.
FRAGMENT = 600


def create_session(books: Books, params: Object) -> Object:
    """Open a page for one payment."""
    if params.get("mode") != "payment" or not params.get("line_items"):
        raise bad_parameter("Only mode=payment with line_items is built here", "mode", "")
    if not params.get("success_url", "").startswith(("http://", "https://")):
        raise bad_parameter("Not a valid URL", "success_url", "url_invalid")
    if customer := params.get("customer"):
        books.get("customer", customer)
    total, currency = _total(params["line_items"])
    expires = int(params.get("expires_at", books.now() + DAY))
    if not SHORTEST <= expires - books.now() <= DAY:
        raise bad_parameter("expires_at: 30 minutes to 24 hours from now", "expires_at", "")
    methods = _methods(params)
    mode = "live" if books.live else "test"
    ref = f"cs_{mode}_{secrets.token_hex(29)}"
    session = books.add(
        "checkout.session", "cs", ref=ref, mode="payment", status="open", payment_status="unpaid",
        amount_total=total, amount_subtotal=total, currency=currency, customer=customer,
        metadata=params.get("metadata", {}), payment_intent=None, expires_at=expires,
        success_url=params["success_url"], cancel_url=params.get("cancel_url"),
        payment_method_types=methods, client_reference_id=params.get("client_reference_id"),
        adaptive_pricing=params.get("adaptive_pricing"),
        url=f"{books.world.base}/c/pay/{ref}#{secrets.token_hex(FRAGMENT // 2)}",
    )  # fmt: skip
    books.private[ref] = params
    return session


def _total(items: list[Object]) -> tuple[int, str]:
    money = set()
    total = 0
    for item in items:
        price = item.get("price_data") or {}
        if "product_data" not in price or "unit_amount" not in price:
            raise bad_parameter("price_data needs unit_amount and product_data", "line_items", "")
        total += int(price["unit_amount"]) * int(item.get("quantity", 1))
        money.add(price["currency"])
    if len(money) != 1:
        raise bad_parameter("One currency per session", "line_items", "")
    return payments.check_money(str(total), money.pop(), "line_items")


def _methods(params: Object) -> list[str]:
    methods = payments.offered(params.get("allowed_payment_method_types", ["card", "link"]))
    if ONCE_ONLY & set(methods) and "setup_future_usage" in params.get("payment_intent_data", {}):
        raise bad_parameter("Not with setup_future_usage", "payment_intent_data", "")
    return methods


def current(books: Books, ref: str) -> Object:
    """A session as the clock has it: one that nobody paid in time is ended."""
    session = books.get("checkout.session", ref)
    if session["status"] == "open" and session["expires_at"] <= books.now():
        _end(books, session)
    return session


def expire_session(books: Books, params: Object, ref: str) -> Object:
    """End an open page."""
    session = current(books, ref)
    if session["status"] != "open":
        raise invalid(f"Only an open Checkout Session can be expired, not {session['status']}.")
    return _end(books, session)


def _end(books: Books, session: Object) -> Object:
    session |= {"status": "expired", "url": None}
    if session["payment_intent"]:
        intent = books.objects[session["payment_intent"]]
        payments.end_intent(books, intent, "automatic")
    books.tell("checkout.session.expired", session)
    return session


# -- What the customer does ------------------------------------------------------------------
def pay(books: Books, ref: str, card: str, kind: str = "card", *, slowly: bool = False) -> Object:
    """The customer enters a card, or chooses another of the offered methods.

    `slowly` is a method whose money arrives, or not, some time after the page.
    """
    session = current(books, ref)
    if session["status"] != "open":
        raise invalid("This page is over.")
    if kind not in session["payment_method_types"]:
        raise missing("payment method on this page", kind)
    given = books.private[ref]
    chosen = payments.card_of(card)
    intent = _intent(books, session, given)
    method = payments.new_method(books, chosen, None, kind)
    intent["payment_method"] = method["id"]
    if chosen.asks:
        payments.ask_holder(books, intent, session["success_url"])
        return session
    if slowly:
        intent["status"] = "processing"
        session |= {"status": "complete", "url": None}
        books.tell("payment_intent.processing", intent)
        books.tell("checkout.session.completed", session)
        return session
    payments.charge(books, intent)
    return _paid(books, session)


def confirm(books: Books, ref: str, agrees: bool) -> Object:
    """The holder of the card answers their bank."""
    session = current(books, ref)
    payments.answer_holder(books, session["payment_intent"], agrees)
    return _paid(books, session)


def _intent(books: Books, session: Object, given: Object) -> Object:
    if session["payment_intent"]:
        return books.objects[session["payment_intent"]]
    data = given.get("payment_intent_data", {})
    intent = payments.new_intent(
        books, session["amount_total"], session["currency"], session["customer"],
        data.get("metadata", {}), payment_method_types=session["payment_method_types"],
        capture_method=data.get("capture_method", "automatic_async"),
        setup_future_usage=data.get("setup_future_usage"),
    )  # fmt: skip
    session["payment_intent"] = intent["id"]
    return intent


def _paid(books: Books, session: Object, kind: str = "checkout.session.completed") -> Object:
    intent = books.objects[session["payment_intent"]]
    method = books.objects[intent["payment_method"]]
    if method["type"] == "card" and _is_saved(books.private[session["id"]]):
        method["customer"] = session["customer"]
        books.consented.add(method["id"])
    session |= {"status": "complete", "payment_status": "paid", "url": None}
    books.tell(kind, session)
    return session


def _is_saved(given: Object) -> bool:
    options: Any = given.get("payment_method_options", {}).get("card", {})
    either = (options, given.get("payment_intent_data", {}))
    return any(one.get("setup_future_usage") == "off_session" for one in either)


def settle(books: Books, ref: str, arrives: bool) -> Object:
    """A slow method's money arrives after all, or never."""
    session = books.get("checkout.session", ref)
    intent = books.objects[session["payment_intent"]]
    if arrives:
        payments.charge(books, intent)
        return _paid(books, session, "checkout.session.async_payment_succeeded")
    intent["status"] = "requires_payment_method"
    books.tell("payment_intent.payment_failed", intent)
    books.tell("checkout.session.async_payment_failed", session)
    return session
