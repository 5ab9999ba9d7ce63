"""Smaller promises of a campaign, group by group: columns, sentences in its terms, limits.

A group is a file of its own. Its columns are fields of `Campaign`, its section of the wizard
stands in `presale.forms.more`, and its sentences are printed in the terms wherever those stand.
"""

import datetime as dt
from typing import Any, Final

from presale import rules
from presale.models import Campaign
from presale.promises import delays, delivery, house, rhythm, windows
from presale.promises.base import Group

GROUPS: Final[list[Group]] = [
    house.GROUP,
    delays.GROUP,
    rhythm.GROUP,
    delivery.GROUP,
    windows.GROUP,
]


def values_of(campaign: Campaign) -> dict[str, Any]:
    """What a campaign promises beside its main terms, by column."""
    return {name: getattr(campaign, name) for group in GROUPS for name in group.columns}


def sentences(campaign: Campaign) -> list[str]:
    """The promises in words, as the frozen terms and the pages print them."""
    return [text for group in GROUPS for text in group.sentences(campaign)]


def problems(terms: rules.Terms, now: dt.datetime) -> list[rules.Problem]:
    """Every reason why these terms, promises included, may not be published."""
    found = rules.problems(terms, now)
    return [*found, *(problem for group in GROUPS for problem in group.problems(terms))]
