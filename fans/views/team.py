"""A brand's team, and the invitations into it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from fans import actions
from fans.access import OWNER, brand_for, has_role, person_of
from fans.forms import InviteForm, RoleForm
from fans.models import Brand, Invitation, Membership


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """Members and open invitations; POST by an owner invites."""
    roles = (OWNER,) if request.method == "POST" else ()
    brand = brand_for(request.user, slug, *roles)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _invite(request, brand, form):
        return redirect("fans:team", slug)
    return render(
        request,
        "fans/team.html",
        {
            "brand": brand,
            "members": brand.memberships.select_related("user").order_by("since"),
            "invitations": brand.invitations.filter(
                accepted_at=None, revoked_at=None, expires_at__gt=now()
            ).order_by("-created_at"),
            "role_choices": Membership.Role.choices,
            "form": form,
            "is_owner": has_role(request.user, brand, OWNER),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@login_required
def change_role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give a member another role."""
    brand = brand_for(request.user, slug, OWNER)
    membership = get_object_or_404(brand.memberships, pk=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.change_role(
                membership=membership,
                role=form.cleaned_data["role"],
                actor=person_of(request).actor,
                now=now(),
            )
        except actions.LastOwner:
            messages.error(request, _last_owner())
        else:
            messages.success(request, _("Role changed."))
    return redirect("fans:team", slug)


@require_POST
@login_required
def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a member off the team; everybody may take themselves off."""
    brand = brand_for(request.user, slug)
    membership = get_object_or_404(brand.memberships, pk=pk)
    if membership.user_id != request.user.pk:
        brand_for(request.user, slug, OWNER)
    try:
        actions.remove_member(membership=membership, actor=person_of(request).actor, now=now())
    except actions.LastOwner:
        messages.error(request, _last_owner())
        return redirect("fans:team", slug)
    messages.success(
        request, _("%(name)s is off the team.") % {"name": membership.user.public_name}
    )
    if membership.user_id == request.user.pk:
        return redirect("fans:brand", slug)
    return redirect("fans:team", slug)


@require_POST
@login_required
def revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    brand = brand_for(request.user, slug, OWNER)
    actions.revoke_invitation(invitation=get_object_or_404(brand.invitations, pk=pk), now=now())
    messages.success(request, _("Invitation withdrawn."))
    return redirect("fans:team", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What is offered, by whom; the right person may accept."""
    offer = get_object_or_404(Invitation.objects.select_related("brand", "invited_by"), code=code)
    if request.method == "POST" and request.user.is_authenticated:
        return _accept(request, offer)
    user = request.user
    over = bool(
        offer.accepted_at
        or offer.revoked_at
        or offer.expires_at <= now()
        or offer.brand.state != Brand.State.APPROVED
    )
    mine = user.is_authenticated and actions.is_for(offer, user)
    return render(request, "fans/invitation.html", {"offer": offer, "over": over, "mine": mine})


def _accept(request: HttpRequest, offer: Invitation) -> HttpResponse:
    try:
        actions.accept_invitation(invitation=offer, user=person_of(request), now=now())
    except (actions.NotForYou, actions.InvitationOver):
        return redirect("fans:invitation", offer.code)
    messages.success(request, _("Welcome to the team of %(brand)s.") % {"brand": offer.brand.name})
    return redirect("fans:team", offer.brand.slug)


def _invite(request: HttpRequest, brand: Brand, form: InviteForm) -> bool:
    data = form.cleaned_data
    try:
        actions.invite_member(
            brand=brand, email=data["email"], role=data["role"], by=person_of(request), now=now()
        )
    except actions.AlreadyMember:
        form.add_error("email", _("This person belongs to the team already."))
        return False
    messages.success(request, _("Invitation sent to %(email)s.") % {"email": data["email"]})
    return True


def _last_owner() -> str:
    return _("A brand needs an owner. Make somebody else an owner first.")
