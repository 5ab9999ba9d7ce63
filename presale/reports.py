"""Orders counted and written out: by option, for the factory, for a table program.

Everything that leaves as CSV goes through `csv_text`, which disarms what a table program would
take for a formula; XLSX cells are written as text or numbers, never as formulas.
"""

import csv
import datetime as dt
import hashlib
import io
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from presale.models import Campaign, PreOrder, PreOrderLine, ProductionSheet, Variant
from presale.states import COUNTED, FULLY_PAID, UNPAID_BALANCE

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class MatrixRow:
    """Units of one row of the matrix, cell by cell; None where no such variant exists."""

    label: str
    cells: list[int | None]
    total: int


@dataclass(frozen=True)
class Matrix:
    """Units by option: the first axis across, all others down."""

    across: str
    down: str
    columns: list[str]
    rows: list[MatrixRow]
    totals: list[int]
    total: int


def units_by_variant(campaign: Campaign, states: Sequence[str] = COUNTED) -> dict[int, int]:
    """Units per variant id over the orders in those states."""
    rows = (
        PreOrderLine.objects.filter(order__campaign=campaign, order__state__in=states)
        .values("variant_id")
        .annotate(units=Sum("quantity"))
    )
    return {row["variant_id"]: row["units"] for row in rows}


def option_matrix(campaign: Campaign, states: Sequence[str] = COUNTED) -> Matrix:
    """Orders gathered by option."""
    return matrix_of(list(campaign.variants.all()), units_by_variant(campaign, states))


def matrix_of(variants: list[Variant], units: dict[int, int]) -> Matrix:
    """Lay the units of these variants out in a table."""
    axes = list(dict.fromkeys(name for variant in variants for name in variant.options))
    if not axes:
        return _one_column(variants, units)
    values = {
        axis: list(dict.fromkeys(v.options[axis] for v in variants if axis in v.options))
        for axis in axes
    }
    by_choice = {tuple(v.options.get(axis, "") for axis in axes): v for v in variants}
    columns = values[axes[0]]
    rows = []
    for rest in itertools.product(*(values[axis] for axis in axes[1:])):
        found = [by_choice.get((column, *rest)) for column in columns]
        cells = [None if v is None else units.get(v.pk, 0) for v in found]
        if any(cell is not None for cell in cells):
            label = " / ".join(rest) or _("Units")
            rows.append(MatrixRow(label, cells, sum(cell or 0 for cell in cells)))
    return _with_totals(rows, columns, across=axes[0], down=" / ".join(axes[1:]))


def _one_column(variants: list[Variant], units: dict[int, int]) -> Matrix:
    rows = [
        MatrixRow(variant.label, [units.get(variant.pk, 0)], units.get(variant.pk, 0))
        for variant in variants
    ]
    return _with_totals(rows, [_("Units")], across="", down=_("Variant"))


def _with_totals(rows: list[MatrixRow], columns: list[str], *, across: str, down: str) -> Matrix:
    totals = [sum(row.cells[n] or 0 for row in rows) for n in range(len(columns))]
    return Matrix(across, down, columns, rows, totals, sum(totals))


@dataclass(frozen=True)
class SheetCount:
    """What a production sheet made now would say; `sha256` is over every row of it."""

    rows: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    units: int
    undecided: int
    sha256: str


