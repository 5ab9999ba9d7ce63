"""A brief as its brand writes it."""

import datetime as dt
import re
import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.text import tidy, validate_text
from designs.actions import Axis, BriefWords
from designs.models import Brief
from fans.models import Brand

AXES = 3
MOST_VALUES = 20
LONGEST_VALUE = 30
# More combinations than this nobody cuts, counts or ships.
MOST_COMBINATIONS = 200


def words(rows: int) -> forms.Textarea:
    """A field for running text."""
    return forms.Textarea(attrs={"rows": rows})


class BriefForm(forms.Form):
    """What is wanted, what it pays, until when, and the options of the products to come."""

    title = forms.CharField(label=_("Title"), max_length=100, validators=[validate_text])
    body = forms.CharField(
        label=_("What is wanted"),
        help_text=_("Who is it for, what must it do, what is given, what is free?"),
        max_length=6000,
        widget=words(8),
        validators=[validate_text],
    )
    royalty = forms.CharField(
        label=_("What the designer gets"),
        help_text=_(
            "Share, of what, paid when, and what happens to drafts that are not chosen. "
            "Designers read it before they upload; it then holds for their draft."
        ),
        max_length=1000,
        widget=words(3),
        validators=[validate_text],
    )
    is_open_to_all = forms.TypedChoiceField(
        label=_("Who may answer"),
        choices=[("yes", _("Anybody with an account")), ("no", _("Only our own designers"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    closes_at = forms.DateTimeField(
        label=_("Drafts until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def __init__(self, *args: Any, brand: Brand, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.zone = zoneinfo.ZoneInfo(brand.time_zone)
        self.fields["closes_at"].help_text = gettext(
            "Time in %(zone)s. Empty: until you close it."
        ) % {"zone": brand.time_zone}
        for number in range(AXES):
            self.fields[f"axis-{number}-name"] = forms.CharField(
                label=gettext("Option %(number)s") % {"number": number + 1},
                required=False,
                max_length=LONGEST_VALUE,
                validators=[validate_text],
            )
            self.fields[f"axis-{number}-values"] = forms.CharField(
                label=gettext("Values of option %(number)s") % {"number": number + 1},
                required=False,
                max_length=700,
                widget=forms.Textarea(attrs={"rows": 2}),
                validators=[validate_text],
            )

    @classmethod
    def first_values(cls, brief: Brief) -> dict[str, Any]:
        """The form's first values from a brief that exists."""
        zone = zoneinfo.ZoneInfo(brief.brand.time_zone)
        values: dict[str, Any] = {
            "title": brief.title,
            "body": brief.body,
            "royalty": brief.royalty,
            "is_open_to_all": "yes" if brief.is_open_to_all else "no",
            "closes_at": brief.closes_at and brief.closes_at.astimezone(zone).replace(tzinfo=None),
        }
        for number, axis in enumerate(brief.axes.all()[:AXES]):
            values[f"axis-{number}-name"] = axis.name
            values[f"axis-{number}-values"] = ", ".join(axis.values)
        return values

    def axis_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of name and values, for the template."""
        return [(self[f"axis-{n}-name"], self[f"axis-{n}-values"]) for n in range(AXES)]

    def main_fields(self) -> list[forms.BoundField]:
        """The fields above the options."""
        return [self[name] for name in ("title", "body", "royalty", "is_open_to_all", "closes_at")]

    def clean_body(self) -> str:
        """With plain line breaks."""
        return tidy(self.cleaned_data["body"])

    def clean_royalty(self) -> str:
        """With plain line breaks."""
        return tidy(self.cleaned_data["royalty"])

    def clean_closes_at(self) -> dt.datetime | None:
        """The typed time is the brand's local time; it must lie ahead."""
        typed = self.cleaned_data["closes_at"]
        if typed is None:
            return None
        at = timezone.make_naive(typed).replace(tzinfo=self.zone)
        if at.astimezone(dt.UTC).astimezone(self.zone).replace(tzinfo=None) != at.replace(
            tzinfo=None
        ):
            raise ValidationError(gettext("The clocks change then: this time does not exist."))
        if "closes_at" in self.changed_data and at <= self.now:
            raise ValidationError(gettext("This time has passed already."))
        return at

    def clean(self) -> dict[str, Any]:
        """The options together: no name twice, both halves filled, not too many combinations."""
        data = super().clean() or {}
        self.axes = self._axes(data)
        names = [axis.name.casefold() for axis in self.axes]
        if len(set(names)) < len(names):
            self.add_error("axis-0-name", gettext("Two options have the same name."))
        combinations = 1
        for axis in self.axes:
            combinations *= len(axis.values)
        if combinations > MOST_COMBINATIONS:
            self.add_error(
                "axis-0-values",
                gettext("These options make %(number)s combinations; up to %(most)s work.")
                % {"number": combinations, "most": MOST_COMBINATIONS},
            )
        return data

    def _axes(self, data: dict[str, Any]) -> list[Axis]:
        axes = []
        for number in range(AXES):
            name = data.get(f"axis-{number}-name", "")
            values = split_values(data.get(f"axis-{number}-values", ""))
            problem = _problem_of(name, values)
            if problem:
                self.add_error(f"axis-{number}-{problem[0]}", problem[1])
            elif name:
                axes.append(Axis(name, values))
        return axes

    @property
    def brief_words(self) -> BriefWords:
        """What the valid form says."""
        data = self.cleaned_data
        return BriefWords(
            title=data["title"],
            body=data["body"],
            royalty=data["royalty"],
            axes=self.axes,
            is_open_to_all=data["is_open_to_all"],
            closes_at=data["closes_at"],
        )


def split_values(text: str) -> list[str]:
    """Values by comma (also the Chinese ones) or line, without empty ones."""
    return [value for part in re.split(r"[,，、;\n]", text) if (value := " ".join(part.split()))]


def _problem_of(name: str, values: list[str]) -> tuple[str, str] | None:
    if name and not values:
        return "values", gettext("Name at least one value, such as S, M, L.")
    if values and not name:
        return "name", gettext("Name the option, such as Size.")
    if len({value.casefold() for value in values}) < len(values):
        return "values", gettext("A value is here twice.")
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
        return "values", gettext("Up to %(values)s values of up to %(letters)s letters work.") % {
            "values": MOST_VALUES,
            "letters": LONGEST_VALUE,
        }
    return None
