"""Delays: a later date to ship by, and what each buyer answered to it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Delay(models.Model):
    """A new date to ship by. Rows are never changed: together they are the history of slips."""

    class Silence(models.TextChoices):
        KEEP = "keep", _("the order stands")
        REFUND = "refund", _("everything paid comes back")

    campaign = models.ForeignKey(
        "presale.Campaign", on_delete=models.PROTECT, related_name="delays"
    )
    number = models.PositiveSmallIntegerField()
    old_date = models.DateField()
    new_date = models.DateField()
    reason = models.TextField(max_length=500)
    silence = models.CharField(max_length=6, choices=Silence.choices)
    stated_at = models.DateTimeField()
    is_by_brand = models.BooleanField(
        help_text=_("no: the date passed in silence, and a job named the next one")
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="delay_number_once"),
            models.CheckConstraint(
                condition=Q(new_date__gt=F("old_date")), name="delay_moves_forward"
            ),
            # Silence is consent once.
            models.CheckConstraint(
                condition=Q(number=1) | Q(silence="refund"), name="silence_is_consent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.old_date} to {self.new_date}"


class DelayAnswer(models.Model):
    """One order's answer to one delay; the row is made when its buyer is asked."""

    class State(models.TextChoices):
        ASKED = "asked", _("Not answered yet")
        KEPT = "kept", _("Keeps the order")
        SILENT = "silent", _("Kept in silence")
        LEFT = "left", _("Refunded")
        LAPSED = "lapsed", _("Sent or ended otherwise")

    delay = models.ForeignKey(Delay, on_delete=models.PROTECT, related_name="answers")
    order = models.ForeignKey(
        "presale.PreOrder", on_delete=models.PROTECT, related_name="delay_answers"
    )
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delay", "order"], name="one_answer_per_delay")
        ]
        indexes = [models.Index(fields=["state", "answer_by"])]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_state_display()}"
