"""The books: postings with a cause, and balances read from them. Debit is positive."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from presale.models import LedgerEntry, LedgerTx

if TYPE_CHECKING:
    from presale.models import Attempt, Campaign, Dispute, PreOrder

# What banks hold while they decide about disputes.
CLAIMS = "asset:receivable:dispute"
# Our account at a bank: where payouts arrive and refunds by hand leave.
BANK = "asset:bank"
Entry = tuple[str, int]  # account, amount in minor units


class OtherPosting(Exception):
    """The cause is already in the books with other entries."""


def post(cause: str, at: dt.datetime, currency: str, entries: Sequence[Entry]) -> LedgerTx:
    """Write one balanced posting. The same cause with the same entries again writes nothing.

    Call it in the transaction of the fact. The database refuses entries that do not sum to zero.
    """
    wanted = sorted((account, amount, currency) for account, amount in entries if amount)
    with transaction.atomic():
        tx, is_new = LedgerTx.objects.get_or_create(cause=cause, defaults={"at": at})
        if not is_new:
            found = sorted(tx.entries.values_list("account", "amount_minor", "currency"))
            if found != wanted:
                raise OtherPosting(cause)
            return tx
        LedgerEntry.objects.bulk_create(
            LedgerEntry(tx=tx, account=account, amount_minor=amount, currency=code)
            for account, amount, code in wanted
        )
        LedgerTx.objects.filter(pk=tx.pk).update(is_sealed=True)
    tx.is_sealed = True
    return tx


def is_posted(cause: str) -> bool:
    """Whether that fact is in the books."""
    return LedgerTx.objects.filter(cause=cause).exists()


def posted(causes: Iterable[str]) -> set[str]:
    """Which of those facts are in the books."""
    rest, found = list(causes), set[str]()
    while rest:
        part, rest = rest[:500], rest[500:]
        rows = LedgerTx.objects.filter(cause__in=part)
        found |= set(rows.values_list("cause", flat=True))
    return found


def balance(account: str, currency: str) -> int:
    """The sum of an account, in minor units; a liability we owe is negative."""
    rows = LedgerEntry.objects.filter(account=account, currency=currency)
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def balances(accounts: Sequence[str]) -> dict[tuple[str, str], int]:
    """The sums of many accounts at once, by account and currency; none where nothing moved."""
    rows = LedgerEntry.objects.filter(account__in=accounts).values_list("account", "currency")
    return {
        (account, currency): total
        for account, currency, total in rows.annotate(total=Sum("amount_minor"))
    }


def moved(accounts: Sequence[str], kind: str) -> dict[str, int]:
    """What the postings of a kind (`refund-by-hand`) moved on each of those accounts."""
    rows = LedgerEntry.objects.filter(account__in=accounts, tx__cause__startswith=f"{kind}:")
    return dict(rows.values_list("account").annotate(total=Sum("amount_minor")))


def amount_in(cause: str, account: str) -> int:
    """What one posting moved on an account; 0 when it is not in the books."""
    rows = LedgerEntry.objects.filter(tx__cause=cause, account=account)
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


# -- Accounts -------------------------------------------------------------------------------
def provider_account(attempt: "Attempt") -> str:
    """The money we have at the provider."""
    return f"asset:provider:{attempt.provider}:{attempt.provider_account}"


def compensation_of(order: "PreOrder") -> str:
    """Earnest money the brand owes once more."""
    return f"liab:compensation:{order.pk}"


def held_for(order: "PreOrder") -> str:
    """The customer's money we hold for an order."""
    return f"liab:order:{order.pk}"


def promised_to(order: "PreOrder") -> str:
    """Refunds promised for an order and not sent yet."""
    return f"liab:refund:{order.pk}"


# -- Postings -------------------------------------------------------------------------------
def post_charge(attempt: "Attempt", order: "PreOrder", fee_minor: int, at: dt.datetime) -> None:
    """Money came in for an order; the provider kept its fee."""
    cash = provider_account(attempt)
    amount = attempt.amount_minor
    cause = f"charge:{attempt.charge_ref}"
    post(cause, at, attempt.currency, [(cash, amount), (held_for(order), -amount)])
    if fee_minor:
        post_fee(attempt, fee_minor, at)


def post_fee(attempt: "Attempt", fee_minor: int, at: dt.datetime) -> None:
    """The provider kept its fee of a payment."""
    entries = [("exp:provider_fee", fee_minor), (provider_account(attempt), -fee_minor)]
    post(f"fee:{attempt.charge_ref}", at, attempt.currency, entries)


def post_unmatched(
    attempt: "Attempt", charge_ref: str, amount: int, currency: str, at: dt.datetime
) -> None:
    """Money came in that fits no open obligation: it is kept apart for the operator."""
    entries = [(provider_account(attempt), amount), ("suspense:unmatched", -amount)]
    post(f"unmatched:{charge_ref}", at, currency, entries)


def post_unmatched_back(
    attempt: "Attempt", ref: str, amount: int, currency: str, at: dt.datetime
) -> None:
    """Money kept apart was sent back to whoever paid it."""
    entries = [("suspense:unmatched", amount), (provider_account(attempt), -amount)]
    post(f"refund:{ref}", at, currency, entries)


