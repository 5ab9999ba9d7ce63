"""What is owed, each try to pay it, what is to be given back, and what a provider told us."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from presale.terms import CHARGE_AFTER

LIVE_ATTEMPTS = ["created", "pending", "action", "unknown"]


class Obligation(models.Model):
    """One thing an order owes. At most one of a kind is not void."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("Deposit")
        BALANCE = "balance", _("Balance")
        FULL = "full", _("Whole price")
        ADJUST = "adjust", _("Adjustment")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SATISFIED = "satisfied", _("Paid")
        VOID = "void", _("Void")

    order = models.ForeignKey(
        "presale.PreOrder", on_delete=models.PROTECT, related_name="obligations"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    charge_at = models.DateTimeField(
        null=True, blank=True, help_text=_("chosen by the buyer for the saved card to be charged")
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "kind", "remind_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=~Q(state="void"),
                name="one_obligation_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="obligation_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"

    @property
    def charged_from(self) -> dt.datetime:
        """When the saved card is charged: on the day its buyer chose, or as was agreed."""
        return self.charge_at or self.created_at + CHARGE_AFTER


class Attempt(models.Model):
    """One try to satisfy an obligation through one object at the provider (`anchor_ref`)."""

    class Channel(models.TextChoices):
        CHECKOUT = "checkout", _("Checkout page")
        OFF_SESSION = "off-session", _("Saved card")
        ON_SESSION = "on-session", _("Confirmed by the customer")

    class State(models.TextChoices):
        CREATED = "created", _("Created")
        PENDING = "pending", _("Pending")
        ACTION = "action", _("Waiting for the customer")
        UNKNOWN = "unknown", _("No answer yet")
        SUCCEEDED = "succeeded", _("Succeeded")
        DECLINED = "declined", _("Declined")
        DEAD = "dead", _("Ended without payment")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="attempts")
    n = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12, choices=Channel.choices)
    provider = models.CharField(max_length=12)
    provider_account = models.CharField(max_length=80, blank=True)
    anchor_ref = models.CharField(max_length=120, null=True, blank=True, unique=True)
    charge_ref = models.CharField(max_length=120, null=True, blank=True, unique=True)
    key = models.CharField(max_length=120, unique=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    request = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATED)
    decline_code = models.CharField(max_length=60, blank=True)
    # Stripe's pages have addresses of many hundred characters, without a promised end.
    action_url = models.TextField(blank=True)
    method_ref = models.CharField(max_length=120, blank=True)
    method_reusable = models.BooleanField(default=False)
    look_at = models.DateTimeField(null=True, blank=True, help_text=_("when to ask again"))
    tries = models.PositiveSmallIntegerField(default=0)
    unknown_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "look_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"],
                condition=Q(state__in=LIVE_ATTEMPTS),
                name="one_live_attempt",
            ),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(state="succeeded"), name="paid_once"
            ),
            models.UniqueConstraint(fields=["obligation", "n"], name="attempt_number_once"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.n} on {self.obligation}"


class RefundObligation(models.Model):
    """Money promised back, with its cause; the cause exists once."""

    class State(models.TextChoices):
        OPEN = "open", _("To be refunded")
        DONE = "done", _("Refunded")
        MANUAL = "manual", _("Needs the operator")

    order = models.ForeignKey(
        "presale.PreOrder", on_delete=models.PROTECT, related_name="refund_obligations"
    )
    cause = models.CharField(max_length=80, unique=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    covered_minor = models.PositiveBigIntegerField(
        default=0, help_text=_("reached the buyer through a dispute that was lost")
    )
    reason = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "id"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive")
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} back: {self.cause}"


class RefundAttempt(models.Model):
    """One refund at the provider against one charge."""

    class State(models.TextChoices):
        CREATED = "created", _("Created")
        UNKNOWN = "unknown", _("No answer yet")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Arrived")
        FAILED = "failed", _("Failed")

    obligation = models.ForeignKey(
        RefundObligation, on_delete=models.PROTECT, related_name="attempts"
    )
    n = models.PositiveSmallIntegerField(default=1)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=120, unique=True)
    refund_ref = models.CharField(max_length=120, null=True, blank=True, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATED)
    error = models.CharField(max_length=200, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A refused refund may be tried again with a row of its own, one at a time.
            models.UniqueConstraint(
                fields=["obligation", "attempt"],
                condition=~Q(state="failed"),
                name="one_live_refund_per_charge",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_attempt_positive"),
        ]

    def __str__(self) -> str:
        return f"refund {self.amount_minor} {self.currency}: {self.state}"


class ProviderObject(models.Model):
    """Which of our rows a provider's object belongs to; how an inbound event finds its way."""

    provider = models.CharField(max_length=12)
    account = models.CharField(max_length=80, blank=True)
    ref = models.CharField(max_length=120)
    attempt = models.ForeignKey(Attempt, null=True, blank=True, on_delete=models.PROTECT)
    refund_attempt = models.ForeignKey(
        RefundAttempt, null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account", "ref"], name="provider_object_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.ref}"


class InboundEvent(models.Model):
    """What a provider sent us, stored before it is worked on; the same event is stored once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Ignored")

    provider = models.CharField(max_length=12)
    account = models.CharField(max_length=80, blank=True)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    ref = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField(help_text=_("when to work on it (again)"))

    class Meta:
        indexes = [models.Index(fields=["state", "look_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account", "event_id"], name="inbound_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"
