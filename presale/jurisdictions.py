"""The rules a brand sells under: kinds of deposit, bounds, withdrawal; presets that it may edit.

They are the brand's own statement, printed with every campaign; nothing here is legal advice.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fans.models import Brand
from presale.models import BrandRules, Campaign
from presale.terms import LONGEST_SILENCE_DAYS


@dataclass(frozen=True)
class Profile:
    """The rules as they are frozen with a campaign; without any, both kinds and no bounds.

    `earnest_max_bp` is a share of the price in hundredths of a percent, None without a bound.
    `silence_days`: a first delay of at most so many days counts as accepted in silence.
    """

    preset: str = ""
    allows_advance: bool = True
    allows_earnest: bool = True
    earnest_max_bp: int | None = None
    earnest_double: bool = False
    silence_days: int = LONGEST_SILENCE_DAYS
    withdrawal: str = ""

    @property
    def is_stated(self) -> bool:
        """Whether the brand has stated its rules at all."""
        return bool(self.preset)

    @property
    def earnest_max_percent(self) -> str:
        """The bound as people read it."""
        return "" if self.earnest_max_bp is None else f"{self.earnest_max_bp / 100:g}"

    def allows(self, kind: str) -> bool:
        """Whether deposits may be of that kind."""
        return self.allows_earnest if kind == "earnest" else self.allows_advance


PRESET_NAMES: Final = BrandRules.Preset
_WITHDRAWAL: Final[dict[str, Promise]] = {
    "cn": _(
        "Goods may be returned within 7 days of delivery without a reason, unless they were made "
        "to the buyer's own specification. Goods that spoil are excepted."
    ),
    "eu": _(
        "You may withdraw within 14 days of delivery without a reason and get everything back, "
        "the deposit included."
    ),
    "us": _(
        "If the goods cannot be sent by the promised date, you are asked: keep the order with "
        "the new date, or get everything back."
    ),
}


def preset(name: str) -> Profile:
    """The usual rules of a place, in the language of whoever looks; a start, not a verdict."""
    rules: dict[str, dict[str, Any]] = {
        "cn": {"earnest_max_bp": 2_000, "earnest_double": True},
        "eu": {"allows_earnest": False, "silence_days": 0},
        "us": {"allows_earnest": False},
    }
    return Profile(preset=name, withdrawal=str(_WITHDRAWAL[name]), **rules[name])


def profile_of(brand: Brand) -> Profile:
    """What the brand states now."""
    row = BrandRules.objects.filter(brand=brand).first()
    return Profile(**{name: getattr(row, name) for name in asdict(Profile())}) if row else Profile()


def profile_for(campaign: Campaign) -> Profile:
    """The rules frozen with a campaign; for a draft those of its brand as they stand."""
    if campaign.state == Campaign.State.DRAFT:
        return profile_of(campaign.brand)
    return Profile(**campaign.house_rules)


def frozen(profile: Profile) -> dict[str, Any]:
    """The rules as `Campaign.house_rules` keeps them."""
    return asdict(profile)
