"""The demo bank's own books: what a payment provider would keep on its side.

Nothing outside `presale.providers.demo` and the bank's page reads or writes these.
"""

from django.db import models


class BankCustomer(models.Model):
    """A payer as the bank knows them."""

    ref = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=120, unique=True)
    email = models.EmailField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref


class BankIntent(models.Model):
    """A payment at the bank: a checkout page or a charge; it can succeed once."""

    ref = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=20)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    customer = models.ForeignKey(BankCustomer, on_delete=models.PROTECT, related_name="intents")
    method = models.CharField(max_length=60, blank=True)
    saves_method = models.BooleanField(default=False)
    decline_code = models.CharField(max_length=60, blank=True)
    pending_card = models.CharField(max_length=20, blank=True, help_text="waits for 3-D Secure")
    off_session = models.BooleanField(default=False)
    success_url = models.CharField(max_length=500, blank=True)
    cancel_url = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ref} {self.status}"


class BankCharge(models.Model):
    """Money that moved."""

    ref = models.CharField(max_length=60, unique=True)
    intent = models.OneToOneField(BankIntent, on_delete=models.PROTECT, related_name="charge")
    amount_minor = models.PositiveBigIntegerField()
    refunded_minor = models.PositiveBigIntegerField(default=0)
    fee_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refunded_minor__lte=models.F("amount_minor")),
                name="bank_never_refunds_more",
            )
        ]

    def __str__(self) -> str:
        return self.ref


class BankRefund(models.Model):
    """Money that went back."""

    ref = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=120, unique=True)
    charge = models.ForeignKey(BankCharge, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveBigIntegerField()
    status = models.CharField(max_length=12)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref


class BankDispute(models.Model):
    """A payer's complaint: the money is taken back until the bank has decided."""

    ref = models.CharField(max_length=60, unique=True)
    charge = models.ForeignKey(BankCharge, on_delete=models.PROTECT, related_name="disputes")
    amount_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=60)
    answer_by = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge"],
                condition=models.Q(status="open"),
                name="bank_one_open_dispute",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.status}"


class BankEvent(models.Model):
    """A notice the bank owes us until it is delivered."""

    ref = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
