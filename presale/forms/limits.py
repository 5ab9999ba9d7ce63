"""The choice between the price now and a limit: in only at a lower price of the ladder."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import format_minor
from presale import queries
from presale.models import Campaign


def limit_field(campaign: Campaign) -> forms.TypedChoiceField | None:
    """The field, with the prices that are still ahead; None where there is none."""
    ahead = prices_ahead(campaign)
    if not ahead:
        return None
    now = _money(queries.unit_now(campaign), campaign)
    at_now = _("The price now, %(price)s, or less if it falls: I am in")
    only_if = _("Only if it falls to %(price)s or less")
    choices = [
        ("", at_now % {"price": now}),
        *((str(price), only_if % {"price": _money(price, campaign)}) for price in ahead),
    ]
    return forms.TypedChoiceField(
        label=_("At which price"),
        choices=choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "With a limit you pay the same deposit. If the price is still above it when deposits "
            "close, you are not in and all of it comes back by itself."
        ),
        error_messages={
            "invalid_choice": _("Choose one of the prices of this campaign that are still ahead.")
        },
    )


def prices_ahead(campaign: Campaign) -> list[int]:
    """Prices of the ladder below the one now, the highest first."""
    now = queries.unit_now(campaign)
    return sorted((price for price in queries.book_of(campaign) if price < now), reverse=True)


def limit_within(campaign: Campaign, cap_minor: int | None) -> int | None:
    """The limit of somebody who would buy at up to `cap_minor`; None when the price is there."""
    if cap_minor is None or queries.unit_now(campaign) <= cap_minor:
        return None
    return next((price for price in prices_ahead(campaign) if price <= cap_minor), None)


def _money(minor: int, campaign: Campaign) -> str:
    return format_minor(minor, campaign.currency, get_language() or "en")
