"""The invariants of the money, as read-only checks for `manage.py verify` and for every test.

The numbers are those the tests and the reports name them by.
"""

from collections.abc import Iterator

from core import verify
from presale.audit.books import ledger_balanced, ledger_guarded
from presale.audit.endings import ended_campaigns_repay, ended_orders_owe_nothing
from presale.audit.limits import limits_kept
from presale.audit.payments import order_matches_books, paid_once, refunds_within_charges
from presale.audit.quotas import lines_counted, places, prices_kept
from presale.audit.statement import provider_agrees
from presale.audit.steps import nothing_is_stuck, steps_are_listed
from presale.audit.variants import variants_decided

CHECKS = [
    ledger_guarded,
    ledger_balanced,
    provider_agrees,
    paid_once,
    refunds_within_charges,
    places,
    lines_counted,
    ended_orders_owe_nothing,
    prices_kept,
    limits_kept,
    variants_decided,
    ended_campaigns_repay,
    order_matches_books,
    steps_are_listed,
    nothing_is_stuck,
]


def register() -> None:
    """Hand the checks to `manage.py verify`; from `AppConfig.ready`."""
    for check in CHECKS:
        verify.register(f"presale.{check.__name__.replace('_', '-')}", check)


def findings(*, but: tuple[str, ...] = ()) -> Iterator[str]:
    """Everything that is wrong, in sentences; `but` leaves checks out by name."""
    for check in CHECKS:
        if check.__name__ not in but:
            yield from (f"{check.__name__}: {text}" for text in check().findings)
