"""What a brand states about the rules it sells under, and what it owes when it breaks a promise."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BrandRules(models.Model):
    """The rules of one brand; campaigns freeze a copy when they are published."""

    class Preset(models.TextChoices):
        CN = "cn", _("Mainland China")
        EU = "eu", _("European Union")
        US = "us", _("United States")
        OWN = "own", _("Rules of our own")

    brand = models.OneToOneField("fans.Brand", on_delete=models.CASCADE, related_name="rules")
    preset = models.CharField(max_length=3, choices=Preset.choices)
    allows_advance = models.BooleanField(default=True)
    allows_earnest = models.BooleanField(default=True)
    earnest_max_bp = models.PositiveIntegerField(null=True, blank=True)
    earnest_double = models.BooleanField(default=False)
    silence_days = models.PositiveSmallIntegerField(default=30)
    withdrawal = models.TextField(max_length=1000, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(allows_advance=True) | Q(allows_earnest=True),
                name="rules_allow_some_deposit",
            ),
            # Silence counts as consent for at most 30 days, whatever a brand would like.
            models.CheckConstraint(
                condition=Q(silence_days__lte=30), name="silence_is_short_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand}: {self.get_preset_display()}"


class Compensation(models.Model):
    """Earnest money owed once more, because the brand called its campaign off.

    It is the brand's own money and goes outside of the payment provider, which only gives back
    what was charged.
    """

    class State(models.TextChoices):
        OWED = "owed", _("Owed by the brand")
        PAID = "paid", _("Paid by the brand")

    order = models.OneToOneField(
        "presale.PreOrder", on_delete=models.PROTECT, related_name="compensation"
    )
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=4, choices=State.choices, default=State.OWED)
    reference = models.CharField(_("how it was paid"), max_length=120, blank=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="compensation_positive")
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.amount_minor} {self.currency}"
