"""Forms about people and brands."""

import re
from decimal import Decimal
from typing import Any

from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
    RequestLoginCodeForm,
)
from babel import Locale
from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.money import EXPONENTS, NotMoney, parse_minor
from core.zones import Groups, ZoneField, zone_choices
from fans.models import Brand, Membership, ShippingZone, User
from fans.tiers import Thresholds


def own_zones() -> Groups:
    """The zones for a person: where none was chosen (UTC), the browser's holds."""
    (group, often), *others = zone_choices()
    return [(group, [("UTC", gettext("As the browser says")), *often[1:]]), *others]


def countries() -> list[tuple[str, str]]:
    """ISO codes with names in the reader's language, by name."""
    language = "zh_Hans" if (get_language() or "").startswith("zh") else "en"
    named = Locale.parse(language).territories
    real = [(code, name) for code, name in named.items() if re.fullmatch("[A-Z]{2}", code)]
    return sorted((pair for pair in real if pair[0] not in NO_COUNTRY), key=lambda pair: pair[1])


# Codes of CLDR that name no country: the European Union and the like, and test values.
NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


class EnterForm(RequestLoginCodeForm):
    """One field: the address to which the code goes. Limits per address come from allauth."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class PasswordForm(LoginForm):
    """Address and password; allauth drops the password where signing up asks for none."""

    def _setup_password_field(self) -> None:
        self.fields["login"].label = _("E-mail address")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class _SixDigits(forms.Form):
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class LoginCodeForm(_SixDigits, ConfirmLoginCodeForm):
    """The code that signs in."""


class AddressCodeForm(_SixDigits, ConfirmEmailVerificationCodeForm):
    """The code that proves an added address."""


class ResetCodeForm(_SixDigits, ConfirmPasswordResetCodeForm):
    """The code that lets somebody set a new password."""


class SettingsForm(forms.ModelForm[User]):
    """What a person says about themselves, and how they want the site."""

    time_zone = ZoneField(label=_("Time zone"), choices=own_zones)

    class Meta:
        model = User
        fields = ("name", "handle", "about", "language", "time_zone", "theme")
        labels = {"language": _("Language"), "theme": _("Appearance")}
        help_texts = {
            "name": _("What others see. Without one you appear by your handle."),
            "handle": _("The last part of your profile's address: letters, digits, - and _."),
        }
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}

    def clean_handle(self) -> str:
        """Handles differ by more than capitals."""
        handle = self.cleaned_data["handle"]
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(handle__iexact=handle).exists():
            raise forms.ValidationError(_("This handle is taken."), code="taken")
        return handle


class ApplyForm(forms.ModelForm[Brand]):
    """An application for a brand."""

    class Meta:
        model = Brand
        fields = ("name", "trade", "about", "website")
        help_texts = {
            "trade": _("In a few words, e.g. knitwear, small kitchen machines, cherries."),
            "about": _("Who you are, what you have made so far, and what you want fans to choose."),
        }
        widgets = {"about": forms.Textarea(attrs={"rows": 6})}


class DecideForm(forms.Form):
    """An operator's decision about a brand; all but an approval need a reason."""

    EVENTS = ("approve", "decline", "reopen", "suspend", "restore")
    event = forms.ChoiceField(choices=[(event, event) for event in EVENTS])
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """People read the reason for what is taken from them."""
        data = super().clean() or {}
        if data.get("event") in ("decline", "suspend") and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why: they will read it."))
        return data


