"""A guest's order becomes part of an account, once the account has proved the same address."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from fans.access import Visitor
from fans.claims import Claim
from fans.models import User, Voter
from presale.models import PreOrder

KIND = "order"


def may_attach(order: PreOrder, visitor: Visitor) -> bool:
    """Whether to offer it: to strangers of this site, and to the owner of the address."""
    return not visitor.is_authenticated or visitor.email.lower() == order.email.lower()


def attach(order: PreOrder, user: User) -> bool:
    """Put the order into the account if both have the same address; False changes nothing."""
    if order.email.lower() != user.email.lower():
        return False
    return bool(PreOrder.objects.filter(pk=order.pk, user=None).update(user=user))


def settle(user: User, guest: Voter | None, claim: Claim, request: HttpRequest) -> bool:
    """For `fans.claims`: all guest orders of the address that was just proved."""
    mine = PreOrder.objects.filter(email__iexact=user.email, user=None)
    if not mine.update(user=user):
        return False
    messages.success(request, _("The order is in your account now."))
    return True
