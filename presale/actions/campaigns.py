"""A campaign's life: published, opened, closed, counted, decided, produced, completed.

Steps that time causes are called by `presale.ticks`; they write the campaign's row in one
transaction, and the orders follow in batches.
"""

import datetime as dt

from presale.models import Campaign


def publish(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Freeze the terms; deposits open at `opens_at`, at once when that has passed.

    Refuses with `NotPublishable` (all reasons, from `rules.problems`) or `WrongState`.
    """
    raise NotImplementedError


def unpublish(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Back to a draft, before deposits open."""
    raise NotImplementedError


def extend(
    campaign: Campaign, *, closes_at: dt.datetime, actor: str, reason: str, now: dt.datetime
) -> Campaign:
    """Move the close once, at most 30 days; everybody who ordered is told and may cancel freely.

    Refuses with `ReasonMissing`, `BadDate`, `TooLate`.
    """
    raise NotImplementedError


def close_early(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Stop taking deposits now; fans see the reason. Counting follows by itself."""
    raise NotImplementedError


def close_balance_early(
    campaign: Campaign, *, actor: str, reason: str, now: dt.datetime
) -> Campaign:
    """End the balance window and its grace now; only in the demo. Refuses with `Refused`."""
    raise NotImplementedError


def proceed(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Produce although fewer balances were paid than planned. Refuses without any paid unit."""
    raise NotImplementedError


def cancel(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Call it off; everything paid goes back, order by order. Refuses once parcels are sent."""
    raise NotImplementedError
