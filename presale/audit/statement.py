"""The books beside the provider's own statement."""

import datetime as dt

from core.clock import now
from core.verify import Checked
from presale import providers, states
from presale.models import Attempt, InboundEvent, LedgerEntry, LedgerTx, RefundAttempt
from presale.providers.base import Misconfigured, ProviderError


def provider_agrees() -> Checked:
    """I2, I11: our account of the provider's money equals the provider's own statement."""
    try:
        provider = providers.current()
    except Misconfigured:
        return Checked("movements compared with the provider (none is set up)", 0)
    until = now() + dt.timedelta(days=1)
    try:
        statement = provider.movements(dt.datetime(2020, 1, 1, tzinfo=dt.UTC), until)
    except ProviderError as error:
        return Checked("movements compared with the provider", 0, [f"no statement: {error}"])
    theirs: dict[tuple[str, str], tuple[int, str, str]] = {
        (move.kind, move.ref): (move.amount_minor, move.currency, move.anchor_ref)
        for move in statement
    }
    ours = _booked(provider.slug)
    findings = [
        f"{kind} {ref}: we booked {ours[kind, ref]}, {provider.slug} says "
        f"{theirs[kind, ref][:2] if (kind, ref) in theirs else 'nothing'}"
        for kind, ref in ours
        if (kind, ref) not in theirs or theirs[kind, ref][:2] != ours[kind, ref]
    ]
    waiting = _may_still_hear(provider.slug)
    findings += [
        f"{kind} {ref} of {amount} {currency} is not in the books"
        for (kind, ref), (amount, currency, anchor) in theirs.items()
        if (kind, ref) not in ours and anchor not in waiting and ref not in waiting
    ]  # fmt: skip
    return Checked("movements compared with the provider", len(theirs) + len(ours), findings)


def _booked(slug: str) -> dict[tuple[str, str], tuple[int, str]]:
    """Charges, fees and refunds in our books by the provider's reference."""
    rows = LedgerEntry.objects.filter(account__startswith=f"asset:provider:{slug}:")
    back = {
        cause.partition(":")[2]
        for cause in LedgerTx.objects.filter(cause__startswith="refund-failed:").values_list(
            "cause", flat=True
        )
    }
    found = {}
    for cause, amount, currency in rows.values_list("tx__cause", "amount_minor", "currency"):
        kind, _, ref = cause.partition(":")
        if kind == "dispute-open":
            found["dispute", ref] = (-amount, currency)
        elif kind == "dispute-fee":
            found[kind, ref] = (-amount, currency)
        elif kind == "dispute-won":
            found[kind, ref] = (amount, currency)
        elif kind in ("charge", "unmatched"):
            found["charge", ref] = (amount, currency)
        elif kind == "fee" or (kind == "refund" and ref not in back):
            found[kind, ref] = (-amount, currency)
    return found


def _may_still_hear(slug: str) -> set[str]:
    """References of whose news we have not heard yet: payments and refunds not settled here."""
    attempts = Attempt.objects.filter(provider=slug, state__in=states.LIVE_ATTEMPTS)
    waiting = {ref for ref in attempts.values_list("anchor_ref", flat=True) if ref}
    events = InboundEvent.objects.filter(state=InboundEvent.State.WAITING)
    waiting |= set(events.values_list("ref", flat=True))
    open_refunds = RefundAttempt.objects.filter(state__in=["created", "unknown"])
    charges = open_refunds.values_list("attempt__anchor_ref", flat=True)
    # The fee of money set apart is settled with it, by the operator.
    apart = LedgerTx.objects.filter(cause__startswith="unmatched:")
    waiting |= {cause.partition(":")[2] for cause in apart.values_list("cause", flat=True)}
    return waiting | {ref for ref in charges if ref}
