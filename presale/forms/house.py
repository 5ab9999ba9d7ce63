"""The rules a brand sells under, and what it paid under them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from presale.forms.fields import WholeNumberField
from presale.jurisdictions import Profile
from presale.models import BrandRules
from presale.terms import LONGEST_SILENCE_DAYS


class RulesForm(forms.Form):
    """A brand's own statement; presets fill it in, every field may be changed."""

    preset = forms.ChoiceField(label=_("Place"), choices=BrandRules.Preset.choices)
    allows_advance = forms.BooleanField(
        label=_("Deposits may be an advance, which comes back"), required=False
    )
    allows_earnest = forms.BooleanField(
        label=_("Deposits may be earnest money, which the brand keeps if the balance is not paid"),
        required=False,
    )
    earnest_max = WholeNumberField(
        label=_("Earnest money at most, percent of the price"),
        least=1,
        most=100,
        required=False,
        help_text=_("Empty: no bound is stated."),
    )
    earnest_double = forms.BooleanField(
        label=_("If we call a campaign off, earnest money comes back twice"),
        required=False,
        help_text=_("The second half is paid by you, outside of the payment provider."),
    )
    silence_days = WholeNumberField(
        label=_("A first delay counts as accepted in silence up to so many days"),
        least=0,
        most=LONGEST_SILENCE_DAYS,
        help_text=_("0: silence is never a yes. Never more than 30, and never a second time."),
    )
    withdrawal = forms.CharField(
        label=_("Withdrawal and returns"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Printed with the terms of every campaign, as you write it."),
    )

    def clean(self) -> dict[str, Any]:
        """Some kind of deposit must be left."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("allows_advance") and not data.get("allows_earnest"):
            self.add_error("allows_advance", _now("Allow at least one kind of deposit."))
        return data

    def profile(self) -> Profile:
        """The rules as typed; only after the form was found valid."""
        data = dict(self.cleaned_data)
        most = data.pop("earnest_max")
        return Profile(**data, earnest_max_bp=None if most is None else most * 100)


def as_typed(profile: Profile) -> dict[str, Any]:
    """The form's first values for rules that are stated already, or come from a preset."""
    most = profile.earnest_max_bp
    return {
        "preset": profile.preset or BrandRules.Preset.OWN,
        "allows_advance": profile.allows_advance,
        "allows_earnest": profile.allows_earnest,
        "earnest_max": None if most is None else most // 100,
        "earnest_double": profile.earnest_double,
        "silence_days": profile.silence_days,
        "withdrawal": profile.withdrawal,
    }


class CompensationForm(forms.Form):
    """How earnest money owed twice was paid; the buyer reads it."""

    number = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reference = forms.CharField(label=_("How it was paid"), max_length=120)
