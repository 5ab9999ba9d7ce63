"""Links in mails that open one payment: signed, for one obligation, and only for some days."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from presale.models import Obligation
from presale.terms import LINK_LIFE

_SALT = "presale.pay-link"


@dataclass(frozen=True)
class OpenedLink:
    """What a link stands for; an expired one still names its obligation, to offer a new one."""

    obligation: Obligation
    is_expired: bool


def pay_link(obligation: Obligation) -> str:
    """The absolute address that opens the payment of this obligation, good for seven days."""
    token = signing.dumps(obligation.pk, salt=_SALT)
    return settings.PUBLIC_URL.rstrip("/") + reverse("presale:pay-link", args=[token])


def open_link(token: str) -> OpenedLink | None:
    """What the token stands for; None for anything that we did not sign."""
    try:
        pk = signing.loads(token, salt=_SALT)
        expired = _is_old(token)
    except signing.BadSignature:
        return None
    found = Obligation.objects.select_related("order__campaign").filter(pk=pk).first()
    return OpenedLink(found, expired) if found else None


def _is_old(token: str) -> bool:
    try:
        signing.loads(token, salt=_SALT, max_age=LINK_LIFE)
    except signing.SignatureExpired:
        return True
    return False
