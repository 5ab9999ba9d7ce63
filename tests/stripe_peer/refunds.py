"""Money on its way back, and disputes."""

from tests.stripe_peer.books import DAY, Books, Object
from tests.stripe_peer.errors import bad_parameter, invalid
from tests.stripe_peer.payments import move

DISPUTE_FEE = 2000


def create_refund(books: Books, params: Object) -> Object:
    """Send back what is left of a charge at most."""
    row = _charge(books, params)
    if any(one["charge"] == row["id"] and one["status"] != "won" for one in books.of("dispute")):
        raise invalid("Charge has been charged back.", code="charge_disputed")
    left = row["amount"] - row["amount_refunded"]
    amount = int(params.get("amount", left))
    if amount <= 0:
        raise bad_parameter("Invalid positive integer", "amount", "parameter_invalid_integer")
    if not left:
        raise invalid("Charge has already been refunded.", code="charge_already_refunded")
    if amount > left:
        raise invalid("Refund amount is greater than unrefunded amount on charge", param="amount")
    refund = books.add(
        "refund", "re", amount=amount, charge=row["id"], currency=row["currency"],
        payment_intent=row["payment_intent"], metadata=params.get("metadata", {}),
        reason=params.get("reason"), status=books.world.refunds_are, balance_transaction=None,
    )  # fmt: skip
    row["amount_refunded"] += amount
    row["refunded"] = row["amount_refunded"] == row["amount"]
    refund["balance_transaction"] = move(books, "refund", refund, -amount, free=True)["id"]
    books.tell("charge.refunded", row)
    books.tell("refund.created", refund)
    return refund


def _charge(books: Books, params: Object) -> Object:
    if ref := params.get("charge"):
        return books.get("charge", ref)
    if not params.get("payment_intent"):
        raise bad_parameter("Give a charge or a payment_intent", "charge", "parameter_missing")
    intent = books.get("payment_intent", params["payment_intent"])
    return books.get("charge", intent["latest_charge"])


def settle_refund(books: Books, ref: str, status: str) -> Object:
    """A refund arrives, or comes back to the account."""
    refund = books.get("refund", ref)
    if refund["status"] == status:
        return refund
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
        row = books.objects[refund["charge"]]
        row["amount_refunded"] -= refund["amount"]
        row["refunded"] = False
        back = move(books, "refund_failure", refund, refund["amount"], free=True)
        refund["failure_balance_transaction"] = back["id"]
        books.tell("refund.failed", refund)
    books.tell("refund.updated", refund)
    return refund


def dispute(books: Books, ref: str) -> Object:
    """The holder asks their bank for the money; it is taken from the account at once."""
    row = books.get("charge", ref)
    row["disputed"] = True
    left = row["amount"] - row["amount_refunded"]
    made = books.add(
        "dispute", "dp", amount=left, charge=ref, currency=row["currency"],
        payment_intent=row["payment_intent"], reason="fraudulent", status="needs_response",
        metadata={}, balance_transactions=[],
        evidence_details={"due_by": books.now() + 10 * DAY, "has_evidence": False},
    )  # fmt: skip
    line = move(books, "adjustment", made, -left, free=True)
    line |= {"fee": DISPUTE_FEE, "net": -left - DISPUTE_FEE}
    made["balance_transactions"] = [line]
    books.tell("charge.dispute.created", made)
    return made


def ask(books: Books, ref: str) -> Object:
    """The holder's bank only asks; no money is taken."""
    row = books.get("charge", ref)
    made = books.add(
        "dispute", "dp", amount=row["amount"], charge=ref, currency=row["currency"],
        payment_intent=row["payment_intent"], reason="general",
        status="warning_needs_response", metadata={}, balance_transactions=[],
        evidence_details={"due_by": books.now() + 10 * DAY, "has_evidence": False},
    )  # fmt: skip
    books.tell("charge.dispute.created", made)
    return made


def close_dispute(books: Books, ref: str, status: str) -> Object:
    """The bank has decided; what was taken comes back when we win."""
    made = books.get("dispute", ref)
    if status == "won" and made["balance_transactions"]:
        back = move(books, "adjustment", made, made["amount"], free=True)
        made["balance_transactions"] = [*made["balance_transactions"], back]
        books.tell("charge.dispute.funds_reinstated", made)
    made["status"] = status
    books.tell("charge.dispute.closed", made)
    return made
