"""What every app writes beside its own rows: the history of states, and mail on its way out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StateLog(models.Model):
    """One taken step of a state machine; appended by `core.states.advance`, never changed."""

    entity = models.CharField(max_length=40, help_text=_("model label, e.g. voting.round"))
    object_id = models.BigIntegerField()
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    event = models.CharField(max_length=32)
    actor = models.CharField(max_length=64, help_text=_("user:12, job:close_due, provider:demo"))
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entity", "object_id", "id"])]

    def __str__(self) -> str:
        return f"{self.entity} {self.object_id}: {self.from_state} -> {self.to_state}"


class Outbox(models.Model):
    """A mail that must go out once; written in the transaction whose fact it tells.

    `key` names the fact (`order:12:deposit-paid`), so the same fact cannot be told twice; it is
    also the Message-ID, so that a crash between sending and noting it repeats the same message.
    """

    key = models.CharField(max_length=160, unique=True)
    to = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True),
                name="outbox_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.to}"


class Status(models.Model):
    """What the running installation last said of itself, overwritten in place: the ticker's
    beat, how far the demo is.
    """

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "status"

    def __str__(self) -> str:
        return f"{self.key} at {self.at:%H:%M:%S}"
