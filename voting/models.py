"""Rounds, what competes in them, ballots with their choices, and the frozen counts."""

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from voting.course import EarlierWithdrawn, Notice
from voting.evidence import ClosingFile, JobCursor, Receipt, SetAside
from voting.marks import Mark, Marks

__all__ = [
    "Ballot",
    "BallotLog",
    "Choice",
    "Comparison",
    "ClosingFile",
    "EarlierWithdrawn",
    "Entry",
    "JobCursor",
    "Notice",
    "Receipt",
    "Round",
    "SetAside",
    "Tally",
]


class Round(models.Model):
    """A voting period over entries of one brief. Its rules are frozen when it opens.

    `seq` and `head` are the number and hash of the last row of the ballot log; the row of the
    round is therefore the lock under which ballots are counted and the round is closed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        OPEN = "open", pgettext_lazy("round", "Open")
        PAUSED = "paused", _("Paused")
        COUNTING = "counting", _("Being counted")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Method(models.TextChoices):
        SUPPORT = "support", _("Support")
        SCORE = "score", _("Scores from 1 to 5")
        RANKED = "ranked", _("Ranked in order")
        PAIRWISE = "pairwise", _("In pairs")

    class Electorate(models.TextChoices):
        EVERYONE = "everyone", _("Everyone, guests too")
        MEMBERS = "members", _("Everyone with an account")
        FANS = "fans", _("Fans and honorary developers")
        HONORARY = "honorary", _("Honorary developers only")

    class Results(models.TextChoices):
        ALWAYS = "always", _("Always shown")
        AFTER_VOTE = "after-vote", _("Shown after your own vote")
        AFTER_CLOSE = "after-close", _("Shown after the close")
        NEVER = "never", _("Not shown; the winner is announced")

    class Deciding(models.TextChoices):
        ALL = "all", _("All confirmed voters")
        BUYERS = "buyers", _("Buyers")
        HONORARY = "honorary", _("Honorary developers")

    brief = models.ForeignKey("designs.Brief", on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=100)
    rule = models.TextField(_("the brand's own words"), max_length=2000, blank=True)
    method = models.CharField(max_length=12, choices=Method.choices, default=Method.SUPPORT)
    parameters = models.JSONField(default=dict, blank=True, help_text=_("of the method"))
    electorate = models.CharField(
        max_length=12, choices=Electorate.choices, default=Electorate.EVERYONE
    )
    results = models.CharField(max_length=12, choices=Results.choices, default=Results.AFTER_VOTE)
    deciding = models.CharField(max_length=12, choices=Deciding.choices, default=Deciding.ALL)
    waits_for_pins = models.BooleanField(
        default=False, help_text=_("opens only when the pins on its drafts are answered")
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    time_zone = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True)
    held_up_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when it could not open for want of drafts")
    )
    steps = models.PositiveIntegerField(
        default=0, help_text=_("pauses, resumptions and later closes so far")
    )
    close_reason = models.TextField(blank=True, help_text=_("shown to fans when closed early"))
    rules_frozen = models.JSONField(null=True, blank=True)
    rules_hash = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=32, blank=True)
    log_secret = models.CharField(max_length=64, blank=True)
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)
    voters = models.PositiveIntegerField(default=0, help_text=_("confirmed voters with a choice"))
    papers = models.PositiveIntegerField(
        default=0, help_text=_("confirmed ballots that say something by the method")
    )
    points = models.BigIntegerField(default=0, help_text=_("a sum over ballots, by the method"))
    squares = models.BigIntegerField(default=0, help_text=_("a sum of squares, by the method"))
    guests = models.PositiveIntegerField(default=0, help_text=_("guests with a choice"))
    set_aside = models.PositiveIntegerField(
        default=0, help_text=_("ballots with a choice that are set aside")
    )
    thread = models.OneToOneField(
        "designs.Thread", on_delete=models.PROTECT, related_name="voting_round"
    )
    created_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    # The number of its entries, where the row was read by `record.lock_rounds`.
    drafts: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="round_number_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")), name="round_closes_after_opening"
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def phase(self) -> int:
        """How far the round has come; what is shown of a later phase replaces an earlier one."""
        if self.state == self.State.SCHEDULED:
            return 2 if self.is_held_up else 1
        if self.state in (self.State.OPEN, self.State.PAUSED):
            return 3 + self.steps
        if self.state == self.State.DRAFT:
            return 0
        return (5 if self.state == self.State.CLOSED else 4) + self.steps

    @cached_property
    def notice(self) -> Notice | None:
        """What the brand said last about a pause or a later close."""
        return self.notices.order_by("-pk").first() if self.steps else None

    @property
    def is_held_up(self) -> bool:
        """Whether its opening has passed and it waits for drafts."""
        return self.state == self.State.SCHEDULED and self.held_up_at is not None

    @property
    def ended_by_rule(self) -> bool:
        """Whether it closed before its time by itself, as a rule of its method says."""
        early = self.closed_at is not None and self.closed_at < self.closes_at
        return self.is_over and early and not self.close_reason

    @property
    def is_open(self) -> bool:
        """Whether ballots are taken; what decides in the end is the database's clock."""
        return self.state == self.State.OPEN

    @property
    def is_counting(self) -> bool:
        """Whether it has closed and its result is being made: no ballot can change any more."""
        return self.state == self.State.COUNTING

    @property
    def is_over(self) -> bool:
        """Whether it has closed, with its result or just before; a cancelled one has not."""
        return self.state in (self.State.COUNTING, self.State.CLOSED)

    @property
    def is_running(self) -> bool:
        """Whether it is between opening and close, paused or not."""
        return self.state in (self.State.OPEN, self.State.PAUSED)


