"""The rows of the campaign wizard: steps of the price, and variants."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from designs.models import Revision
from presale.forms.fields import MoneyField, WholeNumberField

MOST_UNITS = 1_000_000


class StepForm(forms.Form):
    """One row of the price ladder; an empty row is left out."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["min_units"] = WholeNumberField(
            label=_("From units"), least=1, most=MOST_UNITS, required=False
        )
        self.fields["unit"] = MoneyField(
            label=_("Price"), currency=currency, least=1, required=False
        )

    @property
    def cells(self) -> list[forms.BoundField]:
        """The fields in the order of the table, each named for those who do not see its column."""
        return [_named(self[name], str(self[name].label)) for name in ("min_units", "unit")]

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors or (data.get("min_units") is None) == (data.get("unit") is None):
            return data
        missing = "unit" if data.get("unit") is None else "min_units"
        self.add_error(missing, _("Fill in both fields of the row, or neither."))
        return data


class VariantForm(forms.Form):
    """One combination of options."""

    include = forms.BooleanField(label=_("Include"), required=False)
    sku = forms.CharField(label=_("SKU"), max_length=40, required=False)

    def __init__(
        self, *args: Any, currency: str, choices: tuple[tuple[str, str], ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.title = variant_label(choices)
        self.fields["surcharge"] = MoneyField(
            label=_("Surcharge"), currency=currency, required=False
        )
        self.fields["quota"] = WholeNumberField(
            label=_("Quota"), least=1, most=MOST_UNITS, required=False
        )
        self.fields["minimum"] = WholeNumberField(
            label=_("Own minimum"), least=1, most=MOST_UNITS, required=False
        )

    @property
    def cells(self) -> list[forms.BoundField]:
        """The fields in the order of the table, each named with its variant."""
        names = ("sku", "surcharge", "quota", "minimum")
        return [_named(self[name], f"{self[name].label}, {self.title}") for name in names]

    def clean(self) -> dict[str, Any]:
        """An included variant has a SKU."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("include") and not data.get("sku"):
            self.add_error("sku", _("Give this variant a SKU."))
        return data


def combinations(revision: Revision) -> list[tuple[tuple[str, str], ...]]:
    """Every combination of the brief's options, in the order shown; one empty one without axes."""
    axes = revision.design.brief.axes.all()
    pairs = [[(axis.name, str(value)) for value in axis.values] for axis in axes]
    return list(itertools.product(*pairs))


def variant_label(choices: Sequence[tuple[str, str]]) -> str:
    """`M / Blue`; a product without options has one variant, named so."""
    return " / ".join(value for _axis, value in choices) or str(_("One version"))


def sku_for(revision: Revision, choices: Sequence[tuple[str, str]]) -> str:
    """A proposal such as `0142-M-BLUE`; words without Latin letters get their place instead."""
    axes = {axis.name: axis.values for axis in revision.design.brief.axes.all()}
    parts = [f"{revision.design.number:04d}"]
    for name, value in choices:
        latin = re.sub(r"[^A-Z0-9]", "", value.upper())
        unique = sum(re.sub(r"[^A-Z0-9]", "", str(v).upper()) == latin for v in axes[name]) == 1
        parts.append(latin[:8] if latin and unique else str(list(axes[name]).index(value) + 1))
    return "-".join(parts)[:40]


def _named(field: forms.BoundField, name: str) -> forms.BoundField:
    field.field.widget.attrs["aria-label"] = name
    return field
