"""The campaign wizard: one page that turns a winning revision into a pre-sale."""

import datetime as dt
import itertools
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.zones import ZoneField, is_zone
from designs.models import Revision
from fans.models import Brand
from presale.actions.campaign_drafts import CampaignDraft
from presale.forms.fields import LocalTimeField, MoneyField, WholeNumberField
from presale.models import Campaign
from presale.rules import Option, Problem, Step, Terms, problems

STEP_ROWS = 6
MOST_UNITS = 1_000_000
MOST_VARIANTS = 60
WORTH_CHOICES = [
    (10_000, _("what was paid")),
    (12_500, _("1.25 times what was paid")),
    (15_000, _("1.5 times what was paid")),
    (20_000, _("twice what was paid")),
]


class CampaignForm(forms.Form):
    """Words, dates and rules of a campaign; the rows of prices and variants stand beside it."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=100)
    story = forms.CharField(label=_("What it is"), max_length=6000, widget=forms.Textarea)
    risks = forms.CharField(
        label=_("Risks and what is left to do"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Fans read this before they pay. Say what may still change or fail."),
    )
    deposit_kind = forms.ChoiceField(
        label=_("Kind of deposit"), choices=Campaign.DepositKind.choices, widget=forms.RadioSelect
    )
    forfeit = forms.ChoiceField(
        label=_("If a balance is not paid"),
        choices=Campaign.Forfeit.choices,
        widget=forms.RadioSelect,
    )
    deposit_worth_bp = forms.TypedChoiceField(
        label=_("The deposit counts for"), choices=WORTH_CHOICES, coerce=int
    )
    minimum = WholeNumberField(
        label=_("Minimum, in units"),
        least=1,
        most=MOST_UNITS,
        help_text=_("Counted in paid deposits. Below it every deposit goes back."),
    )
    production_minimum = WholeNumberField(
        label=_("Paid units needed to produce"),
        least=1,
        most=MOST_UNITS,
        help_text=_("If fewer balances are paid, you decide: make it anyway, or refund all."),
    )
    person_limit = WholeNumberField(label=_("Units per person"), least=1, most=500)
    time_zone = ZoneField(label=_("Time zone"))
    balance_days = WholeNumberField(label=_("Days to pay the balance"), least=3, most=60)
    ship_by = forms.DateField(
        label=_("Ships by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    delivery_promise = forms.CharField(
        label=_("Delivery promise"),
        max_length=200,
        help_text=_("What happens if you are late, in one sentence."),
    )

    def __init__(self, *args: Any, brand: Brand, zone_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone_name = zone_name if is_zone(zone_name) else brand.time_zone
        self.fields["opens_at"] = LocalTimeField(label=_("Deposits open"), zone_name=zone_name)
        self.fields["closes_at"] = LocalTimeField(label=_("Deposits close"), zone_name=zone_name)
        self.fields["deposit"] = MoneyField(
            label=_("Deposit per unit, %(currency)s") % {"currency": brand.currency},
            currency=brand.currency,
            least=1,
        )


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

    @property
    def cells(self) -> list[forms.BoundField]:
        """The fields in the order of the table, each named with its variant."""
        names = ("sku", "surcharge", "quota")
        return [_named(self[name], f"{self[name].label}, {self.title}") for name in names]

    def clean(self) -> dict[str, Any]:
        """An included variant has a SKU."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("include") and not data.get("sku"):
            self.add_error("sku", _("Give this variant a SKU."))
        return data


