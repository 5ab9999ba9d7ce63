"""The fields of the campaign wizard that stand by themselves: words, dates, deposit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.zones import ZoneField, is_zone
from fans.models import Brand
from presale.forms.campaign_rows import MOST_UNITS
from presale.forms.fields import LocalTimeField, MoneyField, WholeNumberField
from presale.models import Campaign

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


def fields_of(draft: Campaign) -> dict[str, Any]:
    """What a draft says, as the form shows it."""
    names = [
        "form_key", "title", "story", "risks", "deposit_kind", "forfeit", "deposit_worth_bp",
        "minimum", "production_minimum", "person_limit", "time_zone", "balance_days", "ship_by",
        "delivery_promise", "opens_at", "closes_at",
    ]  # fmt: skip
    return {name: getattr(draft, name) for name in names}
