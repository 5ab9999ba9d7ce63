"""What becomes of the deposit, case by case, as it stands before the pay button."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from presale import jurisdictions
from presale.models import Campaign


@dataclass(frozen=True)
class Outcome:
    """A case and what it does to the deposit; `is_loss` when the buyer does not get it back."""

    case: str
    text: str
    is_loss: bool = False


def outcomes(campaign: Campaign) -> list[Outcome]:
    """The cases in which an order does not end with its goods."""
    keeps = campaign.forfeit == Campaign.Forfeit.FORFEIT
    return [
        Outcome(_("The minimum is missed"), _("It comes back.")),
        Outcome(_("You cancel while deposits are open"), _("It comes back.")),
        Outcome(
            _("You do not pay the balance"),
            _("The brand keeps it.") if keeps else _("It comes back."),
            is_loss=keeps,
        ),
        Outcome(_("The brand calls it off"), _called_off(campaign)),
        Outcome(_("It is late"), _("You are asked: keep the order, or get everything back.")),
    ]


def _called_off(campaign: Campaign) -> str:
    if _pays_double(campaign):
        return _("It comes back, and the brand owes you the same amount once more.")
    return _("Everything you paid comes back.")


def _pays_double(campaign: Campaign) -> bool:
    profile = jurisdictions.profile_for(campaign)
    return campaign.deposit_kind == Campaign.DepositKind.EARNEST and profile.earnest_double
