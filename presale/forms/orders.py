"""What the buyer of an order changes about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from presale.forms.fields import LocalTimeField, WholeNumberField
from presale.models import Campaign, PreOrder, Variant


class VariantChangeForm(forms.Form):
    """Another variant of the same price, in place of one in the order."""

    line: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("In place of"), queryset=None, empty_label=None
    )
    to: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Take"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, order: PreOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = order.lines.select_related("variant")
        self.fields["line"].queryset = Variant.objects.filter(lines__in=lines)  # type: ignore[attr-defined]
        prices = {line.variant.surcharge_minor for line in lines}
        self.fields["to"].queryset = order.campaign.variants.filter(  # type: ignore[attr-defined]
            surcharge_minor__in=prices
        )
        for name in ("line", "to"):
            self.fields[name].error_messages["invalid_choice"] = _(
                "This is not part of this campaign, or has another price."
            )


class QuantityForm(forms.Form):
    """How many units of a variant the order is to have."""

    line: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Of"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, order: PreOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {line.variant_id: line.quantity for line in order.lines.all()}
        variants = Variant.objects.filter(pk__in=self.lines)
        self.fields["line"].queryset = variants  # type: ignore[attr-defined]
        most = order.campaign.person_limit
        self.fields["quantity"] = WholeNumberField(
            label=_("Quantity"),
            least=1,
            most=most,
            widget=forms.NumberInput(attrs={"min": 1, "max": most, "inputmode": "numeric"}),
        )
        if len(self.lines) == 1:
            only = next(iter(self.lines))
            self.fields["line"].widget = forms.HiddenInput()
            self.initial.setdefault("line", only)
            self.initial.setdefault("quantity", self.lines[only])

    def clean(self) -> dict[str, Any]:
        """Another number than now; cancelling is another page."""
        data: dict[str, Any] = super().clean() or {}
        variant, quantity = data.get("line"), data.get("quantity")
        if variant and quantity == self.lines[variant.pk]:
            self.add_error("quantity", _("The order has that many already."))
        return data

    @property
    def more(self) -> int:
        """Units more than now, or fewer when negative; only after the form was found valid."""
        now: int = self.lines[self.cleaned_data["line"].pk]
        return int(self.cleaned_data["quantity"]) - now


class AddressLockForm(forms.Form):
    """Until when addresses may be changed, in the campaign's own time zone."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locks_at"] = LocalTimeField(
            label=_("Addresses lock"), zone_name=campaign.time_zone
        )
        self.fields["locks_at"].help_text = campaign.time_zone
        self.initial.setdefault("locks_at", campaign.address_locks_at)
