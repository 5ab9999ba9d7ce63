"""An order that is a gift: who it is for, from whom, and what is written on the card."""

from django.db import models

from core.codes import public_code


class Gift(models.Model):
    """Beside an order whose address is the recipient's. Nothing here shows a price."""

    order = models.OneToOneField("presale.PreOrder", on_delete=models.CASCADE, related_name="gift")
    code = models.CharField(max_length=32, unique=True, default=public_code)
    giver = models.CharField(max_length=100)
    message = models.TextField(max_length=500, blank=True)
    recipient_email = models.EmailField(blank=True)
    # Set when the recipient has entered the address themselves.
    addressed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"gift of {self.giver}"