class Entry(models.Model):
    """A revision competing in a round. The counters are exact and checked against the ballots."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Not decided yet")
        WINNER = "winner", _("Winner")
        FORWARDED = "forwarded", _("Goes on to the next round")
        TO_REVISE = "to-revise", _("To be revised")
        NOT_CHOSEN = "not-chosen", _("Not chosen")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="entries")
    revision = models.ForeignKey(
        "designs.Revision", on_delete=models.PROTECT, related_name="entries"
    )
    support = models.PositiveIntegerField(
        default=0, help_text=_("confirmed ballots that support, score or rank it")
    )
    support_guests = models.PositiveIntegerField(default=0)
    points = models.BigIntegerField(default=0, help_text=_("a sum over ballots, by the method"))
    squares = models.BigIntegerField(default=0, help_text=_("a sum of squares, by the method"))
    would_buy = models.PositiveIntegerField(default=0, help_text=_("confirmed voters"))
    version = models.PositiveBigIntegerField(default=0, help_text=_("round seq of last change"))
    earlier = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="later",
        help_text=_("of the same draft in the counted round before"),
    )
    unanswered = models.PositiveIntegerField(
        default=0,
        help_text=_("who chose it in the round before and has not said whether that still goes"),
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.PENDING)
    # The number of its design, where the row was read by `reads.entry_of`.
    number: int
    outcome_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "revision"], name="entry_once_per_round"),
            models.UniqueConstraint(
                fields=["round"], condition=Q(outcome="winner"), name="one_winner_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} in {self.round}"


class Ballot(models.Model):
    """All choices of one voter in one round: one row, changed in place, logged at each change."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="ballots")
    voter = models.ForeignKey("fans.Voter", on_delete=models.PROTECT, related_name="ballots")
    is_confirmed = models.BooleanField(default=False, help_text=_("cast by an account"))
    is_buyer = models.BooleanField(default=False, help_text=_("had paid before this ballot"))
    is_honorary = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True, help_text=_("has at least one choice"))
    # Kept beside the choices, so that one more costs the same however many there are.
    marks = models.PositiveIntegerField(default=0, help_text=_("its choices"))
    said = models.PositiveIntegerField(
        default=0, help_text=_("those of them that say something by the method")
    )
    is_quarantined = models.BooleanField(default=False)
    cast_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    seq = models.PositiveBigIntegerField(help_text=_("log number of its last change"))
    # What its first change came with; read by `voting.fraud`, emptied some time after the close.
    network = models.CharField(
        max_length=16, blank=True, help_text=_("keyed hash of the network, for this round alone")
    )
    read_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("from the page to the first choice")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "voter"], name="one_ballot_per_voter"),
            models.CheckConstraint(
                condition=Q(is_live=True, marks__gte=1) | Q(is_live=False, marks=0),
                name="live_while_it_has_choices",
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "network"],
                condition=~Q(network=""),
                name="ballot_network",
            )
        ]

    def __str__(self) -> str:
        return f"ballot {self.pk} in round {self.round_id}"

    @property
    def all_marks(self) -> Marks:
        """Everything it says: the marks on entries, and the answers to pairs."""
        marks: Marks = {choice.entry_id: choice.mark for choice in self.choices.all()}
        return marks | {one.pair: one.mark for one in self.comparisons.all()}


