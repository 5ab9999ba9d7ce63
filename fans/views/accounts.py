"""The way in: one field, a code by mail, the same for known and unknown addresses."""

from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, RequestLoginCodeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from fans import actions, claims
from fans.forms import EnterForm, PasswordForm


class EnterView(RequestLoginCodeView):
    """Ask for an address, send it a code; an unknown address gets an account without password."""

    template_name = "account/login.html"
    form_class = EnterForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send no code for something that an address does not keep any more."""
        refusal = claims.refusal(claims.named(request))
        if refusal:
            messages.info(request, refusal)
            return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: EnterForm) -> HttpResponse:
        """Send the code; what the browser sees does not depend on who is known."""
        email = form.cleaned_data["email"]
        user = actions.person_for(email, language=get_language() or "en")
        claims.hold(self.request, user)
        LoginCodeVerificationProcess.initiate(request=self.request, user=user, email=email)
        return HttpResponseRedirect(str(self.get_success_url()))

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> Any:
        # Who sends the form again means it: another address, or another vote to keep.
        if request.method == "POST":
            return None
        return super()._redirect_to_pending_stage(request, stage)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what the form is about, for the next attempt."""
        return super().get_context_data(claim=claims.named(self.request), **kwargs)


enter = EnterView.as_view()


@require_http_methods(["GET", "HEAD"])
def to_enter(request: HttpRequest) -> HttpResponse:
    """Signing up and signing in are one page; old addresses lead there."""
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("fans:enter") + (f"?{query}" if query else ""))


class PasswordView(LoginView):
    """For those who set a password: the second door, linked from the first."""

    template_name = "account/login_password.html"
    form_class = PasswordForm

    def get_form_class(self) -> type[PasswordForm]:
        """The form with a password field."""
        return self.form_class


by_password = PasswordView.as_view()
