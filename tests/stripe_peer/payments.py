"""Customers, saved cards, payment intents and their charges."""

import secrets
from typing import Any

from tests.stripe_peer.books import Books, Object
from tests.stripe_peer.cards import BY_TOKEN, CARDS, Card
from tests.stripe_peer.errors import Refusal, bad_parameter, invalid

CURRENCIES = frozenset(
    ["aud", "cad", "chf", "cny", "dkk", "eur", "gbp", "hkd", "jpy", "krw", "nok", "nzd", "sek"]
    + ["sgd", "usd"]
)
SMALLEST = {"gbp": 30, "hkd": 400, "cny": 400, "dkk": 250, "sek": 300, "nok": 300, "krw": 500}
LARGEST = 99_999_999
AVAILABLE = ("card", "link", "alipay", "wechat_pay")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
FEE_BP, FEE_FIXED = 290, 30


def create_customer(books: Books, params: Object) -> Object:
    """A payer."""
    return books.add(
        "customer", "cus", email=params.get("email"), name=params.get("name"),
        metadata=params.get("metadata", {}), description=params.get("description"),
    )  # fmt: skip


def check_money(amount: str, currency: str, name: str = "amount") -> tuple[int, str]:
    """The amount and currency, or why they cannot be charged."""
    if currency not in CURRENCIES:
        raise bad_parameter(f"Invalid currency: {currency}", "currency", "parameter_invalid")
    minor = int(amount)
    if minor < SMALLEST.get(currency, 50):
        raise bad_parameter("Amount must be at least 50 cents", name, "amount_too_small")
    if minor > LARGEST:
        raise bad_parameter("Amount must be no more than 99,999,999", name, "amount_too_large")
    return minor, currency


def create_intent(books: Books, params: Object) -> Object:
    """An intent; it moves money only when it is confirmed."""
    amount, currency = check_money(params["amount"], params["currency"])
    if customer := params.get("customer"):
        books.get("customer", customer)
    if params.get("off_session") == "true" and params.get("confirm") != "true":
        raise bad_parameter("off_session needs confirm=true", "off_session", "parameter_invalid")
    allowed = params.get("allowed_payment_method_types", list(AVAILABLE))
    intent = new_intent(
        books, amount, currency, customer, params.get("metadata", {}),
        allowed_payment_method_types=allowed, payment_method_types=offered(allowed),
        capture_method=params.get("capture_method", "automatic_async"),
        setup_future_usage=params.get("setup_future_usage"),
    )  # fmt: skip
    intent["payment_method"] = params.get("payment_method")
    chosen = params.get("automatic_payment_methods", {})
    redirects = chosen.get("allow_redirects", "always")
    intent["automatic_payment_methods"] = {"enabled": True, "allow_redirects": redirects}
    if params.get("confirm") == "true":
        return confirm_intent(books, params, intent["id"])
    return intent


def offered(allowed: list[str]) -> list[str]:
    """What of the allowed ways to pay this account has switched on."""
    found = [kind for kind in AVAILABLE if kind in allowed]
    if not found:
        name = "allowed_payment_method_types"
        raise bad_parameter("No payment method is left for this payment.", name, "")
    return found


def new_intent(
    books: Books, amount: int, currency: str, customer: str | None, metadata: Object, **more: Any
) -> Object:
    """The row of an intent."""
    intent = books.add(
        "payment_intent", "pi", amount=amount, amount_received=0, amount_capturable=0,
        currency=currency, customer=customer, metadata=dict(metadata), payment_method=None,
        status="requires_payment_method", last_payment_error=None, latest_charge=None,
        next_action=None, canceled_at=None, cancellation_reason=None,
        automatic_payment_methods=None, confirmation_method="automatic", **more,
    )  # fmt: skip
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(8)}"
    books.tell("payment_intent.created", intent)
    return intent


def confirm_intent(books: Books, params: Object, ref: str) -> Object:
    """Move the money, ask the holder, or say no."""
    intent = books.get("payment_intent", ref)
    if intent["status"] not in CONFIRMABLE:
        raise unexpected(intent, f"This PaymentIntent's status is {intent['status']}.")
    redirects = (intent["automatic_payment_methods"] or {}).get("allow_redirects")
    if redirects == "always" and not params.get("return_url"):
        raise invalid("You must provide a `return_url`.", param="return_url")
    method = _method(books, params.get("payment_method") or intent["payment_method"], intent)
    intent["payment_method"] = method["id"]
    is_alone = params.get("off_session") in ("true", "recurring", "one_off")
    card = books.cards[method["id"]]
    wants_holder = card.asks == "always" or (
        card.asks == "once" and method["id"] not in books.consented
    )
    if wants_holder and is_alone:
        raise refuse(books, intent, "authentication_required", "authentication_required")
    if wants_holder:
        return ask_holder(books, intent, params.get("return_url"))
    return charge(books, intent)


def _method(books: Books, ref: str | None, intent: Object) -> Object:
    if not ref:
        raise invalid("A payment method is required to confirm.", param="payment_method")
    if ref in BY_TOKEN:
        return new_method(books, BY_TOKEN[ref], None)
    method = books.get("payment_method", ref)
    if method["customer"] != intent["customer"]:
        raise invalid("The PaymentMethod belongs to another customer.", param="payment_method")
    return method