class InviteForm(forms.Form):
    """An address and the role it is offered."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.DESIGNER
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)


class BrandForm(forms.ModelForm[Brand]):
    """A brand's settings; the currency is fixed once prices in it exist."""

    country = forms.ChoiceField(label=_("Country"), choices=countries)
    time_zone = ZoneField(
        label=_("Time zone"),
        help_text=_("Rounds and campaigns open and close by this clock."),
    )
    tax_percent = forms.DecimalField(
        label=_("Tax included in prices, in percent"),
        min_value=Decimal(0),
        max_value=Decimal(50),
        max_digits=4,
        decimal_places=2,
        help_text=_("Every price that fans see includes it; it is kept with each order."),
    )

    class Meta:
        model = Brand
        fields = ("name", "trade", "about", "website", "country", "time_zone", "currency")
        labels = {"currency": _("Currency")}
        widgets = {"about": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, currency_locked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_percent"].initial = Decimal(self.instance.tax_rate_bp) / 100
        if currency_locked:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("Fixed: there are campaigns priced in it.")

    def changes(self) -> dict[str, Any]:
        """The fields as the brand stores them."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return data | {"tax_rate_bp": int(self.cleaned_data["tax_percent"] * 100)}


class TiersForm(forms.Form):
    """What makes a fan and an honorary developer with this brand."""

    fan = forms.IntegerField(label=_("Points for a fan"), min_value=1, max_value=100_000)
    honorary = forms.IntegerField(
        label=_("Points for an honorary developer"), min_value=2, max_value=100_000
    )
    window_days = forms.IntegerField(
        label=_("Days within which points count"), min_value=7, max_value=3650
    )

    def clean(self) -> dict[str, Any]:
        """An honorary developer has done more than a fan."""
        data = super().clean() or {}
        if data.get("honorary") and data.get("fan") and data["honorary"] <= data["fan"]:
            self.add_error("honorary", _("This must be more than the points for a fan."))
        return data

    def terms(self) -> Thresholds:
        """The thresholds as the rules take them."""
        return Thresholds(**{n: self.cleaned_data[n] for n in ("fan", "honorary", "window_days")})


class StandingForm(forms.Form):
    """Points by hand, a suspension or its end; the person reads the reason."""

    EVENTS = ("grant", "suspend", "lift")
    event = forms.ChoiceField(choices=[(event, event) for event in EVENTS])
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1000, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=160)

    def clean(self) -> dict[str, Any]:
        """Points belong to a grant."""
        data = super().clean() or {}
        if data.get("event") == "grant" and not data.get("points"):
            self.add_error("points", _("How many points?"))
        return data


class ZoneForm(forms.ModelForm[ShippingZone]):
    """One line of the table of shipping: countries and the price to them."""

    name = forms.CharField(label=_("Name"), max_length=60)
    countries = forms.CharField(
        label=_("Countries"),
        required=False,
        max_length=800,
        help_text=_("Codes such as DE, FR, CN. Empty: everywhere else."),
    )
    price = forms.CharField(label=_("Price"), max_length=14)

    class Meta:
        model = ShippingZone
        fields = ("name",)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["price"].label = gettext("Price in %(currency)s") % {"currency": currency}
        if self.instance.pk:
            self.initial["countries"] = ", ".join(self.instance.countries)
            self.initial["price"] = _plain(self.instance.price_minor, currency)

    def clean_countries(self) -> list[str]:
        """Known ISO codes, each once."""
        codes = re.split(r"[\s,;]+", self.cleaned_data["countries"].upper().strip(" ,;"))
        known = dict(countries())
        wrong = [code for code in codes if code and code not in known]
        if wrong:
            raise forms.ValidationError(
                _("Not a country code: %(codes)s"), params={"codes": ", ".join(wrong)}
            )
        return sorted({code for code in codes if code})

    def clean_price(self) -> int:
        """The price in minor units."""
        try:
            return parse_minor(self.cleaned_data["price"], self.currency)
        except NotMoney as error:
            raise forms.ValidationError(_("Write a plain amount, e.g. 12.50.")) from error

    def save(self, commit: bool = True) -> ShippingZone:
        """Write countries and price with the line."""
        self.instance.countries = self.cleaned_data["countries"]
        self.instance.price_minor = self.cleaned_data["price"]
        return super().save(commit)


class BaseZones(BaseInlineFormSet[ShippingZone, Brand, ZoneForm]):
    """The whole table: no country twice, one line at most for everywhere else."""

    def clean(self) -> None:
        """Whoever orders must find one price."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            if not data or data.get("DELETE"):
                continue
            codes = set(data.get("countries", [])) or {""}
            if codes & seen:
                twice = ", ".join(sorted(codes & seen)) or gettext("everywhere else")
                raise forms.ValidationError(
                    _("In more than one line: %(twice)s"), params={"twice": twice}
                )
            seen |= codes


Zones = inlineformset_factory(
    Brand, ShippingZone, form=ZoneForm, formset=BaseZones, extra=1, max_num=30, can_delete=True
)


def _plain(minor: int, currency: str) -> str:
    digits = EXPONENTS[currency]
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits else str(whole)
