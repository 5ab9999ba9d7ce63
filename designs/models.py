"""Briefs, designs, their immutable revisions, pictures, and what people say about them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Thread(models.Model):
    """A conversation; `seq` rises with every change, so a client can ask for what came after."""

    seq = models.PositiveBigIntegerField(default=0)
    is_locked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"thread {self.pk}"


class Comment(models.Model):
    """One remark in a thread. A deleted one keeps its place and loses its words."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="comments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies"
    )
    body = models.TextField(max_length=4000)
    posted_seq = models.PositiveBigIntegerField(help_text=_("the thread's seq when posted"))
    seq = models.PositiveBigIntegerField(help_text=_("the thread's seq at its last change"))
    client_key = models.UUIDField(default=uuid.uuid4)
    # How often each kind of reaction was given: what pages show, counted anew at every change.
    reactions = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        "fans.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            # The same form sent twice is one comment.
            models.UniqueConstraint(fields=["author", "client_key"], name="comment_once")
        ]
        indexes = [models.Index(fields=["thread", "seq"])]
        ordering = ["posted_seq"]

    def __str__(self) -> str:
        return self.body[:60]


class CommentVersion(models.Model):
    """What a comment said before it was edited; gone with its words when it is deleted."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField(max_length=4000)
    until = models.DateTimeField()

    class Meta:
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return self.body[:60]


class Brief(models.Model):
    """A brand's call for designs, with the options its products will have."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for drafts")
        CLOSED = "closed", _("Closed for drafts")

    brand = models.ForeignKey("fans.Brand", on_delete=models.PROTECT, related_name="briefs")
    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("what is wanted"), max_length=6000)
    royalty = models.TextField(_("what the designer gets"), max_length=1000)
    # Anybody may answer, or only the brand's own designers.
    is_open_to_all = models.BooleanField(_("anybody may answer"), default=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    closes_at = models.DateTimeField(_("drafts until"), null=True, blank=True)
    created_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class OptionAxis(models.Model):
    """One kind of choice of a brief's products, such as size; campaigns copy it."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="axes")
    name = models.CharField(max_length=30)
    values = models.JSONField(default=list, help_text=_("in the order shown"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["brief", "name"], name="axis_once")]

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(self.values)}"


class Picture(models.Model):
    """An uploaded picture. The original is private; what people see is re-encoded from it.

    `variants` is a list of `{"format", "width", "height", "bytes"}`; a file's name is its width and
    format. From the upload on there is a small preview among them.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Unreadable")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="pictures")
    original = models.CharField(max_length=200)
    file_name = models.CharField(max_length=150, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    colour = models.CharField(max_length=7, blank=True, help_text=_("average, e.g. #c0ffee"))
    variants = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    error = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Design(models.Model):
    """An idea of one designer, answering a brief. What is voted on are its revisions."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        ENTERED = "entered", _("In a round")
        TO_REVISE = "to-revise", _("To be revised")
        CHOSEN = "chosen", _("Chosen")
        NOT_CHOSEN = "not-chosen", _("Not chosen")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="designs")
    designer = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="designs")
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("description"), max_length=4000)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBMITTED)
    state_reason = models.TextField(blank=True)
    # What the brief promised and what the designer declared, as they read it when they sent it.
    royalty = models.TextField(blank=True)
    declaration = models.CharField(max_length=20, blank=True)
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="design")
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Revision(models.Model):
    """One immutable, numbered version of a design. Ballots belong to it."""

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    what_changed = models.TextField(_("what changed"), max_length=2000, blank=True)
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="revision_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.design} rev {self.number}"


class RevisionPicture(models.Model):
    """A picture's place in a revision, with its words for those who do not see it."""

    class Label(models.TextChoices):
        SKETCH = "sketch", _("Sketch")
        RENDER = "render", _("Render")
        SAMPLE = "sample", _("Sample")
        PRODUCT = "product", _("Product")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="placements")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="placements")
    position = models.PositiveSmallIntegerField()
    alt = models.CharField(_("alt text"), max_length=250)
    label = models.CharField(max_length=8, choices=Label.choices, default=Label.SKETCH)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="picture_position_once"),
            models.CheckConstraint(condition=~Q(alt=""), name="picture_has_alt_text"),
        ]

    def __str__(self) -> str:
        return f"{self.revision} picture {self.position}"


class Pin(models.Model):
    """A comment with a place on a draft's picture; `number` is what its marker shows.

    It lives across revisions: each has its own `PinPlace`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        FIXED = "fixed", _("Answered, not confirmed yet")
        CONFIRMED = "confirmed", _("Confirmed")
        DISPUTED = "disputed", _("Disputed")

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="pin")
    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="pins")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    answered_in = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="answered_pins"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="pin_number_once"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(answered_in__isnull=False), name="pin_answer_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design} pin {self.number}"


class PinPlace(models.Model):
    """Where a pin is in one revision, in ten-thousandths of the picture's width and height.

    A point has no width and height, a box has both. Without a placement the picture is gone.
    """

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="places")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="pin_places")
    placement = models.ForeignKey(
        RevisionPicture, null=True, blank=True, on_delete=models.CASCADE, related_name="pin_places"
    )
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    w = models.PositiveSmallIntegerField(default=0)
    h = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pin", "revision"], name="pin_place_once"),
            models.CheckConstraint(
                condition=Q(x__lte=10_000 - F("w")) & Q(y__lte=10_000 - F("h")),
                name="pin_place_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pin} in {self.revision}: {self.x}, {self.y}"


class PinWord(models.Model):
    """What somebody who supported a pin says of the revision that answers it."""

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="words")
    user = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="pin_words")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    is_right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pin", "user", "revision"], name="pin_word_once")
        ]

    def __str__(self) -> str:
        return f"{self.pin}: {self.is_right}"


class Reaction(models.Model):
    """What somebody gives a comment besides words; to a pin, AGREE is their support."""

    class Kind(models.TextChoices):
        AGREE = "agree", _("I agree")
        LIKE = "like", _("I like it")
        THANKS = "thanks", _("Thank you")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="given")
    user = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="reactions")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "user", "kind"], name="reaction_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.user}"


class SearchRow(models.Model):
    """What can be looked for in a draft, a brief or a comment: see `designs.search`."""

    class Kind(models.TextChoices):
        DESIGN = "design", _("Drafts")
        BRIEF = "brief", _("Briefs")
        COMMENT = "comment", _("Comments")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    object_id = models.BigIntegerField()
    words = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