class Wizard:
    """The whole page: the form, its rows, and the verdict over all of them.

    `problems` are those that no single field can see; they are put beside the field they name.
    """

    def __init__(
        self,
        *,
        brand: Brand,
        revision: Revision,
        draft: Campaign | None = None,
        data: QueryDict | None = None,
        now: dt.datetime,
    ) -> None:
        self.brand, self.revision, self.draft, self.data, self.now = (
            brand, revision, draft, data, now,
        )  # fmt: skip
        stored = draft.time_zone if draft else brand.time_zone
        zone = (data.get("time_zone") if data else "") or stored
        self.form = CampaignForm(
            data, brand=brand, zone_name=str(zone), initial=None if data else self._initial()
        )
        self.steps = [
            StepForm(data, prefix=f"step{n}", currency=brand.currency, initial=row)
            for n, row in enumerate(self._step_rows())
        ]
        self.variants = [
            VariantForm(
                data, prefix=f"variant{n}", currency=brand.currency, choices=choices, initial=row
            )
            for n, (choices, row) in enumerate(self._variant_rows())
        ]

    def is_valid(self) -> bool:
        """Judge fields, rows and the whole; afterwards every reason stands beside its field."""
        parts = [self.form, *self.steps, *self.variants]
        # Every part is asked, so that all messages come at once.
        verdicts = [part.is_valid() for part in parts]
        if not all(verdicts):
            return False
        for problem in self.problems:
            self._place(problem)
        return not self.problems

    @cached_property
    def problems(self) -> list[Problem]:
        """What is impossible about the terms as typed."""
        return problems(self.terms, self.now)

    @cached_property
    def terms(self) -> Terms:
        """The terms as typed; only after the fields were found valid."""
        data = self.form.cleaned_data
        return Terms(
            currency=self.brand.currency,
            zone_name=data["time_zone"],
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
            balance_days=data["balance_days"],
            ship_by=data["ship_by"],
            minimum=data["minimum"],
            production_minimum=data["production_minimum"],
            deposit_minor=data["deposit"],
            deposit_worth_bp=data["deposit_worth_bp"],
            deposit_kind=data["deposit_kind"],
            forfeit=data["forfeit"],
            person_limit=data["person_limit"],
            steps=tuple(self._typed_steps()),
            options=tuple(self._typed_options()),
            shipping_minor=tuple(self.brand.zones.values_list("price_minor", flat=True)),
        )

    def result(self) -> CampaignDraft:
        """What the action takes; only after `is_valid()`."""
        data = self.form.cleaned_data
        return CampaignDraft(
            title=data["title"],
            story=data["story"],
            risks=data["risks"],
            delivery_promise=data["delivery_promise"],
            form_key=data["form_key"],
            terms=self.terms,
        )

    @property
    def lacks_shipping(self) -> bool:
        """Whether the brand has not said yet what shipping costs; nothing can be saved before."""
        return not self.brand.zones.exists()

    @property
    def problem_count(self) -> int:
        """How many messages the page shows."""
        parts: list[forms.Form] = [self.form, *self.steps, *self.variants]
        shown = sum(len(errors) for part in parts for errors in part.errors.values())
        return shown + len(self.step_problems) + len(self.variant_problems)

    @property
    def row_errors(self) -> list[tuple[str, str]]:
        """(id of the field, message with the field's name) of the rows of prices and variants."""
        rows: list[StepForm | VariantForm] = [*self.steps, *self.variants]
        return [
            (str(field.auto_id), f"{field.field.widget.attrs['aria-label']}: {error}")
            for row in rows
            for field in row.cells
            for error in field.errors
        ]

    @property
    def step_problems(self) -> list[str]:
        """What is wrong with the ladder as a whole."""
        return self._about("steps")

    @property
    def variant_problems(self) -> list[str]:
        """What is wrong with the variants as a whole."""
        return self._about("variants")

    def _about(self, field: str) -> list[str]:
        found = self.__dict__.get("problems", [])
        return [problem.text for problem in found if problem.field == field]

    def _place(self, problem: Problem) -> None:
        if problem.field in ("steps", "variants"):
            return
        self.form.add_error(problem.field or None, problem.text)

    def _typed_steps(self) -> Iterable[Step]:
        for form in self.steps:
            if form.cleaned_data.get("min_units") is not None:
                yield Step(form.cleaned_data["min_units"], form.cleaned_data["unit"])

    def _typed_options(self) -> Iterable[Option]:
        for form in self.variants:
            data = form.cleaned_data
            if data["include"]:
                yield Option(
                    label=form.title,
                    sku=data["sku"],
                    surcharge_minor=data["surcharge"] or 0,
                    quota=data["quota"],
                    choices=form.choices,
                )

    def _initial(self) -> dict[str, Any]:
        if self.draft:
            return {**_fields_of(self.draft), "deposit": self.draft.deposit_minor}
        opens = (self.now + dt.timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        closes = opens + dt.timedelta(days=21)
        return {
            "form_key": uuid.uuid4(),
            "title": self.revision.design.title,
            "story": self.revision.design.description,
            "deposit_kind": Campaign.DepositKind.ADVANCE,
            "forfeit": Campaign.Forfeit.REFUND,
            "deposit_worth_bp": 10_000,
            "person_limit": 5,
            "time_zone": self.brand.time_zone,
            "opens_at": opens,
            "closes_at": closes,
            "balance_days": 7,
            "ship_by": (closes + dt.timedelta(days=75)).date(),
        }

    def _step_rows(self) -> list[dict[str, Any]]:
        kept = self.draft.steps.all() if self.draft else []
        rows: list[dict[str, Any]] = [
            {"min_units": step.min_units, "unit": step.unit_minor} for step in kept
        ]
        if not rows:
            rows = [{"min_units": 1}]
        return rows + [{} for _row in range(STEP_ROWS - len(rows))]

    def _variant_rows(self) -> list[tuple[tuple[tuple[str, str], ...], dict[str, Any]]]:
        kept = {v.label: v for v in self.draft.variants.all()} if self.draft else {}
        rows = []
        for choices in combinations(self.revision)[:MOST_VARIANTS]:
            known = kept.get(variant_label(choices))
            row = {"include": not self.draft, "sku": sku_for(self.revision, choices)}
            if known:
                row = {
                    "include": True,
                    "sku": known.sku,
                    "surcharge": known.surcharge_minor,
                    "quota": known.quota,
                }
            rows.append((choices, row))
        return rows


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


def _fields_of(draft: Campaign) -> dict[str, Any]:
    names = [
        "form_key", "title", "story", "risks", "deposit_kind", "forfeit", "deposit_worth_bp",
        "minimum", "production_minimum", "person_limit", "time_zone", "balance_days", "ship_by",
        "delivery_promise", "opens_at", "closes_at",
    ]  # fmt: skip
    return {name: getattr(draft, name) for name in names}


def _named(field: forms.BoundField, name: str) -> forms.BoundField:
    field.field.widget.attrs["aria-label"] = name
    return field
