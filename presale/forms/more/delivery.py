"""How soon a parcel arrives."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from fans.models import Brand
from presale.forms.fields import WholeNumberField
from presale.forms.more.base import Section
from presale.models import Campaign


class DeliverySection(Section):
    """A promise in hours or days from the moment the parcel is sent."""

    title = _("Delivery")

    delivery_within = WholeNumberField(
        label=_("A parcel arrives within"),
        least=1,
        most=240,
        required=False,
        help_text=_("Counted from when it is marked as sent. Empty: nothing is promised."),
    )
    delivery_unit = forms.ChoiceField(
        label=_("Counted in"),
        choices=[("1", _("hours")), ("24", _("days"))],
        required=False,
        initial="24",
    )

    def __init__(
        self, data: QueryDict | None = None, *, brand: Brand, draft: Campaign | None = None
    ) -> None:
        super().__init__(data, brand=brand)
        hours = draft.delivery_hours if draft else None
        if hours:
            unit = 1 if hours % 24 else 24
            self.initial = {"delivery_within": hours // unit, "delivery_unit": str(unit)}

    def columns(self) -> dict[str, Any]:
        """The promise in hours."""
        within, unit = self.cleaned_data["delivery_within"], self.cleaned_data["delivery_unit"]
        return {"delivery_hours": within * int(unit or 24) if within else None}
