"""Every way to pay can be refunded only for so long; a campaign must be decided before that."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.dates import day_words
from presale import providers
from presale.models import Campaign
from presale.promises.base import Group
from presale.providers.base import Misconfigured
from presale.rules import Problem, Terms
from presale.terms import DECISION, GRACE


def decided_by(terms: Terms) -> dt.datetime:
    """The last moment at which a campaign may still fail and owe every deposit."""
    return terms.balance_closes_at + GRACE + DECISION


def problems(terms: Terms) -> Iterable[Problem]:
    """The first deposits could no longer be refunded when the campaign is decided."""
    try:
        caps = providers.current().caps(terms.currency)
    except Misconfigured:
        return
    last = terms.opens_at + dt.timedelta(days=caps.refund_window_days)
    if decided_by(terms) <= last:
        return
    yield Problem(
        "closes_at",
        _(
            "A deposit paid by %(method)s on the first day can be refunded until %(last)s only, "
            "but the campaign may be decided as late as %(decided)s. Close deposits earlier, or "
            "give less time for the balance."
        )
        % {
            "method": caps.shortest_method,
            "last": day_words(last.date()),
            "decided": day_words(decided_by(terms).date()),
        },
    )


def _nothing(_campaign: Campaign) -> Iterable[str]:
    return ()


GROUP = Group(columns=(), sentences=_nothing, problems=problems)
