"""Statements out of the books: a brand's accounts in words, and every entry for its accountant."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fans.models import Brand
from presale.models import Attempt, Dispute, LedgerEntry, LedgerTx, PreOrder
from presale.reports import csv_text

# What an account is called in a statement, by how its name begins; in the order they are read.
ACCOUNTS: Final[dict[str, tuple[Promise, int]]] = {
    "asset:provider:": (gettext_lazy("At the payment provider"), 1),
    "asset:bank": (gettext_lazy("At the bank"), 1),
    "asset:receivable:dispute": (gettext_lazy("Held by banks while they decide"), 1),
    "liab:order:": (gettext_lazy("Held for buyers until their parcel is sent"), -1),
    "liab:refund:": (gettext_lazy("Promised back and not sent yet"), -1),
    "rev:sales:": (gettext_lazy("Sales, without tax"), -1),
    "liab:tax:": (gettext_lazy("Tax in the sales"), -1),
    "rev:forfeit:": (gettext_lazy("Deposits kept"), -1),
    "exp:provider_fee": (gettext_lazy("Fees of the provider"), 1),
    "exp:dispute": (gettext_lazy("Lost in disputes, and their fees"), 1),
    "exp:writeoff": (gettext_lazy("Written off"), 1),
}
MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Line:
    """One kind of account; `amount_minor` is positive as people read it."""

    label: str
    amount_minor: int
    currency: str
    is_asset: bool


def month_of(text: str) -> str:
    """A month as `2026-11`, or "" for all time."""
    return text if MONTH.fullmatch(text) else ""


def months(brand: Brand) -> list[str]:
    """The months in which anything was booked, the newest first."""
    zone = ZoneInfo(brand.time_zone)
    ends = postings(brand).aggregate(first=Min("at"), last=Max("at"))
    if ends["first"] is None:
        return []
    found, day = [], ends["first"].astimezone(zone).date().replace(day=1)
    while day <= ends["last"].astimezone(zone).date():
        found.append(f"{day:%Y-%m}")
        day = (day + dt.timedelta(days=31)).replace(day=1)
    return found[::-1]


def of_brand(brand: Brand, month: str = "") -> list[Line]:
    """What moved, by kind of account. Assets and costs equal debts and income."""
    kind = Case(
        *[When(account__startswith=start, then=Value(start)) for start in ACCOUNTS],
        default=F("account"),
        output_field=CharField(),
    )
    rows = _entries(brand, month).annotate(kind=kind).values("kind", "currency")
    sums = {
        (row["kind"], row["currency"]): row["total"]
        for row in rows.order_by().annotate(total=Sum("amount_minor"))
    }
    currencies = sorted({currency for _kind, currency in sums})
    return [
        Line(str(label), sign * sums[start, currency], currency, sign > 0)
        for currency in currencies
        for start, (label, sign) in ACCOUNTS.items()
        if (start, currency) in sums
    ]


def postings(brand: Brand) -> QuerySet[LedgerTx]:
    """The postings that touch the brand's orders, payments and accounts."""
    orders = PreOrder.objects.filter(campaign__brand=brand)
    paid = Attempt.objects.filter(obligation__order__campaign__brand=brand).exclude(charge_ref=None)
    disputes = Dispute.objects.filter(attempt__obligation__order__campaign__brand=brand)
    of_orders = Q()
    for start in ("liab:order:", "liab:refund:"):
        names = orders.annotate(account_name=Concat(Value(start), Cast("pk", CharField())))
        of_orders |= Q(account__in=names.values("account_name"))
    own = Q(account__in=[f"{name}:{brand.pk}" for name in ("rev:sales", "liab:tax", "rev:forfeit")])
    touched = LedgerEntry.objects.filter(of_orders | own).values("tx_id")
    causes = Q(cause__in=_causes("fee:", paid, "charge_ref"))
    for step in ("open", "fee", "won", "lost"):
        causes |= Q(cause__in=_causes(f"dispute-{step}:", disputes, "ref"))
    return LedgerTx.objects.filter(Q(pk__in=touched) | causes, is_sealed=True)


def entries_csv(brand: Brand, month: str = "") -> str:
    """Every entry: when, what fact, which account, debit or credit, in which money."""
    zone = ZoneInfo(brand.time_zone)
    head = [_("Date"), _("Posting"), _("Account"), _("Debit"), _("Credit"), _("Currency")]
    rows = _entries(brand, month).order_by("tx__at", "tx_id", "id")
    wanted = rows.values_list("tx__at", "tx__cause", "account", "amount_minor", "currency")
    return csv_text(head, (_csv_row(row, zone) for row in wanted.iterator(chunk_size=1000)))


def _csv_row(row: tuple[Any, ...], zone: ZoneInfo) -> list[object]:
    at, cause, account, amount, currency = row
    debit, credit = (amount, "") if amount > 0 else ("", -amount)
    return [at.astimezone(zone).strftime("%Y-%m-%d %H:%M"), cause, account, debit, credit, currency]


def _entries(brand: Brand, month: str) -> QuerySet[LedgerEntry]:
    rows = LedgerEntry.objects.filter(tx__in=postings(brand))
    if not month:
        return rows
    zone = ZoneInfo(brand.time_zone)
    start = dt.datetime(int(month[:4]), int(month[5:]), 1, tzinfo=zone)
    end = (start + dt.timedelta(days=31)).replace(day=1)
    return rows.filter(tx__at__gte=start, tx__at__lt=end)


def _causes(start: str, rows: QuerySet[Any], field: str) -> Any:
    return rows.annotate(cause=Concat(Value(start), F(field), output_field=CharField())).values(
        "cause"
    )
