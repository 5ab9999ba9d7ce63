"""Every time span and bound of the pre-sale, in one place."""

import datetime as dt
from typing import Final

from django.conf import settings

# The real providers' checkout pages live 30 minutes at least, so a place is held a minute longer.
RESERVATION: Final = dt.timedelta(minutes=31)
DEMO_RESERVATION: Final = dt.timedelta(minutes=15)
# After this long without an answer a person looks at the attempt, and it blocks nothing any more.
UNKNOWN_BLOCKS: Final = dt.timedelta(hours=24)
# A refund on its way is asked about this often; banks take days.
REFUND_LOOK: Final = dt.timedelta(hours=6)
CHARGE_AFTER: Final = dt.timedelta(hours=24)
RETRY_AFTER: Final = [dt.timedelta(days=3), dt.timedelta(days=2), dt.timedelta(days=2)]
FIRST_REMINDER: Final = dt.timedelta(days=3)
LAST_REMINDER: Final = dt.timedelta(hours=24)
GRACE: Final = dt.timedelta(days=7)
GRACE_REMINDER: Final = dt.timedelta(hours=48)
# Silence counts as consent to a delay once, for so many days beyond the promised date.
LONGEST_SILENCE_DAYS: Final = 30
LONGEST_DELAY: Final = dt.timedelta(days=365)
DELAY_ANSWER: Final = dt.timedelta(days=14)
DECISION: Final = dt.timedelta(days=7)
VARIANT_DECISION: Final = dt.timedelta(hours=48)
DELIVERED_AFTER: Final = dt.timedelta(days=14)
RETURN_WINDOW: Final = dt.timedelta(days=14)
MAX_EXTENSIONS: Final = 1
MAX_EXTENSION: Final = dt.timedelta(days=30)
MAX_OPEN: Final = dt.timedelta(days=60)
LINK_LIFE: Final = dt.timedelta(days=7)
# Buyers are told so long before something about their order can no longer be changed.
LOCK_NOTICE: Final = dt.timedelta(hours=48)
# How long units that became free are kept for the next on a waiting list.
OFFER: Final = dt.timedelta(hours=24)
MAX_LINES: Final = 50
# Earnest money above a fifth of the price has no effect as earnest (PRC Civil Code 586).
EARNEST_SHARE_BP: Final = 2_000


def reservation() -> dt.timedelta:
    """How long a place is held while the deposit is being paid."""
    return DEMO_RESERVATION if settings.PAYMENT_PROVIDER == "demo" else RESERVATION


def next_reminder(
    announced_at: dt.datetime, due_at: dt.datetime, *, after: dt.datetime
) -> dt.datetime | None:
    """When to remind of a balance next: after 3 days, 24 h before the end, then in the grace."""
    times = [announced_at + FIRST_REMINDER, due_at - LAST_REMINDER]
    at = due_at
    while at < due_at + GRACE:
        times.append(at)
        at += GRACE_REMINDER
    return min((time for time in times if time > after), default=None)


def backoff(tries: int) -> dt.timedelta:
    """The pause before asking a provider again: 30 seconds, doubling, an hour at most."""
    return min(dt.timedelta(seconds=30 * 2 ** min(tries, 12)), dt.timedelta(hours=1))
