"""The rules of the brand's place: what they say about the deposit, and what they forbid."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import format_minor
from presale import jurisdictions
from presale.models import Campaign
from presale.promises.base import Group
from presale.rules import Problem, Terms


def sentences(campaign: Campaign) -> Iterable[str]:
    """The rules as they are printed; that none are stated is said as well."""
    profile = jurisdictions.profile_for(campaign)
    is_earnest = campaign.deposit_kind == Campaign.DepositKind.EARNEST
    if not profile.is_stated:
        yield _("The brand has not stated the rules of its place.")
    else:
        place = jurisdictions.PRESET_NAMES(profile.preset).label
        yield _("Rules this brand states for itself (%(place)s); please check them.") % {
            "place": place
        }
    if is_earnest and profile.earnest_max_percent:
        yield _("Earnest money is at most %(share)s %% of the price.") % {
            "share": profile.earnest_max_percent
        }
    if is_earnest and profile.earnest_double:
        yield _("If the brand calls the campaign off, earnest money comes back twice.")
    if profile.withdrawal:
        yield profile.withdrawal


def problems(terms: Terms) -> Iterable[Problem]:
    """Deposits of a kind, or of a size, that the brand's own rules do not allow."""
    profile = terms.profile
    if not profile.allows(terms.deposit_kind):
        yield Problem(
            "deposit_kind", _("The rules of the brand do not allow this kind of deposit.")
        )
    if terms.deposit_kind != "earnest" or profile.earnest_max_bp is None or not terms.steps:
        return
    lowest = min(step.unit_minor for step in terms.steps)
    most = lowest * profile.earnest_max_bp // 10_000
    if terms.deposit_minor > most:
        yield Problem(
            "deposit",
            _(
                "Earnest money may be %(share)s %% of the price by the rules of the brand: "
                "at the lowest price at most %(most)s."
            )
            % {
                "share": profile.earnest_max_percent,
                "most": format_minor(most, terms.currency, get_language() or "en"),
            },
        )


GROUP = Group(columns=(), sentences=sentences, problems=problems)
