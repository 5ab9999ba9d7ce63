"""Standing in line: what for, how many, who."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from presale.forms.checkout import AddressForm
from presale.forms.fields import WholeNumberField
from presale.models import Campaign, Variant, WaitingPlace


def _units(most: int) -> WholeNumberField:
    return WholeNumberField(
        label=_("Quantity"),
        least=1,
        most=most,
        initial=1,
        widget=forms.NumberInput(attrs={"min": 1, "max": most, "inputmode": "numeric"}),
    )


class JoinForm(forms.Form):
    """A variant that is sold out, and how many units; signed-in people give no address."""

    variant: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Variant"), queryset=None, empty_label=None
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a link there first; your place counts from when you open it."),
    )
    field_order = ["variant", "quantity", "email"]

    def __init__(self, *args: Any, campaign: Campaign, known_email: str = "", **kw: Any) -> None:
        super().__init__(*args, **kw)
        gone = [one.pk for one in campaign.variants.all() if one.left is not None]
        self.fields["variant"].queryset = Variant.objects.filter(pk__in=gone)  # type: ignore[attr-defined]
        self.fields["variant"].error_messages["invalid_choice"] = _(
            "There is no waiting list for this."
        )
        self.fields["quantity"] = _units(campaign.person_limit)
        if known_email:
            del self.fields["email"]
        self.order_fields(self.field_order)


class TakeForm(AddressForm):
    """Where the kept units go, and how many of them."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, place: WaitingPlace, **kw: Any) -> None:
        super().__init__(*args, campaign=place.campaign, **kw)
        self.fields["quantity"] = _units(place.quantity)
        self.initial.setdefault("quantity", place.quantity)
        self.order_fields(["quantity", "name"])
