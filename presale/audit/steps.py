"""Steps taken, and steps that should have been taken by now."""

import datetime as dt

from core.clock import now
from core.models import StateLog
from core.verify import Checked
from presale import states, terms
from presale.models import Attempt, PreOrder, RefundObligation

O, A = PreOrder.State, Attempt.State  # noqa: E741


def steps_are_listed() -> Checked:
    """I12: every step ever taken by the pre-sale is in the tables."""
    tables = {
        "presale.campaign": states.CAMPAIGN_MOVES,
        "presale.preorder": states.ORDER_MOVES,
        "presale.dispute": states.DISPUTE_MOVES,
        "presale.unmatched": states.UNMATCHED_MOVES,
        "presale.attempt": states.ATTEMPT_MOVES,
        "presale.obligation": states.OBLIGATION_MOVES,
        "presale.refundattempt": states.REFUND_MOVES,
        "presale.refundobligation": states.PROMISE_MOVES,
        "presale.waitingplace": states.WAITING_MOVES,
    }
    rows = StateLog.objects.filter(entity__in=tables)
    kinds = rows.values_list("entity", "from_state", "event", "to_state").distinct()
    findings = [
        f"{entity}: {before} --{event}--> {after}"
        for entity, before, event, after in kinds.order_by("entity")
        if tables[entity].get((before, event)) != after
    ]
    return Checked("steps, all of them listed", rows.count(), findings)


def nothing_is_stuck() -> Checked:
    """I13: nothing waits beyond its limit."""
    at, slack = now(), dt.timedelta(hours=1)
    late = PreOrder.objects.filter(state=O.RESERVED, reserved_until__lt=at - slack)
    findings = [f"{order.number} is still reserved" for order in late]
    since = at - terms.UNKNOWN_BLOCKS - slack
    unknown = Attempt.objects.filter(state=A.UNKNOWN, unknown_since__lt=since)
    findings += [f"attempt {row.pk} has had no answer for a day" for row in unknown]
    manual = RefundObligation.objects.filter(state=RefundObligation.State.MANUAL)
    findings += [f"refund {row.cause} needs the operator" for row in manual]
    count = PreOrder.objects.filter(state=O.RESERVED).count() + unknown.count()
    return Checked("reservations and payments within their limits", count, findings)
