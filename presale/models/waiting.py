"""People who wait for units of a variant that is sold out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.codes import public_code


class WaitingPlace(models.Model):
    """One person's place in the line for one variant; an offered place holds its units."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Units are kept for you")
        TAKEN = "taken", _("Ordered")
        MISSED = "missed", _("The offer has ended")
        LEFT = "left", _("Left the list")
        ENDED = "ended", _("The list has ended")

    code = models.CharField(max_length=32, unique=True, default=public_code)
    campaign = models.ForeignKey(
        "presale.Campaign", on_delete=models.PROTECT, related_name="waiting"
    )
    variant = models.ForeignKey("presale.Variant", on_delete=models.PROTECT, related_name="line")
    quantity = models.PositiveIntegerField()
    person = models.CharField(max_length=64, db_index=True)
    user = models.ForeignKey(
        "fans.User", null=True, blank=True, on_delete=models.PROTECT, related_name="waiting"
    )
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    passed = models.PositiveSmallIntegerField(
        default=0, help_text=_("offers made to people behind this place")
    )
    joined_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)
    order = models.OneToOneField(
        "presale.PreOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="waited"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "person"],
                condition=Q(state__in=["waiting", "offered"]),
                name="one_place_per_person_and_variant",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="place_quantity_positive"),
        ]
        indexes = [models.Index(fields=["variant", "state", "id"])]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant}: {self.state}"
