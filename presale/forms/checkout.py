"""Ordering: who, where to, which variant, how many."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from presale import postal
from presale.actions.orders import Address
from presale.countries import country_choices
from presale.errors import SoldOut
from presale.forms.fallbacks import fallback_field, parsed
from presale.forms.fields import WholeNumberField
from presale.forms.limits import limit_field, prices_ahead
from presale.models import Campaign, Variant


class AddressForm(forms.Form):
    """Where the parcel goes."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address1 = forms.CharField(
        label=_("Street and number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    region = forms.CharField(
        label=_("State or province"),
        max_length=80,
        required=False,
        help_text=_("Where addresses have one."),
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"})
    )
    address2 = forms.CharField(
        label=_("Second address line"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    phone = forms.CharField(
        label=_("Phone, for the carrier"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["country"].choices = country_choices(campaign)  # type: ignore[attr-defined]
        # What the country of the moment needs is not marked as optional.
        for name in postal.needed_parts(str(self["country"].value() or "")):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """What the country of the address needs."""
        for field, reason in postal.missing_parts(self.cleaned_data):
            if field not in self.errors:
                self.add_error(field, reason)
        return self.cleaned_data

    def address(self) -> Address:
        """The address as the actions take it; only after the form was found valid."""
        names = [field.name for field in fields(Address)]
        return Address(**{name: self.cleaned_data[name] for name in names})


class CheckoutForm(AddressForm):
    """The one page of the checkout; signed-in people are not asked for their e-mail address."""

    variant = forms.ModelChoiceField(
        label=_("Variant"), queryset=Variant.objects.none(), empty_label=None
    )
    quantity = WholeNumberField(label=_("Quantity"), least=1, most=500)
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For the receipt and the balance. No account is made."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = [
        "variant",
        "quantity",
        "limit",
        "if_missed",
        "email",
        "name",
        "address1",
        "city",
        "region",
        "postcode",
    ]

    def __init__(self, *args: Any, campaign: Campaign, known_email: str = "", **kw: Any) -> None:
        super().__init__(*args, campaign=campaign, **kw)
        variants = self.fields["variant"]
        variants.queryset = campaign.variants.all()  # type: ignore[attr-defined]
        variants.error_messages["invalid_choice"] = _("This is not part of this campaign.")
        most = campaign.person_limit
        self.fields["quantity"] = WholeNumberField(
            label=_("Quantity"),
            least=1,
            most=most,
            widget=forms.NumberInput(attrs={"min": 1, "max": most, "inputmode": "numeric"}),
        )
        limit = limit_field(campaign)
        if limit:
            self.fields["limit"] = limit
        fallback = fallback_field(campaign)
        if fallback:
            self.fields["if_missed"] = fallback
        if known_email:
            del self.fields["email"]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Places that are gone are said here, before anybody reads the whole order."""
        data: dict[str, Any] = super().clean()
        variant, quantity = data.get("variant"), data.get("quantity") or 0
        left = variant.left if variant else None
        if variant and left is not None and quantity > left:
            gone = SoldOut(variant.pk, variant.label, left)
            self.add_error("quantity" if left else "variant", str(gone))
        choice, other_id = parsed(data.get("if_missed") or "")
        other = next((v for v in self.campaign.variants.all() if v.pk == other_id), None)
        if variant and other and other.pk == variant.pk:
            self.add_error("if_missed", _("Choose another variant than the one you order."))
        elif variant and other and other.surcharge_minor > variant.surcharge_minor:
            self.add_error("if_missed", _("That variant costs more than the one you order."))
        data["fallback"] = (choice, other_id)
        return data

    def chosen(self) -> tuple[Variant | None, int]:
        """Variant and quantity as they stand in the form now, right or wrong."""
        key, quantity = self["variant"].value(), str(self["quantity"].value() or "")
        key = getattr(key, "pk", key)
        variant = next((v for v in self.campaign.variants.all() if str(v.pk) == str(key)), None)
        is_number = quantity.isascii() and quantity.isdigit() and len(quantity) < 4
        return variant, min(int(quantity), self.campaign.person_limit) or 1 if is_number else 1

    def chosen_limit(self) -> int | None:
        """The limit as it stands in the form now, where it is one of those offered."""
        offered = prices_ahead(self.campaign) if "limit" in self.fields else []
        value = str(self["limit"].value() or "") if offered else ""
        return next((price for price in offered if str(price) == value), None)

    @property
    def limit_is_open(self) -> bool:
        """Whether a limit is chosen, or there is a message about it."""
        return bool(self.chosen_limit() or self.errors.get("limit"))

    @property
    def more_is_open(self) -> bool:
        """Whether something that is folded away is asked for, or has a message."""
        folded = ("region", "address2", "phone")
        country = str(self["country"].value() or "")
        return any(self.errors.get(name) for name in folded) or "region" in postal.needed_parts(
            country
        )


class CodeForm(forms.Form):
    """The six digits from the mail."""

    code = forms.RegexField(
        label=_("Code"),
        regex=r"^\s*[0-9]{6}\s*$",
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ReviewForm(forms.Form):
    """Consent, and the total the page showed."""

    terms = forms.BooleanField(
        error_messages={"required": _("Please agree to the terms to go on.")}
    )
    auto_charge = forms.BooleanField(required=False)
    total_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
