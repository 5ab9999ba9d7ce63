"""What the provider's statement has and our books have not: fetched, and let in by the one door."""

import datetime as dt
import logging
from collections.abc import Iterable

from presale import ledger, providers
from presale.actions import answers, disputes, refunds
from presale.models import Attempt, ProviderObject, RefundAttempt
from presale.providers.base import Movement, Provider, ProviderError

log = logging.getLogger(__name__)
# Longer than the pause between two looks, so that nothing falls between them.
WINDOW = dt.timedelta(hours=3)
ORDER = ("charge", "fee", "refund", "dispute", "dispute-fee", "dispute-won")
# Under which causes a line stands in our books, where that is not its kind.
CAUSES = {"charge": ["charge", "unmatched"], "dispute": ["dispute-open"]}


def reconcile_lately(now: dt.datetime) -> int:
    """Compare the last hours with the provider's statement; for the ticker."""
    return reconcile(now - WINDOW, now + dt.timedelta(minutes=5), now=now)


def reconcile_month(now: dt.datetime) -> int:
    """The same for five weeks, past the days in which events are sent again."""
    return reconcile(now - dt.timedelta(days=35), now + dt.timedelta(minutes=5), now=now)


def reconcile(since: dt.datetime, until: dt.datetime, *, now: dt.datetime) -> int:
    """Take in what was never heard of, and count it; not inside a transaction, safe to repeat.

    What no order of ours explains is left to `manage.py verify`, which names it.
    """
    try:
        provider = providers.current()
        statement = provider.movements(since, until)
    except ProviderError as error:
        log.warning("no statement", extra={"why": type(error).__name__})
        return 0
    return sum(_take_in(provider, move, now) for move in _unbooked(statement))


def _unbooked(statement: Iterable[Movement]) -> list[Movement]:
    """Charges first: their fee and their refunds are booked after them."""
    rows = sorted(statement, key=lambda move: ORDER.index(move.kind))
    known = ledger.posted(cause for move in rows for cause in _causes(move))
    return [move for move in rows if known.isdisjoint(_causes(move))]


def _causes(move: Movement) -> list[str]:
    return [f"{kind}:{move.ref}" for kind in CAUSES.get(move.kind, [move.kind])]


def _take_in(provider: Provider, move: Movement, now: dt.datetime) -> bool:
    try:
        if move.kind == "charge":
            _charge(provider, move, now)
        elif move.kind == "refund":
            _refund(provider, move, now)
        elif move.kind.startswith("dispute"):
            _dispute(provider, move, now)
        else:
            _fee(move, now)
    except ProviderError as error:
        log.warning("not reconciled", extra={"ref": move.ref, "why": type(error).__name__})
    return bool(ledger.posted(_causes(move)))


def _charge(provider: Provider, move: Movement, now: dt.datetime) -> None:
    known = ProviderObject.objects.filter(
        provider=provider.slug, account=move.account, ref=move.anchor_ref
    ).select_related("attempt__obligation")
    target = known.first()
    if target and target.attempt:
        answers.apply_state(target.attempt, provider.fetch(move.anchor_ref), now=now)


def _dispute(provider: Provider, move: Movement, now: dt.datetime) -> None:
    state = provider.fetch_dispute(move.ref)
    paid = Attempt.objects.filter(provider=provider.slug, charge_ref=state.charge_ref).first()
    if paid:
        disputes.apply_dispute(paid, state, now=now)


def _fee(move: Movement, now: dt.datetime) -> None:
    """A fee that was not known yet when its payment was booked."""
    paid = Attempt.objects.filter(charge_ref=move.ref, state=Attempt.State.SUCCEEDED).first()
    if paid and paid.currency == move.currency:
        ledger.post_fee(paid, move.amount_minor, now)


def _refund(provider: Provider, move: Movement, now: dt.datetime) -> None:
    state = provider.fetch_refund(move.ref)
    key = state.metadata.get("refund_attempt", "")
    ours = RefundAttempt.objects.filter(key=key, amount_minor=move.amount_minor).first()
    if ours:
        refunds.apply_refund(ours, state, now=now)
