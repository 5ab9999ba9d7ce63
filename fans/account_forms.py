"""Allauth's other forms in our words: one name per field, nothing repeated inside the field."""

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

_AGAIN = _("The same once more")
_RULE = _("At least 10 characters, and none of the common passwords.")
_CODE = _("Six digits of the app, or a recovery code")


class _OurWords(forms.Form):
    """Labels from `words`, hints from `hints` or none, and no placeholder."""

    words: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class AnotherAddressForm(_OurWords, AddEmailForm):
    """One more address of an account."""

    words = {"email": _("E-mail address")}


class NewPasswordForm(_OurWords, SetPasswordForm):
    """The first password of an account that had none."""

    words = {"password1": _("New password"), "password2": _AGAIN}
    hints = {"password1": _RULE}


class OtherPasswordForm(_OurWords, ChangePasswordForm):
    """Another password, by whoever knows the one of now."""

    words = {"oldpassword": _("Password until now"), **NewPasswordForm.words}
    hints = NewPasswordForm.hints


class ForgottenPasswordForm(_OurWords, ResetPasswordForm):
    """Where the code goes."""

    words = {"email": _("E-mail address")}


class RenewedPasswordForm(_OurWords, ResetPasswordKeyForm):
    """Another password, after the code of the mail."""

    words = NewPasswordForm.words
    hints = NewPasswordForm.hints


class OnceMoreForm(_OurWords, ReauthenticateForm):
    """The password, before something that needs it anew."""

    words = {"password": _("Password")}


class SecondFactorForm(_OurWords, AuthenticateForm):
    """The second factor at signing in."""

    words = {"code": _CODE}


class SecondFactorAgainForm(_OurWords, ReauthenticateByCodeForm):
    """The second factor, before something that needs it anew."""

    words = {"code": _CODE}


class AppForm(_OurWords, ActivateTOTPForm):
    """The first digits an authenticator app shows."""

    words = {"code": _("Six digits of the app")}


class KeyForm(_OurWords, AddWebAuthnForm):
    """A new passkey or security key."""

    words = {"name": _("Name of the key"), "passwordless": _("Sign in with it alone")}
    hints = {
        "passwordless": _("No code by mail then; the device asks for your finger, face or PIN."),
    }
