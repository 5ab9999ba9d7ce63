"""Forms of rounds and ballots."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import EXPONENTS, MAXIMUM_CHARGE, NotMoney, parse_minor
from voting.marks import Mark
from voting.models import Entry, Round


class ChoiceForm(forms.Form):
    """One press of a button of the round's page: `12 supports 1`."""

    choice = forms.RegexField(regex=r"^[0-9]{1,15} (supports|would_buy) [01]$")
    client_key = forms.UUIDField(required=False)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round

    def clean_choice(self) -> tuple[Entry, dict[str, bool]]:
        """The entry, and the part that is set."""
        key, part, value = self.cleaned_data["choice"].split()
        entry = Entry.objects.filter(round=self.round, pk=key).first()
        if entry is None:
            raise forms.ValidationError("no such entry")
        return entry, {part: value == "1"}


class WouldBuyForm(forms.Form):
    """The option one would buy and the highest price; both may stay open."""

    cap = forms.CharField(label=_("Highest price you would pay"), required=False, max_length=12)
    undo = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, round: Round, mark: Mark | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = round.brief.brand.currency
        self.axes = list(round.brief.axes.all())
        options = mark.options if mark else {}
        for number, axis in enumerate(self.axes):
            choices = [("", _("Not decided")), *((value, value) for value in axis.values)]
            self.fields[f"axis{number}"] = forms.ChoiceField(
                label=axis.name,
                choices=choices,
                required=False,
                initial=options.get(axis.name, ""),
            )
        self.order_fields([*(f"axis{n}" for n in range(len(self.axes))), "cap"])
        self.fields["cap"].help_text = _(
            "In %(currency)s. Leave it empty if you do not know yet."
        ) % {"currency": self.currency}
        self.fields["cap"].widget.attrs["inputmode"] = "decimal"
        if mark and mark.cap_minor:
            self.fields["cap"].initial = plain_amount(mark.cap_minor, self.currency)

    def clean_cap(self) -> int | None:
        """The price in minor units."""
        text = self.cleaned_data["cap"].strip()
        if not text:
            return None
        try:
            minor = parse_minor(text, self.currency)
        except NotMoney as error:
            raise forms.ValidationError(_("Enter an amount such as 289 or 289.50.")) from error
        if not 0 < minor <= MAXIMUM_CHARGE:
            raise forms.ValidationError(_("Enter an amount above zero that a card could pay."))
        return minor

    def said(self) -> dict[str, Any]:
        """What the form means for the ballot."""
        chosen = {
            axis.name: value
            for number, axis in enumerate(self.axes)
            if (value := self.cleaned_data[f"axis{number}"])
        }
        if self.cleaned_data["undo"]:
            return {"would_buy": False}
        return {"would_buy": True, "options": chosen, "cap_minor": self.cleaned_data["cap"]}


def plain_amount(minor: int, currency: str) -> str:
    """`28950, "CNY"` becomes `289.50`, as a form takes it."""
    digits = EXPONENTS[currency]
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)
