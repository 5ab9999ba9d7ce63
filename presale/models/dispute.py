"""A payment that its payer takes back through their bank."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Dispute(models.Model):
    """One dispute of one charge, as the provider tells it. While it is open the order is frozen."""

    class State(models.TextChoices):
        INQUIRY = "inquiry", _("Question from the bank")
        OPEN = "open", pgettext_lazy("dispute", "Open")
        WON = "won", pgettext_lazy("dispute", "Won")
        LOST = "lost", pgettext_lazy("dispute", "Lost")

    attempt = models.ForeignKey(
        "presale.Attempt", on_delete=models.PROTECT, related_name="disputes"
    )
    provider = models.CharField(max_length=12)
    provider_account = models.CharField(max_length=80, blank=True)
    ref = models.CharField(max_length=120)
    amount_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.INQUIRY)
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "answer_by"])]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_account", "ref"], name="dispute_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.ref}: {self.state}"
