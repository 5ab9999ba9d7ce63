"""Forms of rounds and ballots."""

import datetime as dt
from dataclasses import fields
from typing import Any

from django import forms
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from core.money import EXPONENTS, MAXIMUM_CHARGE, NotMoney, parse_minor
from core.zones import ZoneField
from designs.models import Design
from designs.templatetags.pictures import picture
from voting import reads
from voting.actions import Decision, Plan
from voting.marks import Mark
from voting.methods import METHODS, Method, method_of
from voting.methods.base import YES_OR_NO, parameter_names
from voting.models import Entry, Round, SetAside
from voting.queries import FEWEST_DRAFTS
from voting.schedule import AmbiguousTime, NoSuchTime, to_instant, to_wall


class WallClock(forms.DateTimeInput):
    """The browser's own field for a date and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class WallField(forms.Field):
    """What a clock on the wall shows, without a zone: that is a field of its own.

    Django's field would read it in the zone of the person who fills the form.
    """

    widget = WallClock

    def to_python(self, value: Any) -> dt.datetime | None:
        """The naive date and time, or None for an empty field."""
        if not value:
            return None
        try:
            return dt.datetime.fromisoformat(value.strip()).replace(tzinfo=None)
        except ValueError as error:
            raise forms.ValidationError(_("Enter a date and a time.")) from error


class DraftChoice(forms.ModelMultipleChoiceField):
    """Drafts, each with its first picture, number and title."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """The picture, the title, `No. 0142 · Rev 2 · Lin`, and how it did before."""
        number = _("No. %(number)s") % {"number": f"{obj.number:04d}"}
        revision = _("Rev %(number)s") % {"number": obj.newest}
        lines = [obj.title, f"{number} · {revision} · {obj.designer.public_name}"]
        if obj.earlier_round:
            place = _("%(round)s: place %(place)s") % {
                "round": obj.earlier_round,
                "place": obj.earlier_place,
            }
            lines.append(f"{place} · {Entry.Outcome(obj.earlier_outcome).label}")
        elif obj.state == Design.State.NOT_CHOSEN:
            lines.append(str(_("not chosen before")))
        newest = max(obj.revisions.all(), key=lambda revision: revision.number)
        shown = picture(next(iter(newest.placements.all()), None), "", "4rem")
        said = format_html_join(" ", "<span>{}</span>", ((line,) for line in lines))
        return format_html(
            '<span class="draft-choice">{}<span class="draft-choice__words">{}</span></span>',
            shown,
            said,
        )


class ChoiceForm(forms.Form):
    """One press of a control of the round's page: `12 supports 1`, `12 score 4`, `12 rank 2`.

    What may be set beside `would_buy`, and to what, the method of the round says. Without the
    value it is read from a field of its own: `12 score` with `score-12=4`.
    """

    choice = forms.RegexField(regex=r"^[0-9]{1,15} [a-z_]{1,12}( [0-9]{1,4})?$")
    client_key = forms.UUIDField(required=False)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round

    def clean_choice(self) -> tuple[Entry, dict[str, Any]]:
        """The entry, and the part that is set."""
        key, part, *values = self.cleaned_data["choice"].split()
        value = values[0] if values else self.data.get(f"{part}-{key}", "")[:4]
        entry = reads.entry_of(self.round.pk, int(key), DEFAULT_DB_ALIAS)
        if entry is None:
            raise forms.ValidationError("no such entry")
        method = method_of(self.round)
        try:
            if part == "would_buy":
                return entry, {"would_buy": YES_OR_NO[value]}
            if part == method.part:
                return entry, method.read(value)
        except (KeyError, ValueError) as error:
            raise forms.ValidationError("no such value") from error
        raise forms.ValidationError("no such part")


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


class RoundForm(forms.Form):
    """Everything a round needs on one page; the fields of each method bear its name."""

    title = forms.CharField(label=_("Title"), max_length=100)
    designs = DraftChoice(label=_("Drafts"), queryset=Design.objects.none())
    method = forms.ChoiceField(
        label=_("How people vote"),
        choices=[(name, Round.Method(name).label) for name in METHODS],
        widget=forms.RadioSelect,
    )
    opens = WallField(label=_("Opens"))
    closes = WallField(label=_("Closes"))
    time_zone = ZoneField(label=_("Time zone"))
    electorate = forms.ChoiceField(
        label=_("Who may vote"), choices=Round.Electorate.choices, widget=forms.RadioSelect
    )
    results = forms.ChoiceField(
        label=_("Scores"), choices=Round.Results.choices, widget=forms.RadioSelect
    )
    deciding = forms.ChoiceField(
        label=_("Which tally decides"), choices=Round.Deciding.choices, widget=forms.RadioSelect
    )
    waits_for_pins = forms.BooleanField(
        label=_("Open only when every pin on its drafts is answered"), required=False
    )
    rule = forms.CharField(
        label=_("In your own words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Stands with the rule, which the page says by itself: what you look for, what becomes"
            " of the winner. Frozen when the round opens."
        ),
    )
    BEFORE = ("title", "designs", "method")

    def __init__(self, *args: Any, designs: QuerySet[Design], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictured = designs.prefetch_related("revisions__placements__picture")
        self.fields["designs"].queryset = pictured  # type: ignore[attr-defined]
        for name, method in METHODS.items():
            for parameter, field in method.form_fields().items():
                # They stand on the page for all methods, and have to be right for the chosen one.
                field.is_sometimes_required = field.required  # type: ignore[attr-defined]
                field.required = field.required and self._chosen() == name
                self.fields[f"{name}_{parameter}"] = field

    def _chosen(self) -> str:
        return self.data.get(self.add_prefix("method"), "") if self.is_bound else ""

    @property
    def fields_before(self) -> list[forms.BoundField]:
        """What comes before the parameters of the methods."""
        return [self[name] for name in self.BEFORE]

    @property
    def method_fields(
        self,
    ) -> list[tuple[str, str | Promise, Promise, list[forms.BoundField]]]:
        """Per method its name, in words too, what it is good for, and its fields."""
        return [
            (
                name,
                Round.Method(name).label,
                method.about,
                [self[f"{name}_{one}"] for one in parameter_names(method)],
            )
            for name, method in METHODS.items()
        ]

    @property
    def fields_after(self) -> list[forms.BoundField]:
        """What comes after them."""
        return [self[name] for name in self.base_fields if name not in self.BEFORE]

    def clean_designs(self) -> QuerySet[Design]:
        """At least two."""
        chosen: QuerySet[Design] = self.cleaned_data["designs"]
        if len(chosen) < FEWEST_DRAFTS:
            raise forms.ValidationError(_("Choose at least two drafts."))
        return chosen

    def clean(self) -> dict[str, Any]:
        """Both times as instants; the close after the opening, and in the future."""
        data = super().clean() or {}
        if data.get("method") and data.get("designs") is not None:
            self._clean_parameters(data, METHODS[data["method"]])
        zone = data.get("time_zone")
        if not zone:
            return data
        for name in ("opens", "closes"):
            if data.get(name):
                data[name] = instant_of(self, name, data[name], zone)
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("The close must be after the opening."))
        elif closes and closes <= timezone.now():
            self.add_error("closes", _("The close must be in the future."))
        return data

    def _clean_parameters(self, data: dict[str, Any], method: type[Method]) -> None:
        names = {one: f"{method.name}_{one}" for one in parameter_names(method)}
        if any(field in self.errors for field in names.values()):
            return
        made = method(**{one: data[field] for one, field in names.items()})
        for one, problem in made.problems(len(data["designs"])).items():
            self.add_error(names[one], str(problem))
        data["parameters"] = made.parameters

    def plan(self) -> Plan:
        """What the valid form says."""
        data = self.cleaned_data
        kept = {field.name: data[field.name] for field in fields(Plan) if field.name in data}
        return Plan(opens_at=data["opens"], closes_at=data["closes"], **kept)


def instant_of(form: forms.Form, name: str, wall: dt.datetime, zone: str) -> dt.datetime | None:
    """The instant of a wall time; one that is none or two becomes an error of that field."""
    try:
        return to_instant(wall, zone)
    except NoSuchTime as error:
        text = _(
            "This time does not exist: in %(zone)s the clocks go forward then. "
            "The next one that does is %(time)s."
        )
        form.add_error(name, text % {"zone": zone, "time": clock_words(error.later, wall)})
    except AmbiguousTime as error:
        text = _(
            "This time happens twice: in %(zone)s the clocks go back then. "
            "Choose one before %(start)s or from %(end)s on."
        )
        times = {"start": clock_words(error.start, wall), "end": clock_words(error.end, wall)}
        form.add_error(name, text % {"zone": zone, **times})
    return None


def clock_words(at: dt.datetime, wall: dt.datetime) -> str:
    """`03:00`, with its date where that is another one than the date that was given."""
    return f"{at:%H:%M}" if at.date() == wall.date() else f"{at:%Y-%m-%d %H:%M}"


class ReasonForm(forms.Form):
    """A reason that everybody will read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who looks at this round reads it."),
    )


