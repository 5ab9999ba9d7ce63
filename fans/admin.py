"""People and brands for operators. States and ledgers are only read here."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from fans.models import (
    Brand,
    Contribution,
    Follow,
    Guest,
    Invitation,
    Membership,
    ShippingZone,
    User,
    Voter,
)

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly(admin.ModelAdmin[Model]):
    """Rows that only actions write: an operator looks, and changes nothing past the rules."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Accounts; passwords are set by their owners only."""

    list_display = ("email", "name", "handle", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_active", "language")
    search_fields = ("email", "name", "handle")
    fields = (
        "email",
        "name",
        "handle",
        "about",
        "language",
        "time_zone",
        "theme",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
        "last_login",
        "date_joined",
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups", "user_permissions")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Brand)
class BrandAdmin(ReadOnly):
    """Brands with their state and terms."""

    list_display = ("name", "state", "currency", "country", "applied_at", "decided_at")
    list_filter = ("state", "currency")
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    """Who works for which brand."""

    list_display = ("user", "brand", "role", "since")
    list_filter = ("role", "brand")


@admin.register(Contribution)
class ContributionAdmin(ReadOnly):
    """The ledger behind tiers."""

    list_display = ("user", "brand", "kind", "subject", "points", "recorded_by", "at")
    list_filter = ("kind", "brand")
    search_fields = ("user__email", "subject")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """Offers of roles; the code stays hidden, it is the right to accept."""

    list_display = ("email", "brand", "role", "created_at", "accepted_at", "revoked_at")
    exclude = ("code",)


admin.site.register([Follow, Guest, ShippingZone, Voter], ReadOnly)
