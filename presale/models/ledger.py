"""The books: double entry, append-only, balanced by the database itself.

Sign: debit is positive, credit negative. Triggers (see `presale.triggers`) refuse an unbalanced
seal, a change, a deletion, and an entry after the seal.
"""

from django.db import models
from django.db.models import Q


class LedgerTx(models.Model):
    """One posting. `cause` names the fact (`charge:ch_1`) and exists once."""

    cause = models.CharField(max_length=160, unique=True)
    at = models.DateTimeField()
    is_sealed = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ledger transaction"

    def __str__(self) -> str:
        return self.cause


class LedgerEntry(models.Model):
    """One line of a posting, in minor units of one currency."""

    tx = models.ForeignKey(LedgerTx, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=120, db_index=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_not_zero")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor:+d} {self.currency}"
