"""The campaign wizard: one page that turns a winning revision into a pre-sale."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from designs.models import Revision
from fans.models import Brand
from presale import jurisdictions, promises
from presale.actions.campaign_drafts import CampaignDraft
from presale.forms.campaign_rows import (
    StepForm,
    VariantForm,
    combinations,
    sku_for,
    variant_label,
)
from presale.forms.campaign_words import CampaignForm, fields_of
from presale.forms.more import SECTIONS
from presale.models import Campaign
from presale.rules import Option, Problem, Step, Terms

__all__ = ["Wizard", "combinations", "sku_for", "variant_label"]
STEP_ROWS = 6
MOST_VARIANTS = 60


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
        self.sections = [section(data, brand=brand, draft=draft) for section in SECTIONS]

    def is_valid(self) -> bool:
        """Judge fields, rows and the whole; afterwards every reason stands beside its field."""
        # Every part is asked, so that all messages come at once.
        verdicts = [part.is_valid() for part in self._parts]
        if not all(verdicts):
            return False
        for problem in self.problems:
            self._place(problem)
        return not self.problems

    @cached_property
    def problems(self) -> list[Problem]:
        """What is impossible about the terms as typed."""
        return promises.problems(self.terms, self.now)

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
            profile=jurisdictions.profile_of(self.brand),
            more=self._typed_promises(),
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
        shown = sum(len(errors) for part in self._parts for errors in part.errors.values())
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
    def section_errors(self) -> list[tuple[str, str]]:
        """(id of the field, message with the field's name) of the smaller promises."""
        return [
            (str(field.auto_id), f"{field.label}: {error}")
            for section in self.sections
            for field in section
            for error in field.errors
        ]

    @property
    def shows_more(self) -> bool:
        """Whether the fold of smaller promises stands open: something in it needs a look."""
        return bool(self.section_errors)

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
        home = next((part for part in self.sections if problem.field in part.fields), self.form)
        home.add_error(problem.field or None, problem.text)

    @property
    def _parts(self) -> list[forms.Form]:
        return [self.form, *self.steps, *self.variants, *self.sections]

    def _typed_promises(self) -> dict[str, Any]:
        return {name: value for part in self.sections for name, value in part.columns().items()}

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
                    minimum=data["minimum"],
                )

    def _initial(self) -> dict[str, Any]:
        if self.draft:
            return {**fields_of(self.draft), "deposit": self.draft.deposit_minor}
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
                    "minimum": known.minimum,
                }
            rows.append((choices, row))
        return rows
