"""A pre-order and its lines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes import order_number, public_code

DISPUTE, DISPUTE_LOST = "dispute", "dispute-lost"
HOLDS = {DISPUTE: pgettext_lazy("order", "Disputed"), DISPUTE_LOST: _("Dispute lost")}


class PreOrder(models.Model):
    """One person's order in one campaign. What was paid is read from the ledger, never stored."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("Reserved, deposit not paid yet")
        EXPIRING = "expiring", _("Reservation is ending")
        EXPIRED = "expired", _("Reservation ended")
        DEPOSITED = "deposited", _("Deposit paid")
        BALANCE_DUE = "balance-due", _("Balance due")
        ACTION_NEEDED = "action-needed", _("Payment needs you")
        PAID = "paid", _("Paid in full")
        IN_PRODUCTION = "in-production", _("In production")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CLOSED = "closed", _("Closed")
        DEFAULTED = "defaulted", _("Balance not paid")
        CANCELLED = "cancelled", _("Cancelled")
        RETURNED = "returned", _("Returned")

    class IfMissed(models.TextChoices):
        REFUND = "refund", _("Everything goes back")
        WAIT = "wait", _("Wait for the brand's decision")
        MOVE = "move", _("Take another variant")

    code = models.CharField(max_length=32, unique=True, default=public_code)
    number = models.CharField(
        max_length=20, unique=True, default=order_number, help_text=_("what people read out")
    )
    campaign = models.ForeignKey(
        "presale.Campaign", on_delete=models.PROTECT, related_name="orders"
    )
    user = models.ForeignKey(
        "fans.User", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    person = models.CharField(max_length=64, db_index=True)
    from_ballot = models.ForeignKey(
        "voting.Ballot", null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.RESERVED)
    state_reason = models.TextField(blank=True)
    hold_reason = models.CharField(max_length=40, blank=True)
    reserved_until = models.DateTimeField()
    # Personal data, in named columns only.
    email = models.EmailField()
    name = models.CharField(max_length=100)
    address1 = models.CharField(max_length=120)
    address2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=10, default="en")
    # What was shown when the order was placed.
    unit_shown_minor = models.PositiveBigIntegerField()
    # In only if the unit price is at most this, one of the ladder's steps; None: at every price.
    limit_minor = models.PositiveBigIntegerField(null=True, blank=True)
    # What shall happen if the variant misses its own minimum, and what the close decided then.
    if_missed = models.CharField(max_length=6, choices=IfMissed.choices, default=IfMissed.REFUND)
    other_variant = models.ForeignKey(
        "presale.Variant", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    missed = models.CharField(max_length=6, choices=IfMissed.choices, blank=True)
    shipping_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    terms_hash = models.CharField(max_length=64)
    consent_text = models.TextField()
    consent_at = models.DateTimeField()
    auto_charge = models.BooleanField(
        default=False, help_text=_("agreed that the balance is charged to the saved card")
    )
    customer_ref = models.CharField(max_length=120, blank=True)
    told_extensions = models.PositiveSmallIntegerField(default=0)
    accepted_extensions = models.PositiveSmallIntegerField(default=0)
    # The lock that the last notice was about; a lock that is moved is told again.
    told_close_at = models.DateTimeField(null=True, blank=True)
    told_address_at = models.DateTimeField(null=True, blank=True)
    joins = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="joined",
        help_text=_("the order in whose parcel this one travels"),
    )  # fmt: skip
    final_unit_minor = models.PositiveBigIntegerField(null=True, blank=True)
    form_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "state"]),
            models.Index(fields=["state", "reserved_until"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def hold_words(self) -> str:
        """Why the order is on hold, for people; "" when it is not."""
        return str(HOLDS.get(self.hold_reason, self.hold_reason))

    def is_in_at(self, unit_minor: int) -> bool:
        """Whether the order holds at that price of a unit."""
        return self.limit_minor is None or unit_minor <= self.limit_minor


class PreOrderLine(models.Model):
    """A quantity of one variant in an order."""

    order = models.ForeignKey(PreOrder, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("presale.Variant", on_delete=models.PROTECT, related_name="lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "variant"], name="one_line_per_variant"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant}"