def count_for_production(campaign: Campaign) -> SheetCount:
    """Count the orders that are made, per variant and per order."""
    lines = (
        PreOrderLine.objects.filter(order__campaign=campaign, order__state__in=FULLY_PAID)
        .select_related("order", "variant")
        .order_by("order__number", "variant__position")
    )
    orders: list[dict[str, Any]] = [
        {"number": line.order.number, "sku": line.variant.sku, "units": line.quantity}
        for line in lines
    ]
    per_sku: Counter[str] = Counter()
    for order in orders:
        per_sku[order["sku"]] += order["units"]
    rows = [
        {
            "sku": variant.sku,
            "label": variant.label,
            "options": variant.options,
            "units": per_sku[variant.sku],
        }
        for variant in campaign.variants.all()
    ]
    text = json.dumps([rows, orders], sort_keys=True, ensure_ascii=False)
    return SheetCount(
        rows=rows,
        orders=orders,
        units=sum(row["units"] for row in rows),
        undecided=campaign.orders.filter(state__in=UNPAID_BALANCE).count(),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


@dataclass(frozen=True)
class Difference:
    """How many units of a variant one sheet asks for, and the one before it."""

    sku: str
    label: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """Units more, or fewer."""
        return self.after - self.before


def differences(before: ProductionSheet, after: ProductionSheet) -> list[Difference]:
    """The variants whose units changed from one sheet to the next."""
    old = {row["sku"]: row["units"] for row in before.rows}
    return [
        Difference(row["sku"], row["label"], old.get(row["sku"], 0), row["units"])
        for row in after.rows
        if old.get(row["sku"], 0) != row["units"]
    ]


def disarm(value: object) -> str:
    """A cell that no table program reads as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a byte-order mark (so that Chinese survives table programs), formulas disarmed.

    Whole numbers stay numbers, negative ones too; only text can hide a formula.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([disarm(cell) for cell in head])
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else disarm(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def orders_csv(campaign: Campaign, orders: Iterable[PreOrder]) -> str:
    """One line per order line, as the table on the page shows them."""
    zone = ZoneInfo(campaign.time_zone)
    head = [
        _("Order"), _("State"), _("SKU"), _("Variant"), _("Units"), pgettext("person", "Name"),
        _("E-mail"), _("Address"), _("Address, second line"), _("City"),
        _("State or province"), _("Postcode"),
        _("Country"), _("Phone"), pgettext("time", "Ordered"), _("Carrier"), _("Tracking number"),
    ]  # fmt: skip
    return csv_text(head, (row for order in orders for row in _order_rows(order, zone)))


def _order_rows(order: PreOrder, zone: ZoneInfo) -> Iterable[list[object]]:
    parcel = getattr(order, "shipment", None)
    for line in order.lines.all():
        yield [
            order.number, order.get_state_display(), line.variant.sku, line.variant.label,
            line.quantity, order.name, order.email, order.address1, order.address2, order.city,
            order.region, order.postcode, order.country, order.phone,
            order.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            parcel.carrier if parcel else "", parcel.tracking if parcel else "",
        ]  # fmt: skip


def packing_csv(orders: Iterable[PreOrder]) -> str:
    """What is printed for parcels: addresses, pieces and cards; no price and no e-mail."""
    head = [
        _("Order"), _("SKU"), _("Variant"), _("Units"), pgettext("person", "Name"), _("Address"),
        _("Address, second line"), _("City"), _("State or province"), _("Postcode"), _("Country"),
        _("Phone"), _("Travels with"), _("Gift from"), _("Card"),
    ]  # fmt: skip
    return csv_text(head, (row for order in orders for row in _packing_rows(order)))


def _packing_rows(order: PreOrder) -> Iterable[list[object]]:
    # What travels along has the card of the order whose parcel it is.
    first = order.joins or order
    gift = getattr(first, "gift", None)
    for line in order.lines.all():
        yield [
            order.number, line.variant.sku, line.variant.label, line.quantity, order.name,
            order.address1, order.address2, order.city, order.region, order.postcode,
            order.country, order.phone, order.joins.number if order.joins else "",
            gift.giver if gift else "", gift.message if gift else "",
        ]  # fmt: skip


def matrix_csv(campaign: Campaign) -> str:
    """Orders by option, exactly as the console shows them."""
    matrix = option_matrix(campaign)
    head = [matrix.down or _("Units"), *matrix.columns, _("Total")]
    rows: list[list[object]] = [
        [row.label, *["" if c is None else c for c in row.cells], row.total] for row in matrix.rows
    ]
    return csv_text(head, [*rows, [_("Total"), *matrix.totals, matrix.total]])


def sheet_csv(sheet: ProductionSheet) -> str:
    """A frozen sheet for the factory."""
    head = [_("SKU"), _("Variant"), _("Units")]
    rows: list[list[object]] = [[r["sku"], r["label"], r["units"]] for r in sheet.rows]
    return csv_text(head, [*rows, [_("Total"), "", sheet.units]])


def sheet_xlsx(sheet: ProductionSheet) -> bytes:
    """A frozen sheet as a workbook: units by variant, units by order, and what it is."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    units = book.add_worksheet(_("Units")[:31])
    units.write_row(0, 0, [_("SKU"), _("Variant"), _("Units")], bold)
    for n, row in enumerate(sheet.rows, start=1):
        units.write_string(n, 0, row["sku"])
        units.write_string(n, 1, row["label"])
        units.write_number(n, 2, row["units"])
    units.write_string(len(sheet.rows) + 1, 0, _("Total"), bold)
    units.write_number(len(sheet.rows) + 1, 2, sheet.units, bold)
    units.set_column(0, 1, 24)
    orders = book.add_worksheet(_("Orders")[:31])
    orders.write_row(0, 0, [_("Order"), _("SKU"), _("Units")], bold)
    for n, row in enumerate(sheet.orders, start=1):
        orders.write_string(n, 0, row["number"])
        orders.write_string(n, 1, row["sku"])
        orders.write_number(n, 2, row["units"])
    orders.set_column(0, 1, 24)
    about = book.add_worksheet(pgettext("sheet", "About")[:31])
    for n, (name, value) in enumerate(_about(sheet)):
        about.write_string(n, 0, name, bold)
        about.write_string(n, 1, value)
    about.set_column(0, 1, 40)
    book.close()
    return out.getvalue()


def _about(sheet: ProductionSheet) -> list[tuple[str, str]]:
    at: dt.datetime = sheet.frozen_at.astimezone(ZoneInfo(sheet.campaign.time_zone))
    return [
        (_("Campaign"), sheet.campaign.title),
        (_("Sheet"), str(sheet.number)),
        (_("Frozen"), f"{at:%Y-%m-%d %H:%M} {sheet.campaign.time_zone}"),
        ("SHA-256", sheet.sha256),
    ]
