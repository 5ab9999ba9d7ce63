"""Where our accounts differ from allauth's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from core.clock import now
from core.codes import public_code
from core.live import leave_all
from core.mail import queue_text
from fans import claims
from fans.models import User
from fans.voters import forget_guest

CONFIRMED = "account/messages/email_confirmed.txt"
SIGNED_IN = "account/messages/logged_in.txt"


class AccountAdapter(DefaultAccountAdapter):
    """Mail through the outbox, a guest's things bound at sign-in, a fresh start at sign-out."""

    said_already = False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail to the outbox in the receiver's language; the request does not wait."""
        request = allauth_context.request
        context = {
            "request": request,
            "email": email,
            "site_name": settings.SITE_NAME,
            "public_url": settings.PUBLIC_URL,
            **context,
        }
        language = _language_of(email)
        with translation.override(language):
            message = self.render_mail(template_prefix, email, context)
        queue_text(
            key=f"{template_prefix}:{public_code()}",
            to=email,
            subject=message.subject,
            text=str(message.body),
            language=language,
            at=now(),
        )

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Bind what the guest wanted to keep: the address is proved now."""
        self.said_already = claims.settle(request, user)
        return super().post_login(request, user, **kwargs)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """One sentence for one step: who signs in by a code proves the address by that, and what
        became of a vote or an order says enough.
        """
        proved = message_template == CONFIRMED and not request.user.is_authenticated
        if proved or (message_template == SIGNED_IN and self.said_already):
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        """Whoever uses this browser next is neither this person nor the guest before."""
        forget_guest(request)
        if request.user.is_authenticated:
            leave_all(request.user.pk)
        super().logout(request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A passkey before typed codes, for whoever has no authenticator app to read them from."""
        methods = super().get_reauthentication_methods(user)
        has_app = is_mfa_enabled(user, types=[Authenticator.Type.TOTP])
        return sorted(methods, key=lambda m: "webauthn" not in m["id"] and not has_app)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's settings."""
        return reverse("fans:settings")


class MFAAdapter(DefaultMFAAdapter):
    """The square for authenticator apps stands in the page itself: no data: URI passes our CSP."""

    def build_totp_svg(self, url: str) -> str:
        """The SVG without the XML declaration, which has no place inside HTML."""
        return super().build_totp_svg(url).partition("?>")[2].strip()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """What a new key is called until its owner renames it."""
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Key %(number)s") % {"number": known + 1}


def _language_of(email: str) -> str:
    known = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return known or translation.get_language() or settings.LANGUAGE_CODE
