"""A campaign's life: published, opened, closed, counted, decided, produced, completed.

Steps that time causes are called by `presale.ticks`; they write the campaign's row in one
transaction, and the orders follow in batches (`presale.actions.batches`).
"""

from presale.actions.closing import (
    accept_close,
    close_balance_early,
    close_campaign,
    close_early,
    extend,
)
from presale.actions.gates import cancel, close_balance, complete, finalise, proceed
from presale.actions.publishing import (
    open_campaign,
    open_now,
    publish,
    terms_of,
    unpublish,
    written_terms,
)

__all__ = [
    "accept_close",
    "cancel",
    "close_balance",
    "close_balance_early",
    "close_campaign",
    "close_early",
    "complete",
    "extend",
    "finalise",
    "open_campaign",
    "open_now",
    "proceed",
    "publish",
    "terms_of",
    "unpublish",
    "written_terms",
]
