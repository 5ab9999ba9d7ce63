"""What time does to the pre-sale: each takes `now`, does a bounded batch, may run twice."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings

from core import ticks
from presale import inbox, reconcile
from presale.ticks.campaigns import (
    close_balances,
    close_due,
    complete,
    decide_for_silent_brands,
    decide_for_silent_variants,
    finalise,
    open_due,
)
from presale.ticks.delays import (
    ask_about_delays,
    end_empty,
    name_next_dates,
    settle_delays,
)
from presale.ticks.locks import tell_locks
from presale.ticks.orders import (
    announce_balances,
    close_delivered,
    end_orders,
    expire_reservations,
    finish_expiring,
    start_production,
    tell_extensions,
    tell_updates,
)
from presale.ticks.payments import (
    collect_balance,
    default_overdue,
    end_lost,
    look_at_refunds,
    process_inbox,
    remind_of_balances,
    resolve_unknown,
    send_refunds,
)
from presale.ticks.waiting import offer_places

EVERY: dict[Callable[[dt.datetime], int], float] = {
    open_due: 1,
    close_due: 1,
    expire_reservations: 2,
    finish_expiring: 5,
    inbox.deliver_bank_events: 1,
    process_inbox: 1,
    resolve_unknown: 10,
    finalise: 1,
    announce_balances: 1,
    collect_balance: 15,
    remind_of_balances: 60,
    default_overdue: 2,
    close_balances: 2,
    decide_for_silent_brands: 60,
    decide_for_silent_variants: 60,
    end_orders: 1,
    end_lost: 5,
    send_refunds: 1,
    look_at_refunds: 60,
    start_production: 1,
    tell_extensions: 10,
    tell_updates: 1,
    tell_locks: 60,
    name_next_dates: 60,
    ask_about_delays: 2,
    settle_delays: 30,
    end_empty: 60,
    offer_places: 2,
    close_delivered: 60,
    complete: 60,
}
# These wait for the provider's answers, seconds each when it is slow.
ASKING = frozenset(
    [
        expire_reservations,
        finish_expiring,
        process_inbox,
        resolve_unknown,
        collect_balance,
        default_overdue,
        settle_delays,
        end_orders,
        end_lost,
        send_refunds,
        look_at_refunds,
    ]
)
# Long looks at the provider's statement; only for what was never heard of.
SELDOM: dict[Callable[[dt.datetime], int], float] = {
    reconcile.reconcile_lately: 3600,
    reconcile.reconcile_month: 24 * 3600,
}


def register() -> None:
    """Hand everything to the ticker; from `AppConfig.ready`.

    A real provider is asked in threads of its own, so that a campaign closes on time beside them.
    """
    is_far = settings.PAYMENT_PROVIDER != "demo"
    for function, seconds in EVERY.items():
        ticks.register(function, every=seconds, slow=is_far and function in ASKING)
    for function, seconds in SELDOM.items():
        ticks.register(function, every=seconds, slow=True)


def run_all(now: dt.datetime, *, rounds: int = 20) -> int:
    """Run every job of the pre-sale until nothing is left to do; for tests and the demo's data."""
    total = 0
    for _round in range(rounds):
        done = sum(function(now) for function in EVERY)
        total += done
        if not done:
            break
    return total
