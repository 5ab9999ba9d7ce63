"""After the money: what the factory gets, what fans hear, what is sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProductionSheet(models.Model):
    """A frozen, numbered count of units per variant, equal to the orders when it was made.

    `rows` is a list of `{"sku", "label", "options", "units"}`; `orders` a list of
    `{"number", "sku", "units"}`.
    """

    campaign = models.ForeignKey(
        "presale.Campaign", on_delete=models.PROTECT, related_name="sheets"
    )
    number = models.PositiveSmallIntegerField()
    rows = models.JSONField()
    orders = models.JSONField()
    units = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="sheet_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} sheet {self.number}"


class ProductionUpdate(models.Model):
    """News from production, with photos."""

    class Stage(models.TextChoices):
        PREPARING = "preparing", _("Preparing")
        MATERIAL = "material", _("Material")
        MAKING = "making", _("Making")
        CHECKING = "checking", _("Checking")
        PACKING = "packing", _("Packing")

    campaign = models.ForeignKey(
        "presale.Campaign", on_delete=models.PROTECT, related_name="updates"
    )
    stage = models.CharField(max_length=10, choices=Stage.choices)
    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("what happened"), max_length=4000)
    author = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(unique=True)
    posted_at = models.DateTimeField()
    # Buyers are mailed in batches, by the key of their order; how far that is.
    told_up_to = models.PositiveBigIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True, help_text=_("when all had been mailed"))

    class Meta:
        indexes = [
            models.Index(
                fields=["campaign"], condition=Q(told_at=None), name="update_still_to_tell"
            )
        ]

    def __str__(self) -> str:
        return self.title


class UpdatePicture(models.Model):
    """A photo in an update."""

    update = models.ForeignKey(ProductionUpdate, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("designs.Picture", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    alt = models.CharField(_("alt text"), max_length=250)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=~Q(alt=""), name="update_picture_has_alt_text")
        ]

    def __str__(self) -> str:
        return self.alt


class Shipment(models.Model):
    """A parcel on its way to the person who ordered."""

    order = models.OneToOneField(
        "presale.PreOrder", on_delete=models.PROTECT, related_name="shipment"
    )
    carrier = models.CharField(_("carrier"), max_length=60)
    tracking = models.CharField(_("tracking number"), max_length=80)
    shipped_at = models.DateTimeField()
    shipped_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking}"
