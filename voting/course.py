"""What happens to a round on its way: pauses, later closes, and questions about earlier choices."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """The brand paused or resumed an open round, closed it early or later; never deleted.

    Everybody reads the reason. The frozen close and the notices lead to the close as it is. Who
    voted or follows the brand is mailed, some people at a time: those up to `told_to` were.
    """

    class Kind(models.TextChoices):
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Resumed")
        EXTENDED = "extended", _("Closes later")
        ENDED = "ended", _("Closed early")

    round = models.ForeignKey("voting.Round", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.TextField(max_length=1000)
    at = models.DateTimeField()
    closed_before = models.DateTimeField(help_text=_("the close as it was"))
    closes_after = models.DateTimeField(help_text=_("the close since then"))
    told_to = models.PositiveBigIntegerField(default=0, help_text=_("mailed so far, by person"))
    is_told = models.BooleanField(default=False, help_text=_("whether everybody was mailed"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_after__gte=F("closed_before")) & ~Q(reason=""),
                name="notice_never_earlier_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"round {self.round_id} {self.kind} at {self.at}"


class EarlierWithdrawn(models.Model):
    """A voter, asked about a choice of an earlier round, has said that it does not go here.

    To keep it is a choice in the round itself. Neither: not answered, and counted nowhere.
    """

    entry = models.ForeignKey("voting.Entry", on_delete=models.PROTECT, related_name="withdrawn")
    voter = models.ForeignKey("fans.Voter", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "voter"], name="earlier_withdrawn_once")
        ]

    def __str__(self) -> str:
        return f"voter {self.voter_id} withdrew an earlier choice from entry {self.entry_id}"