class Choice(models.Model):
    """What a ballot says about one entry; no row means nothing was said."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="choices")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="choices")
    supports = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("1 to 5"))
    rank = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("1 is the best"))
    would_buy = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True, help_text=_("axis name to value"))
    cap_minor = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "entry"], name="one_choice_per_entry"),
            models.UniqueConstraint(
                fields=["ballot", "rank"],
                condition=Q(rank__isnull=False),
                name="one_entry_per_place",
            ),
            models.CheckConstraint(
                condition=Q(supports=True)
                | Q(would_buy=True)
                | Q(score__isnull=False)
                | Q(rank__isnull=False),
                name="choice_says_something",
            ),
            models.CheckConstraint(
                condition=Q(supports=False, score__isnull=True)
                | Q(supports=False, rank__isnull=True)
                | Q(score__isnull=True, rank__isnull=True),
                name="choice_by_one_method",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5),
                name="score_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(rank__gte=1), name="rank_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"choice of ballot {self.ballot_id} on entry {self.entry_id}"

    @property
    def mark(self) -> Mark:
        """What the row says."""
        return Mark(
            self.supports, self.would_buy, self.options, self.cap_minor, self.score, self.rank
        )


class Comparison(models.Model):
    """What a ballot says about two entries, or of one by itself: that is a pair of equals.

    One row per person and pair, by constraint: a ballot is one person's in one round, and of two
    entries the one with the smaller key is `low`. What was undone is no row; the log knows it.
    """

    class Answer(models.IntegerChoices):
        LOW = 1  # of one entry by itself: like
        HIGH = 2  # of one entry by itself: skip
        ALIKE = 3
        BOTH_GOOD = 4
        BOTH_BAD = 5
        CANNOT_JUDGE = 6

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="comparisons")
    low = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    high = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    answer = models.PositiveSmallIntegerField(choices=Answer.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "low", "high"], name="one_answer_per_pair"),
            models.CheckConstraint(
                condition=Q(low__lt=models.F("high"), answer__gte=1, answer__lte=6)
                | Q(low=models.F("high"), answer__gte=1, answer__lte=2),
                name="answer_to_a_pair_or_a_look",
            ),
        ]

    def __str__(self) -> str:
        return f"answer of ballot {self.ballot_id} on {self.low_id} and {self.high_id}"

    @property
    def pair(self) -> tuple[int, int]:
        """The keys of the two entries."""
        return self.low_id, self.high_id

    @property
    def mark(self) -> Mark:
        """What the row says."""
        return Mark(answer=self.answer)


class BallotLog(models.Model):
    """One change of one ballot, chained: `head = H(prev, leaf)`. Append-only."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="log")
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="log")
    seq = models.PositiveBigIntegerField()
    standing = models.CharField(
        max_length=40,
        help_text=_("guest, or confirmed with buyer and honorary; before it, whether set aside"),
    )
    choices = models.JSONField(help_text=_("what changed, as it is after the change"))
    salt = models.CharField(max_length=32)
    leaf = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    client_key = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "seq"], name="log_without_gaps"),
            # The same click sent twice is one change.
            models.UniqueConstraint(
                fields=["ballot", "client_key"],
                condition=Q(client_key__isnull=False),
                name="change_once",
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.round_id} change {self.seq}"


class Tally(models.Model):
    """The frozen count of one entry in one class of voters, written by the close."""

    class Group(models.TextChoices):
        ALL = "all", _("All confirmed voters")
        BUYERS = "buyers", _("Buyers")
        HONORARY = "honorary", _("Honorary developers")
        GUESTS = "guests", _("Guests")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tallies")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="tallies")
    group = models.CharField(max_length=12, choices=Group.choices)
    support = models.PositiveIntegerField()
    points = models.BigIntegerField(default=0, help_text=_("by the method"))
    value = models.FloatField(null=True, help_text=_("the figure of the method; none: unheard of"))
    # xgettext:no-python-format
    low = models.FloatField(null=True, help_text=_("95 % range of the figure"))
    high = models.FloatField(null=True)
    would_buy = models.PositiveIntegerField(default=0)
    voters = models.PositiveIntegerField(help_text=_("ballots in this class"))
    rank = models.PositiveIntegerField()
    first_by = models.JSONField(
        default=list, blank=True, help_text=_("the rules that put it first on these ballots")
    )
    parted_by = models.CharField(
        max_length=12, blank=True, help_text=_("what put the first before the second, if no rule")
    )
    first_in_reruns = models.PositiveSmallIntegerField(
        default=0, help_text=_("of 100 re-drawn electorates")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "group"], name="one_tally_per_group")
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.support} of {self.voters} ({self.group})"