def post_refund_by_hand(order: "PreOrder", pk: int, amount: int, at: dt.datetime) -> None:
    """A refund that the provider no longer makes was paid from our bank account."""
    entries = [(promised_to(order), amount), (BANK, -amount)]
    post(f"refund-by-hand:{pk}", at, order.currency, entries)


def post_payout(account: str, ref: str, amount: int, currency: str, at: dt.datetime) -> None:
    """The provider paid out to our bank account; `account` is what we have there."""
    post(f"payout:{ref}", at, currency, [(BANK, amount), (account, -amount)])


def post_writeoff(cause: str, account: str, amount: int, currency: str, at: dt.datetime) -> None:
    """Money that is lost for good: `account` is what is short of it."""
    entries = [("exp:writeoff", amount), (account, -amount)]
    post(f"writeoff:{cause}", at, currency, entries)


def post_refund_due(order: "PreOrder", cause: str, amount: int, at: dt.datetime) -> None:
    """A refund is promised."""
    entries = [(held_for(order), amount), (promised_to(order), -amount)]
    post(f"refund-due:{cause}", at, order.currency, entries)


def post_refund(
    attempt: "Attempt", order: "PreOrder", ref: str, amount: int, at: dt.datetime
) -> None:
    """A refund left the provider."""
    entries = [(promised_to(order), amount), (provider_account(attempt), -amount)]
    post(f"refund:{ref}", at, order.currency, entries)


def post_refund_failed(
    attempt: "Attempt", order: "PreOrder", ref: str, amount: int, at: dt.datetime
) -> None:
    """A refund came back; it is owed again."""
    entries = [(provider_account(attempt), amount), (promised_to(order), -amount)]
    post(f"refund-failed:{ref}", at, order.currency, entries)


def post_dispute_open(dispute: "Dispute", at: dt.datetime) -> None:
    """The bank took the money back, and the provider its fee."""
    cash, amount = provider_account(dispute.attempt), dispute.amount_minor
    entries = [(CLAIMS, amount), (cash, -amount)]
    post(f"dispute-open:{dispute.ref}", at, dispute.currency, entries)
    if dispute.fee_minor:
        entries = [("exp:dispute", dispute.fee_minor), (cash, -dispute.fee_minor)]
        post(f"dispute-fee:{dispute.ref}", at, dispute.currency, entries)


def post_dispute_won(dispute: "Dispute", at: dt.datetime) -> None:
    """The bank gave the money back to us."""
    amount = dispute.amount_minor
    entries = [(provider_account(dispute.attempt), amount), (CLAIMS, -amount)]
    post(f"dispute-won:{dispute.ref}", at, dispute.currency, entries)


def post_dispute_lost(
    dispute: "Dispute", order: "PreOrder", parts: tuple[int, int], at: dt.datetime
) -> None:
    """The buyer keeps it: `parts` were held for them and promised to them, the rest is our loss."""
    held, promised = parts
    entries = [
        (held_for(order), held),
        (promised_to(order), promised),
        ("exp:dispute", dispute.amount_minor - held - promised),
        (CLAIMS, -dispute.amount_minor),
    ]
    post(f"dispute-lost:{dispute.ref}", at, dispute.currency, entries)


def post_sale(
    order: "PreOrder", campaign: "Campaign", paid: int, tax: int, at: dt.datetime
) -> None:
    """The order was sent: what we held is now the brand's income and its tax."""
    entries = [
        (held_for(order), paid),
        (f"rev:sales:{campaign.brand_id}", tax - paid),
        (f"liab:tax:{campaign.brand_id}", -tax),
    ]
    post(f"sale:{order.pk}", at, order.currency, entries)


def post_return(
    order: "PreOrder", campaign: "Campaign", paid: int, tax: int, at: dt.datetime
) -> None:
    """The order came back: the sale is undone, the customer's money is held again."""
    entries = [
        (held_for(order), -paid),
        (f"rev:sales:{campaign.brand_id}", paid - tax),
        (f"liab:tax:{campaign.brand_id}", tax),
    ]
    post(f"return:{order.pk}", at, order.currency, entries)


def post_forfeit(order: "PreOrder", campaign: "Campaign", paid: int, at: dt.datetime) -> None:
    """The balance was not paid and the terms let the brand keep the deposit."""
    entries = [(held_for(order), paid), (f"rev:forfeit:{campaign.brand_id}", -paid)]
    post(f"forfeit:{order.pk}", at, order.currency, entries)


def post_compensation_due(
    order: "PreOrder", campaign: "Campaign", amount: int, at: dt.datetime
) -> None:
    """The brand broke its word: it owes earnest money once more, out of its own pocket."""
    entries = [(f"exp:compensation:{campaign.brand_id}", amount), (compensation_of(order), -amount)]
    post(f"compensation-due:{order.pk}", at, order.currency, entries)


def post_compensated(order: "PreOrder", campaign: "Campaign", amount: int, at: dt.datetime) -> None:
    """The brand paid what it owed, outside of the provider."""
    entries = [(compensation_of(order), amount), (f"asset:outside:{campaign.brand_id}", -amount)]
    post(f"compensated:{order.pk}", at, order.currency, entries)
