"""Checks of the books themselves: guarded, sealed, balanced."""

from django.db.models import Sum

from core.verify import Checked
from presale import triggers
from presale.models import LedgerEntry, LedgerTx


def ledger_guarded() -> Checked:
    """The triggers that keep the books are in place."""
    findings = [f"trigger {name} is missing" for name in triggers.GUARD.missing()]
    return Checked("triggers of the ledger in place", len(triggers.GUARD.wanted()), findings)


def ledger_balanced() -> Checked:
    """I1: every posting is sealed and sums to zero per currency."""
    rows = LedgerEntry.objects.values("tx__cause", "currency").annotate(total=Sum("amount_minor"))
    uneven = rows.exclude(total=0)
    open_ones = LedgerTx.objects.filter(is_sealed=False).values_list("cause", flat=True)
    findings = [f"{row['tx__cause']} sums to {row['total']} {row['currency']}" for row in uneven]
    findings += [f"{cause} is not sealed" for cause in open_ones]
    return Checked("postings, each sealed and summing to zero", LedgerTx.objects.count(), findings)