class ResumeForm(ReasonForm):
    """Going on after a pause."""

    gives_time_back = forms.BooleanField(
        label=_("Close later by the length of the pause"), required=False, initial=True
    )


class ExtendForm(ReasonForm):
    """A later close, on the clocks of the round's own zone."""

    closes = WallField(label=_("Closes"))
    field_order = ("closes", "reason")

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round
        self.initial["closes"] = to_wall(round.closes_at, round.time_zone)
        self.fields["closes"].help_text = _("In %(zone)s; only later than now.") % {
            "zone": round.time_zone
        }

    def clean_closes(self) -> dt.datetime | None:
        """The instant; later than the close as it is."""
        closes = instant_of(self, "closes", self.cleaned_data["closes"], self.round.time_zone)
        if closes and closes <= self.round.closes_at:
            raise forms.ValidationError(_("The close can only move to later."))
        return closes


class DueReason(forms.CharField):
    """A reason that is due or not by another answer, so that its label cannot say "optional"."""

    is_sometimes_required = True


class DecisionForm(forms.Form):
    """What becomes of one draft after the count; one form per entry."""

    CHOICES = [
        (Entry.Outcome.WINNER.value, _("Winner")),
        (Entry.Outcome.FORWARDED.value, _("Goes on")),
        (Entry.Outcome.TO_REVISE.value, _("To be revised")),
        (Entry.Outcome.NOT_CHOSEN.value, _("Not chosen")),
    ]
    outcome = forms.ChoiceField(label=_("Decision"), choices=CHOICES, widget=forms.RadioSelect)
    reason = DueReason(
        label=_("Reason, for everybody to read"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    NEED_NONE = (Entry.Outcome.WINNER, Entry.Outcome.FORWARDED)

    def __init__(self, *args: Any, common: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.common = common

    def clean(self) -> dict[str, Any]:
        """Who does not go on is owed a reason; the common one serves where a draft is out."""
        data = super().clean() or {}
        data["reason"] = data.get("reason", "").strip()
        if data.get("outcome") == Entry.Outcome.NOT_CHOSEN:
            data["reason"] = data["reason"] or self.common
        if data.get("outcome", "winner") not in self.NEED_NONE and not data["reason"]:
            self.add_error("reason", _("Say why, in a sentence."))
        return data

    def decision(self) -> Decision:
        """What the valid form says."""
        return Decision(self.cleaned_data["outcome"], self.cleaned_data["reason"])


class CommonReasonForm(forms.Form):
    """One reason for all drafts that are not chosen and have none of their own."""

    common = DueReason(
        label=_("Common reason for drafts that are not chosen"),
        max_length=1000,
        required=False,
        help_text=_("Stands with each of them that has no reason of its own below."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FirstOnesForm(forms.Form):
    """How many of the first drafts go on; fills the decisions in, which are then looked at."""

    first = forms.IntegerField(
        label=_("How many of the first drafts go on"), min_value=1, required=False
    )


class JudgeForm(forms.Form):
    """An operator's decision about ballots that were set aside; always with a reason."""

    verdict = forms.ChoiceField(choices=[(one, one) for one in ("release", "uphold")])
    ballots = forms.TypedMultipleChoiceField(coerce=int)
    reason = forms.CharField(max_length=1000)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        waiting = SetAside.objects.filter(decision=SetAside.Decision.WAITING)
        keys = waiting.values_list("pk", flat=True)
        self.fields["ballots"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
