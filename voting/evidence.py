"""What stands beside the votes so that nobody has to be believed: heads that were mailed, files of
the close, ballots set aside, and how far the jobs that write these have come.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Receipt(models.Model):
    """The head that was mailed to a voter: a place in the chain which the round cannot go behind.

    One per ballot, for the change with number `seq`; the mail says nothing about the choice.
    """

    ballot = models.OneToOneField("voting.Ballot", on_delete=models.PROTECT, related_name="receipt")
    round = models.ForeignKey("voting.Round", on_delete=models.PROTECT, related_name="receipts")
    seq = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt for change {self.seq} of round {self.round_id}"


class ClosingFile(models.Model):
    """A public file of a counted round, written by its close and never again.

    `packed` is the file, compressed. The list of leaves keeps none: it is read from the log.
    """

    class Name(models.TextChoices):
        VOTERS = "voters.csv"
        CHOICES = "choices.csv"
        LEAVES = "leaves.csv"
        RULES = "rules.json"
        RESULT = "result.json"

    round = models.ForeignKey("voting.Round", on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=16, choices=Name.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text=_("in bytes"))
    packed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "name"], name="closing_file_once")]

    def __str__(self) -> str:
        return f"{self.name} of round {self.round_id}"


class SetAside(models.Model):
    """A ballot taken out of the count because of its signals, and what an operator decided.

    Never deleted: a ballot that was released keeps the row that says so, and is not set aside by
    the same signals again.
    """

    class Decision(models.TextChoices):
        WAITING = "waiting", _("Waiting for an operator")
        RELEASED = "released", _("Released: it counts")
        UPHELD = "upheld", _("Upheld: it stays out")

    ballot = models.ForeignKey("voting.Ballot", on_delete=models.PROTECT, related_name="set_aside")
    round = models.ForeignKey("voting.Round", on_delete=models.PROTECT, related_name="set_asides")
    signals = models.JSONField(help_text=_("names of the signals, sorted"))
    group = models.CharField(max_length=16, help_text=_("the same for ballots judged together"))
    at = models.DateTimeField()
    seq = models.PositiveBigIntegerField(help_text=_("log number of the setting aside"))
    decision = models.CharField(max_length=12, choices=Decision.choices, default=Decision.WAITING)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        "fans.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_seq = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("log number of the release")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ballot"], condition=~Q(decision="released"), name="set_aside_once"
            ),
            models.CheckConstraint(
                condition=Q(decision="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    ~Q(decision="waiting")
                    & ~Q(reason="")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="set_aside_decided_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["round", "decision", "group"])]

    def __str__(self) -> str:
        return f"ballot {self.ballot_id} set aside: {self.decision}"


class JobCursor(models.Model):
    """How far a job has come through the ballots of a round."""

    class Job(models.TextChoices):
        SIGNALS = "signals", _("signals read, by ballot")
        EARLIER = "earlier", _("unanswered choices counted, by number of the log")
        COUNT = "count", _("the count: who holds the row is at it")
        ENDING = "ending", _("mails about the end, by ballot")

    round = models.ForeignKey("voting.Round", on_delete=models.CASCADE, related_name="cursors")
    job = models.CharField(max_length=12, choices=Job.choices)
    reached = models.PositiveBigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "job"], name="one_cursor_per_job")]

    def __str__(self) -> str:
        return f"{self.job} of round {self.round_id}: {self.reached}"
