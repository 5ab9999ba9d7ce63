"""People and their standing: users, guests, voters, brands, roles, contributions."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.codes import public_code
from core.money import CURRENCY_CHOICES

HANDLE_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


def new_handle() -> str:
    """`fan-7k3qd9x`, until the person takes another: no word by chance, nothing to mistake."""
    return "fan-" + "".join(secrets.choice(HANDLE_LETTERS) for _letter in range(7))


class People(UserManager["User"]):
    """Creates users by e-mail; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":  # type: ignore[override]
        """Make a person who can sign in by code; a password is optional."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":  # type: ignore[override]
        """Make an operator with the admin's rights."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """An account. `is_staff` makes an operator; roles in a brand are `Membership` rows."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    handle = models.SlugField(_("handle"), max_length=40, unique=True, default=new_handle)
    about = models.TextField(_("about"), max_length=600, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)

    objects = People()  # type: ignore[misc]
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.public_name

    @property
    def public_name(self) -> str:
        """The name others see, else the handle; never the e-mail address."""
        return self.name or self.handle

    @property
    def actor(self) -> str:
        """How this person is named in logs of states."""
        return f"user:{self.pk}"


class Guest(models.Model):
    """A visitor without an account who did something; known by a signed cookie."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"guest {self.pk}"


class Voter(models.Model):
    """Who casts ballots: a user or a guest, never both."""

    user = models.OneToOneField(
        "fans.User", null=True, blank=True, on_delete=models.CASCADE, related_name="voter"
    )
    guest = models.OneToOneField(
        "fans.Guest", null=True, blank=True, on_delete=models.CASCADE, related_name="voter"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(guest__isnull=True), name="voter_user_xor_guest"
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.guest)


class BrandQuerySet(models.QuerySet["Brand"]):
    """Selections of brands."""

    def public(self) -> "BrandQuerySet":
        """Brands that everybody may look at; a suspended one says so on its page."""
        return self.filter(state__in=[Brand.State.APPROVED, Brand.State.SUSPENDED])

    def approved(self) -> "BrandQuerySet":
        """Brands at work."""
        return self.filter(state=Brand.State.APPROVED)


class Brand(models.Model):
    """A merchant's house: team, currency, terms, thresholds of its tiers."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        SUSPENDED = "suspended", _("Suspended")

    name = models.CharField(_("brand name"), max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    trade = models.CharField(_("what it makes"), max_length=80)
    about = models.TextField(_("about the brand"), max_length=2000)
    website = models.URLField(_("website"), blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    applicant = models.ForeignKey(
        "fans.User", on_delete=models.PROTECT, related_name="applied_brands"
    )
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES, default="EUR")
    time_zone = models.CharField(max_length=60, default="UTC")
    country = models.CharField(max_length=2, default="DE")
    tax_rate_bp = models.PositiveIntegerField(default=0, help_text=_("in 1/100 of a percent"))
    provider_account = models.CharField(max_length=80, blank=True)
    payout_ready = models.BooleanField(default=True)
    # Points a person needs within the window to stand in the tier.
    fan_threshold = models.PositiveIntegerField(default=10)
    honorary_threshold = models.PositiveIntegerField(default=60)
    window_days = models.PositiveIntegerField(default=180)

    objects = BrandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(honorary_threshold__gt=models.F("fan_threshold"))
                & Q(fan_threshold__gt=0),
                name="brand_thresholds_rise",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ShippingZone(models.Model):
    """What shipping costs to a group of countries; named before anybody pays a deposit."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=60)
    countries = models.JSONField(default=list, help_text=_("ISO codes; empty means all others"))
    price_minor = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.brand}: {self.name}"


class Membership(models.Model):
    """A person's role in a brand."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        DESIGNER = "designer", _("Designer")

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey("fans.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "user"], name="one_role_per_person_and_brand")
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.brand}: {self.role}"


class Invitation(models.Model):
    """A mailed offer of a role; the code in the link is the right to accept it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Membership.Role.choices)
    code = models.CharField(max_length=32, unique=True, default=public_code)
    invited_by = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "fans.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.brand} as {self.role}"


class Follow(models.Model):
    """A person follows a brand."""

    user = models.ForeignKey("fans.User", on_delete=models.CASCADE, related_name="follows")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "brand"], name="one_follow")]

    def __str__(self) -> str:
        return f"{self.user} follows {self.brand}"


class Contribution(models.Model):
    """One thing a person did for a brand; append-only. Tiers are computed from these alone.

    `subject` names the thing by a text key (`round:12`), so that people do not depend on rounds
    or orders. The same thing is recorded once.
    """

    class Kind(models.TextChoices):
        VOTED = "voted", _("Voted in a round")
        COMMENTED = "commented", _("Took part in a discussion")
        PIN_ANSWERED = "pin-answered", _("A remark was answered by a revision")
        DRAFT_ENTERED = "draft-entered", _("Entered a draft")
        PICKED_WINNER = "picked-winner", _("Backed the draft that won")
        DRAFT_ADVANCED = "draft-advanced", _("Draft went to revision")
        DRAFT_WON = "draft-won", _("Draft won")
        DEPOSIT_PAID = "deposit-paid", _("Paid a deposit")
        ORDER_PAID = "order-paid", _("Paid an order in full")
        ORDER_RECEIVED = "order-received", _("Received an order")
        GRANTED = "granted", _("Granted by a person")
        SUSPENDED = "suspended", _("Suspended by a person")

    user = models.ForeignKey("fans.User", on_delete=models.PROTECT, related_name="contributions")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=60)
    label = models.CharField(max_length=160, blank=True, help_text=_("what the person reads"))
    url = models.CharField(max_length=200, blank=True)
    points = models.IntegerField()
    note = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "brand", "kind", "subject"], name="contribution_once"
            )
        ]
        indexes = [models.Index(fields=["user", "brand", "at"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.subject}"
