"""A campaign: the pre-sale of one winning revision, its price ladder and its variants."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import StateLog
from core.money import CURRENCY_CHOICES


class Campaign(models.Model):
    """The pre-sale of one revision. Terms are frozen when it is published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        OPEN = "open", pgettext_lazy("state", "Deposits open")
        CLOSING = "closing", _("Counting")
        BALANCE = "balance", _("Balance due")
        DECISION = "decision", _("Waiting for the brand's decision")
        PRODUCTION = "production", _("In production")
        SHIPPING = "shipping", _("Shipping")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Minimum missed")
        CANCELLED = "cancelled", _("Cancelled")

    class DepositKind(models.TextChoices):
        ADVANCE = "advance", _("Advance: comes back if you cancel while deposits are open")
        EARNEST = "earnest", _("Earnest: kept by the brand if you do not pay the balance")

    class Forfeit(models.TextChoices):
        REFUND = "refund", _("The deposit is refunded")
        FORFEIT = "forfeit", _("The deposit is kept by the brand")

    brand = models.ForeignKey("fans.Brand", on_delete=models.PROTECT, related_name="campaigns")
    revision = models.ForeignKey(
        "designs.Revision", on_delete=models.PROTECT, related_name="campaigns"
    )
    won_round = models.ForeignKey(
        "voting.Round", null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )
    title = models.CharField(_("title"), max_length=100)
    story = models.TextField(_("what it is"), max_length=6000)
    risks = models.TextField(_("risks and what is left to do"), max_length=3000)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    state_reason = models.TextField(blank=True)
    opens_at = models.DateTimeField(_("deposits open"))
    closes_at = models.DateTimeField(_("deposits close"))
    balance_days = models.PositiveSmallIntegerField(_("days to pay the balance"), default=7)
    balance_closes_at = models.DateTimeField(null=True, blank=True)
    grace_ends_at = models.DateTimeField(null=True, blank=True)
    decide_by = models.DateTimeField(null=True, blank=True)
    address_locks_at = models.DateTimeField(
        null=True, blank=True, help_text=_("until when buyers may change their addresses")
    )
    extensions = models.PositiveSmallIntegerField(default=0)
    ship_by = models.DateField(_("ships by"))
    delivery_promise = models.CharField(_("delivery promise"), max_length=200)
    update_days = models.PositiveSmallIntegerField(
        _("days between news"), null=True, blank=True, help_text=_("empty: none promised")
    )
    delivery_hours = models.PositiveSmallIntegerField(
        _("hours a parcel may take"), null=True, blank=True, help_text=_("empty: none promised")
    )
    time_zone = models.CharField(max_length=60)
    minimum = models.PositiveIntegerField(_("minimum, in units"))
    production_minimum = models.PositiveIntegerField(_("paid units needed to produce"))
    deposit_minor = models.PositiveBigIntegerField(_("deposit per unit"))
    deposit_worth_bp = models.PositiveIntegerField(default=10_000)
    deposit_kind = models.CharField(
        max_length=8, choices=DepositKind.choices, default=DepositKind.ADVANCE
    )
    forfeit = models.CharField(
        _("balance not paid"), max_length=8, choices=Forfeit.choices, default=Forfeit.REFUND
    )
    person_limit = models.PositiveSmallIntegerField(_("units per person"), default=5)
    tax_rate_bp = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(
        default=0, help_text=_("with a paid deposit, held, and in at the price reached")
    )
    # The lowest step ever reached by paid deposits; a cancellation never raises the price.
    reached_unit_minor = models.PositiveBigIntegerField(null=True, blank=True)
    final_unit_minor = models.PositiveBigIntegerField(null=True, blank=True)
    final_units = models.PositiveIntegerField(null=True, blank=True)
    terms_text = models.TextField(blank=True)
    terms_hash = models.CharField(max_length=64, blank=True)
    # A brand's zones may change while its campaigns run; what was promised does not.
    shipping = models.JSONField(
        default=list, blank=True, help_text=_("zones frozen with the terms: name, countries, price")
    )
    # The same holds for the rules the brand sells under.
    house_rules = models.JSONField(
        default=dict, blank=True, help_text=_("the brand's rules, frozen with the terms")
    )
    owes_double = models.BooleanField(
        default=False, help_text=_("called off by the brand: earnest money is owed once more")
    )
    version = models.PositiveBigIntegerField(default=0, help_text=_("raised by each live change"))
    thread = models.OneToOneField(
        "designs.Thread", on_delete=models.PROTECT, related_name="campaign"
    )
    form_key = models.UUIDField(unique=True)
    created_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="campaign_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(minimum__gt=0) & Q(deposit_minor__gt=0) & Q(person_limit__gt=0),
                name="campaign_figures_positive",
            ),
            # Units without a reached price, or the other way round, would be a lost ratchet.
            models.CheckConstraint(
                condition=Q(units=0) | Q(reached_unit_minor__isnull=False),
                name="campaign_units_have_a_price",
            ),
            # One revision is sold by one campaign at a time; a failed one may be tried again.
            models.UniqueConstraint(
                fields=["revision"],
                condition=~Q(state__in=["failed", "cancelled"]),
                name="one_live_campaign_per_revision",
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at"])]

    def __str__(self) -> str:
        return self.title

    def early_close_reason(self) -> str:
        """What the brand said when it closed deposits before their time; "" when it did not."""
        # `state_reason` holds the last step's words, which may be those of another step.
        closes = StateLog.objects.filter(
            entity="presale.campaign", object_id=self.pk, event="close"
        )
        return closes.values_list("reason", flat=True).order_by("-id").first() or ""


class PriceStep(models.Model):
    """From `min_units` paid deposits on, every unit costs `unit_minor`."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="steps")
    min_units = models.PositiveIntegerField()
    unit_minor = models.PositiveBigIntegerField()
    limit_units = models.PositiveIntegerField(
        default=0, help_text=_("paid deposits of orders that are in at this price at most")
    )

    class Meta:
        ordering = ["min_units"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "min_units"], name="step_once"),
            models.CheckConstraint(
                condition=Q(min_units__gt=0) & Q(unit_minor__gt=0), name="step_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_minor} from {self.min_units}"


class Variant(models.Model):
    """One combination of options. `taken` counts units held by orders, never above `quota`."""

    class Fate(models.TextChoices):
        MADE = "made", _("Made")
        ASKED = "asked", _("Minimum missed, the brand decides")
        GIVEN_UP = "given-up", _("Not made")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    options = models.JSONField(default=dict, help_text=_("axis name to value"))
    label = models.CharField(max_length=120)
    sku = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    surcharge_minor = models.PositiveBigIntegerField(default=0)
    quota = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0, help_text=_("people in line for it"))
    is_open = models.BooleanField(default=False)
    minimum = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("units at the close without which it is not made")
    )
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.MADE)
    decide_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "sku"], name="sku_once"),
            models.CheckConstraint(
                condition=Q(quota__isnull=True) | Q(taken__lte=F("quota")),
                name="variant_never_oversold",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def left(self) -> int | None:
        """Units that anybody can order: none while people wait in line; None without a limit."""
        if self.quota is None:
            return None
        return 0 if self.waiting else max(0, self.quota - self.taken)


class PersonLimit(models.Model):
    """Units one person holds in one campaign; the person is a keyed hash of the address."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="limits")
    person = models.CharField(max_length=64)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "person"], name="one_limit_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person[:8]}: {self.taken}"
