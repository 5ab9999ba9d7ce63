"""Which addresses exist, what they take, and what they do."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stripe import params as known
from stripe.params import checkout as known_checkout

from tests.stripe_peer import checkout, lists, payments, refunds
from tests.stripe_peer.books import Books, Object
from tests.stripe_peer.errors import invalid
from tests.stripe_peer.params import check, decode

Handler = Callable[..., Object]


@dataclass(frozen=True)
class Route:
    """One method and address; `params` is the client's type of what it takes."""

    method: str
    path: re.Pattern[str]
    params: type
    handler: Handler


def _one(kind: str) -> Handler:
    return lambda books, given, ref: books.get(kind, ref)


def _many(kind: str, url: str) -> Handler:
    return lambda books, given: lists.listed(books, kind, given, url)


def _search(kind: str, url: str) -> Handler:
    return lambda books, given: lists.searched(books, kind, given, url)


def _sessions(books: Books, given: Object) -> Object:
    for session in books.of("checkout.session"):
        checkout.current(books, session["id"])
    return lists.listed(books, "checkout.session", given, "/v1/checkout/sessions")


def _session(books: Books, given: Object, ref: str) -> Object:
    return checkout.current(books, ref)


def _route(method: str, path: str, params: type, handler: Handler) -> Route:
    return Route(method, re.compile("/v1" + path.replace("*", r"(\w+)")), params, handler)


ROUTES = [
    _route("POST", "/customers", known.CustomerCreateParams, payments.create_customer),
    _route("GET", "/customers", known.CustomerListParams, _many("customer", "/v1/customers")),
    _route("GET", "/customers/*", known.CustomerRetrieveParams, _one("customer")),
    _route("POST", "/payment_intents", known.PaymentIntentCreateParams, payments.create_intent),
    _route(
        "GET", "/payment_intents", known.PaymentIntentListParams,
        _many("payment_intent", "/v1/payment_intents"),
    ),
    _route(
        "GET", "/payment_intents/search", known.PaymentIntentSearchParams,
        _search("payment_intent", "/v1/payment_intents/search"),
    ),
    _route(
        "GET", "/payment_intents/*", known.PaymentIntentRetrieveParams, _one("payment_intent")
    ),
    _route(
        "POST", "/payment_intents/*/confirm", known.PaymentIntentConfirmParams,
        payments.confirm_intent,
    ),
    _route(
        "POST", "/payment_intents/*/cancel", known.PaymentIntentCancelParams,
        payments.cancel_intent,
    ),
    _route(
        "POST", "/checkout/sessions", known_checkout.SessionCreateParams, checkout.create_session
    ),
    _route("GET", "/checkout/sessions", known_checkout.SessionListParams, _sessions),
    _route("GET", "/checkout/sessions/*", known_checkout.SessionRetrieveParams, _session),
    _route(
        "POST", "/checkout/sessions/*/expire", known_checkout.SessionExpireParams,
        checkout.expire_session,
    ),
    _route("POST", "/refunds", known.RefundCreateParams, refunds.create_refund),
    _route("GET", "/refunds", known.RefundListParams, _many("refund", "/v1/refunds")),
    _route("GET", "/refunds/*", known.RefundRetrieveParams, _one("refund")),
    _route("GET", "/disputes/*", known.DisputeRetrieveParams, _one("dispute")),
    _route("GET", "/charges/*", known.ChargeRetrieveParams, _one("charge")),
    _route(
        "GET", "/balance_transactions", known.BalanceTransactionListParams,
        _many("balance_transaction", "/v1/balance_transactions"),
    ),
    _route("GET", "/events", known.EventListParams, _many("event", "/v1/events")),
    _route("GET", "/events/*", known.EventRetrieveParams, _one("event")),
]  # fmt: skip


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route of an address and the references in it."""
    for route in ROUTES:
        found = route.path.fullmatch(path)
        if found and route.method == method:
            return route, found.groups()
    message = f"Unrecognized request URL ({method}: {path})."
    raise invalid(message, is_saved=False)


def answer(books: Books, method: str, path: str, text: str) -> Object:
    """Check what was given, do it, and show it with what was to be expanded."""
    route, refs = find(method, path)
    given = decode(text)
    check(given, route.params)
    wanted = given.pop("expand", [])
    return lists.expanded(books, route.handler(books, given, *refs), wanted)
