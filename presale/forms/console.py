"""What merchants type in the console after a campaign is published."""

import contextlib
import csv
import io
import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from presale.actions.production import Parcel
from presale.forms.fields import LocalTimeField
from presale.models import Campaign, PreOrder, ProductionUpdate

MOST_PARCELS = 2000
LONGEST_LIST = 200_000


class ReasonForm(forms.Form):
    """A reason that fans read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Fans read it on the campaign's page and in their mail."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def said(self) -> dict[str, Any]:
        """What the action takes; only after the form was found valid."""
        return {"reason": self.cleaned_data["reason"]}


class OrderReasonForm(forms.Form):
    """A reason that one buyer reads."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads it in a mail and on the order's page."),
    )


class ExtendForm(ReasonForm):
    """A later close, in the campaign's own time zone."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        self.fields["closes_at"] = LocalTimeField(
            label=_("Deposits close"), zone_name=campaign.time_zone
        )
        self.fields["closes_at"].help_text = campaign.time_zone
        self.initial.setdefault("closes_at", campaign.closes_at)
        self.order_fields(["closes_at", "reason"])

    def said(self) -> dict[str, Any]:
        """The reason, and the new close."""
        return {**super().said(), "closes_at": self.cleaned_data["closes_at"]}


class DelayForm(ReasonForm):
    """A later date to ship by."""

    ship_by = forms.DateField(
        label=_("New date to ship by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        self.initial.setdefault("ship_by", campaign.ship_by)
        self.order_fields(["ship_by", "reason"])

    def said(self) -> dict[str, Any]:
        """The reason, and the new date."""
        return {**super().said(), "ship_by": self.cleaned_data["ship_by"]}


class CancelForm(ReasonForm):
    """Calling a campaign off: a reason, and its title typed as a confirmation."""

    confirmation = forms.CharField(label=_("Type the title to confirm"), max_length=120)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        # Help texts are printed as HTML; a title is not.
        self.fields["confirmation"].help_text = conditional_escape(campaign.title)

    def clean_confirmation(self) -> str:
        """Exactly the title, so that nobody cancels by a slip."""
        typed: str = self.cleaned_data["confirmation"].strip()
        if typed != self.campaign.title:
            raise ValidationError(_("That is not the title. Nothing was cancelled."))
        return typed


class OrderFilterForm(forms.Form):
    """The filters of the orders table; what is not understood is left out."""

    state = forms.ChoiceField(label=_("State"), required=False)
    variant: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Variant"), queryset=None, required=False, empty_label=_("All variants")
    )
    q = forms.CharField(label=_("Number, name or e-mail"), max_length=80, required=False)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [("", _("All states")), *PreOrder.State.choices]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        self.fields["variant"].queryset = campaign.variants.all()  # type: ignore[attr-defined]


class UpdateForm(forms.Form):
    """News from production; the photos stand beside it."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    stage = forms.ChoiceField(label=_("Stage"), choices=ProductionUpdate.Stage.choices)
    title = forms.CharField(label=_("Title"), max_length=100)
    body = forms.CharField(
        label=_("What happened"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


class ParcelsForm(forms.Form):
    """A pasted list of parcels, one line each: number, carrier, tracking."""

    file = forms.FileField(
        label=_("CSV file of the carrier"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("You see what it would do before anything is marked."),
    )
    csv = forms.CharField(
        label=_("List of parcels"),
        required=False,
        max_length=LONGEST_LIST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("One line each: order number, carrier, tracking number."),
    )

    def clean_file(self) -> str:
        """The text of the file, as spreadsheets write it here and in China."""
        file = self.cleaned_data.get("file")
        if not file:
            return ""
        if file.size > LONGEST_LIST:
            raise ValidationError(_("This file is too large for a list of parcels."))
        body: bytes = file.read()
        for encoding in ("utf-8-sig", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                return body.decode(encoding)
        raise ValidationError(_("This file is not text. Save the sheet as CSV."))

    def clean_csv(self) -> str:
        """Text that is a list at all; a file goes before what was pasted."""
        text: str = self.cleaned_data.get("file") or self.cleaned_data["csv"]
        if len(text.splitlines()) > MOST_PARCELS:
            raise ValidationError(_("At most 2,000 lines at once."))
        try:
            self._parcels = list(read_parcels(text))
        except csv.Error:
            raise ValidationError(_("This is not a list: a quotation mark is left open.")) from None
        return text

    @property
    def text(self) -> str:
        """The list as it was read, for the page that asks whether to carry it out."""
        return str(self.cleaned_data["csv"])

    def parcels(self) -> list[Parcel]:
        """The lines as parcels; a head line and empty lines are skipped."""
        return self._parcels


def read_parcels(text: str) -> Iterator[Parcel]:
    """Read comma, semicolon or tab separated lines; a line keeps its number for messages."""
    lines = "\n".join(text.lstrip("\ufeff").splitlines())
    separator = max(",;\t", key=lines.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(lines), delimiter=separator)
    for row in reader:
        cells = [cell.strip().lstrip("'") for cell in row] + ["", "", ""]
        if not any(cells) or (reader.line_num == 1 and "-" not in cells[0]):
            continue
        yield Parcel(reader.line_num, cells[0], cells[1], cells[2])


def typed_parcels(numbers: list[str], carriers: list[str], trackings: list[str]) -> list[Parcel]:
    """The rows of the table that were filled in; an empty row is an order not sent yet."""
    rows = zip(numbers, carriers, trackings, strict=False)
    return [
        Parcel(line, number.strip(), carrier.strip(), tracking.strip())
        for line, (number, carrier, tracking) in enumerate(rows, start=1)
        if tracking.strip()
    ]
