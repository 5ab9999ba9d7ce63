"""Money that fits nothing we asked for, on its way back; and payments nobody answered for."""

import datetime as dt

from django.db import transaction

from core.states import advance
from presale import ledger, providers
from presale.actions import attempts
from presale.errors import Refused, StillChecking
from presale.models import Attempt, Unmatched
from presale.providers.base import Misconfigured, RefundState, Rejected, Unknown
from presale.states import UNMATCHED_MOVES


def send_back(apart: Unmatched, *, actor: str, now: dt.datetime) -> Unmatched:
    """Refund it to whoever paid it. Not inside a transaction; the same again sends nothing.

    Refuses with `StillChecking` without an answer, `Refused` when the provider will not.
    """
    providers.refuse_inside_transaction()
    if apart.state == Unmatched.State.RETURNED:
        return apart
    try:
        state = _look_or_send(apart)
    except (Unknown, Misconfigured):
        raise StillChecking from None
    except Rejected as error:
        raise Refused(str(error)) from None
    return _note_back(apart, state, actor, now)


def look_again(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """Ask about a payment that was given up without an answer, or still waits for one."""
    if not attempt.anchor_ref:
        return attempts.end_attempt(attempt, now=now)
    return attempts.ask(attempt, now=now)[0]


def _look_or_send(apart: Unmatched) -> RefundState:
    provider = providers.get(apart.attempt.provider)
    marks = {"unmatched": str(apart.pk)}
    for found in provider.find_refunds(apart.charge_ref):
        if found.metadata == marks:
            return found
    return provider.refund(
        charge_ref=apart.charge_ref, amount_minor=apart.amount_minor,
        key=f"unmatched-{apart.pk}", metadata=marks,
    )  # fmt: skip


@transaction.atomic
def _note_back(apart: Unmatched, state: RefundState, actor: str, now: dt.datetime) -> Unmatched:
    apart = Unmatched.objects.select_for_update(of=("self",)).get(pk=apart.pk)
    if apart.state == Unmatched.State.RETURNED:
        return apart
    advance(apart, "send_back", moves=UNMATCHED_MOVES, actor=actor, now=now, refund_ref=state.ref)
    amount, currency = apart.amount_minor, apart.currency
    ledger.post_unmatched_back(apart.attempt, state.ref, amount, currency, now)
    return apart
