"""Lists with pages, filters, search, and expansion of references."""

import re
import typing
from typing import Any

import stripe

from tests.stripe_peer.books import Books, Object
from tests.stripe_peer.errors import bad_parameter, invalid

CLASSES = {
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "customer": stripe.Customer,
    "balance_transaction": stripe.BalanceTransaction,
    "checkout.session": stripe.checkout.Session,
    "payment_method": stripe.PaymentMethod,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
}
FILTERS = {"customer", "email", "payment_intent", "charge", "type", "status", "source", "currency"}
SEARCH_LAG = 60
DEEPEST = 4


def listed(books: Books, kind: str, params: Object, url: str) -> Object:
    """A page of objects, newest first."""
    rows = [row for row in books.of(kind) if _fits(row, params)]
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise bad_parameter("limit must be from 1 to 100", "limit", "parameter_invalid_integer")
    refs = [row["id"] for row in rows]
    for name in ("starting_after", "ending_before"):
        if params.get(name) and params[name] not in refs:
            raise invalid(f"No such object: '{params[name]}'", code="resource_missing", param=name)
    if after := params.get("starting_after"):
        rows = rows[refs.index(after) + 1 :]
    elif before := params.get("ending_before"):
        rows = rows[: refs.index(before)]
        return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[-limit:]}
    return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]}


def _fits(row: Object, params: Object) -> bool:
    for name in FILTERS & params.keys():
        if row.get(name) != params[name]:
            return False
    created = params.get("created", {})
    if isinstance(created, str):
        return row["created"] == int(created)
    at = row["created"]
    compare = {"gt": at.__gt__, "gte": at.__ge__, "lt": at.__lt__, "lte": at.__le__}
    return all(compare[name](int(bound)) for name, bound in created.items())


def searched(books: Books, kind: str, params: Object, url: str) -> Object:
    """Search by one metadata value; what is younger than a minute is not in the index yet."""
    query = re.fullmatch(r"""metadata\[['"](\w+)['"]\]:['"]([^'"]*)['"]""", params["query"])
    if not query:
        raise invalid("We were unable to parse your search query.", param="query")
    name, value = query.groups()
    old = books.now() - SEARCH_LAG
    rows = [r for r in books.of(kind) if r["created"] <= old and r["metadata"].get(name) == value]
    return {
        "object": "search_result",
        "url": url,
        "has_more": False,
        "next_page": None,
        "data": rows,
    }


def expandable(kind: str) -> set[str]:
    """The fields that the client's class of that object calls expandable."""
    hints = CLASSES[kind].__annotations__ if kind in CLASSES else {}
    return {name for name, hint in hints.items() if _is_ref(hint)}


def _is_ref(hint: Any) -> bool:
    parts = typing.get_args(hint)
    return str in parts and any(isinstance(part, typing.ForwardRef) for part in parts)


def expanded(books: Books, answer: Object, paths: list[str]) -> Object:
    """A copy of the answer with the references named by `paths` replaced by their objects."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise bad_parameter("You can expand at most 4 levels", "expand", "")
        if answer.get("object") in ("list", "search_result"):
            if steps[0] != "data":
                raise _cannot(path)
            rows = [_open(books, row, steps[1:], path) for row in answer["data"]]
            answer = {**answer, "data": rows}
        else:
            answer = _open(books, answer, steps, path)
    return answer


def _open(books: Books, row: Object, steps: list[str], path: str) -> Object:
    if not steps:
        return row
    if steps[0] not in expandable(row["object"]):
        raise _cannot(path)
    inner = row.get(steps[0])
    if inner is None:
        return row
    found = books.objects[inner] if isinstance(inner, str) else inner
    return {**row, steps[0]: _open(books, found, steps[1:], path)}


def _cannot(path: str) -> Exception:
    return bad_parameter(f"This property cannot be expanded ({path}).", "expand", "")
