"""Money that came in and fits nothing we asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unmatched(models.Model):
    """A payment kept apart until the operator has sent it back."""

    class State(models.TextChoices):
        OPEN = "open", _("Kept apart")
        RETURNED = "returned", _("Sent back")

    attempt = models.ForeignKey(
        "presale.Attempt", on_delete=models.PROTECT, related_name="unmatched"
    )
    provider_account = models.CharField(max_length=80, blank=True)
    charge_ref = models.CharField(max_length=120)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    why = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    refund_ref = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unmatched payments"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_account", "charge_ref"], name="unmatched_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.charge_ref}: {self.amount_minor} {self.currency}"
