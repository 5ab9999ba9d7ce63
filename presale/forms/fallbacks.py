"""What a buyer wants to happen if the variant misses its own minimum."""

from django import forms
from django.utils.translation import gettext as _

from presale.models import Campaign, PreOrder

If = PreOrder.IfMissed


def fallback_field(campaign: Campaign) -> forms.ChoiceField | None:
    """The field; None where no variant has a minimum of its own."""
    variants = list(campaign.variants.all())
    if all(variant.minimum is None for variant in variants):
        return None
    take = _("Take %(label)s instead")
    return forms.ChoiceField(
        label=_("If too few order this variant"),
        choices=[
            (If.REFUND.value, _("Everything comes back")),
            (If.WAIT.value, _("Wait up to 48 hours for the brand's decision, else it comes back")),
            *((f"{If.MOVE}:{one.pk}", take % {"label": one.label}) for one in variants),
        ],
        required=False,
        error_messages={"invalid_choice": _("Choose what shall happen.")},
        help_text=_("Decided when deposits close. If the other one cannot be had: money back."),
    )


def parsed(value: str) -> tuple[str, int | None]:
    """(what shall happen, key of the other variant); without an answer everything goes back."""
    choice, _colon, key = (value or If.REFUND).partition(":")
    return choice, int(key) if key else None