def new_method(books: Books, card: Card, customer: str | None, kind: str = "card") -> Object:
    """A way to pay; with a customer it is saved for later."""
    shown = {"brand": "visa", "last4": card.number[-4:], "exp_month": 12, "exp_year": 2040}
    method = books.add(
        "payment_method", "pm", type=kind, customer=customer, metadata={},
        **({"card": shown} if kind == "card" else {kind: {}}),
    )  # fmt: skip
    books.cards[method["id"]] = card
    return method


def ask_holder(books: Books, intent: Object, return_url: str | None) -> Object:
    """The bank wants to see the holder on a page of its own."""
    intent["status"] = "requires_action"
    url = f"{books.world.base}/3ds/{intent['id']}"
    intent["next_action"] = (
        {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
        if return_url
        else {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    )
    books.tell("payment_intent.requires_action", intent)
    return intent


def charge(books: Books, intent: Object) -> Object:
    """The bank says yes, or no."""
    method = books.objects[intent["payment_method"]]
    card = books.cards[method["id"]]
    is_first = method["customer"] is None
    if card.refusal and not (card.only_later and is_first):
        raise refuse(books, intent, card.code, card.refusal)
    row = _charge(books, intent, "succeeded")
    row["balance_transaction"] = move(
        books, "charge" if method["type"] == "card" else "payment", row, row["amount"]
    )["id"]
    intent |= {
        "status": "succeeded", "latest_charge": row["id"], "next_action": None,
        "last_payment_error": None, "amount_received": row["amount"],
    }  # fmt: skip
    books.tell("charge.succeeded", row)
    books.tell("payment_intent.succeeded", intent)
    return intent


def _charge(books: Books, intent: Object, status: str) -> Object:
    return books.add(
        "charge", "ch", amount=intent["amount"], amount_refunded=0, captured=True,
        amount_captured=intent["amount"] if status == "succeeded" else 0,
        currency=intent["currency"], customer=intent["customer"], payment_intent=intent["id"],
        payment_method=intent["payment_method"], metadata=dict(intent["metadata"]),
        paid=status == "succeeded", refunded=False, disputed=False, status=status,
        balance_transaction=None, failure_code=None,
    )  # fmt: skip


def move(books: Books, kind: str, source: Object, amount: int, *, free: bool = False) -> Object:
    """A line of the account's statement; charges carry a fee."""
    fee = 0 if free else amount * FEE_BP // 10_000 + FEE_FIXED
    return books.add(
        "balance_transaction", "txn", type=kind, source=source["id"], amount=amount, fee=fee,
        net=amount - fee, currency=source["currency"], status="pending",
        available_on=books.now(), exchange_rate=None,
    )  # fmt: skip


def refuse(books: Books, intent: Object, code: str, decline: str) -> Refusal:
    """The bank says no: written on the intent, which may be tried again."""
    row = _charge(books, intent, "failed")
    row["failure_code"] = code
    error = {
        "type": "card_error", "code": code, "decline_code": decline,
        "message": "Your card was declined.", "charge": row["id"],
    }  # fmt: skip
    if decline in ("lost_card", "stolen_card"):
        error["advice_code"] = "do_not_try_again"
    method = books.objects[intent["payment_method"]]
    intent |= {
        "status": "requires_payment_method", "latest_charge": row["id"], "next_action": None,
        "payment_method": None, "last_payment_error": {**error, "payment_method": method},
    }  # fmt: skip
    books.tell("charge.failed", row)
    books.tell("payment_intent.payment_failed", intent)
    return Refusal(
        402, "card_error", error["message"], code=code, decline_code=decline, charge=row["id"],
        advice_code=error.get("advice_code", ""), payment_intent=dict(intent),
    )  # fmt: skip


def answer_holder(books: Books, ref: str, agrees: bool) -> Object:
    """The holder confirms or refuses on the bank's page."""
    intent = books.get("payment_intent", ref)
    if intent["status"] != "requires_action":
        return intent
    if agrees:
        books.consented.add(intent["payment_method"])
        return charge(books, intent)
    raise refuse(books, intent, "payment_intent_authentication_failure", "")


def cancel_intent(books: Books, params: Object, ref: str) -> Object:
    """End an intent for good."""
    intent = books.get("payment_intent", ref)
    sessions = [s for s in books.of("checkout.session") if s["payment_intent"] == ref]
    if intent["status"] not in CONFIRMABLE or any(s["status"] == "open" for s in sessions):
        raise unexpected(intent, f"You cannot cancel this PaymentIntent: {intent['status']}.")
    return end_intent(books, intent, params.get("cancellation_reason"))


def end_intent(books: Books, intent: Object, reason: str | None) -> Object:
    """The intent is dead from now on."""
    intent |= {
        "status": "canceled", "next_action": None, "canceled_at": books.now(),
        "cancellation_reason": reason,
    }  # fmt: skip
    books.tell("payment_intent.canceled", intent)
    return intent


def unexpected(intent: Object, message: str) -> Refusal:
    """The intent is not in a state for that."""
    return invalid(message, code="payment_intent_unexpected_state", payment_intent=dict(intent))


def card_of(number: str) -> Card:
    """The test card of that number."""
    if number not in CARDS:
        raise invalid(f"Your card number is incorrect: {number}", code="incorrect_number")
    return CARDS[number]
