"""Payments: one door for what a provider says, and a driver that looks before it acts.

Nothing here may run inside a transaction, except where it says so: a provider is called.
"""

import datetime as dt

from presale.models import Attempt, PreOrder


def start_deposit(order: PreOrder, *, now: dt.datetime) -> str:
    """The address of the provider's page on which the deposit is paid.

    Again while it is open gives the same page. Refuses with `AlreadyPaid`, `NotPayable` (the
    reservation is over), `StillChecking`.
    """
    raise NotImplementedError


def start_balance(order: PreOrder, *, now: dt.datetime, other_card: bool = False) -> str:
    """The address on which the balance is paid: the bank's confirmation, or a checkout page.

    `other_card` gives up a payment that waits for confirmation. Refuses with `AlreadyPaid`,
    `NotPayable`, `StillChecking`.
    """
    raise NotImplementedError


def look_again(order: PreOrder, *, now: dt.datetime) -> PreOrder:
    """Ask the provider about the order's open payments; for the page the provider returns to."""
    raise NotImplementedError


def drive(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """Take an attempt as far as it goes without the customer: anchor, look, act, apply."""
    raise NotImplementedError
