"""How often fans hear from production."""

from django.utils.translation import gettext_lazy as _

from presale.forms.fields import WholeNumberField
from presale.forms.more.base import Section


class RhythmSection(Section):
    """The promised rhythm of news."""

    title = _("News from production")

    update_days = WholeNumberField(
        label=_("At least every so many days"),
        least=1,
        most=90,
        required=False,
        initial=14,
        help_text=_("Frozen with the terms. Fans see a miss. Empty: no rhythm is promised."),
    )
