"""The invariants of the money, as read-only checks for `manage.py verify` and for every test.

The numbers are those of the list in docs/money.md.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Count, F, Q, Sum

from core import verify
from core.clock import now
from core.models import StateLog
from core.verify import Checked
from presale import pricing, providers, queries, states, terms, triggers
from presale.models import (
    Attempt,
    Campaign,
    InboundEvent,
    LedgerEntry,
    LedgerTx,
    Obligation,
    PersonLimit,
    PreOrder,
    PreOrderLine,
    PriceStep,
    RefundAttempt,
    RefundObligation,
    Variant,
)
from presale.providers.base import Misconfigured, ProviderError

O, A = PreOrder.State, Attempt.State  # noqa: E741
GONE = ["pending", "succeeded"]


def register() -> None:
    """Hand the checks to `manage.py verify`; from `AppConfig.ready`."""
    for check in CHECKS:
        verify.register(f"presale.{check.__name__.replace('_', '-')}", check)


def ledger_guarded() -> Checked:
    """The triggers that keep the books are in place."""
    findings = [f"trigger {name} is missing" for name in triggers.GUARD.missing()]
    return Checked("triggers of the ledger in place", len(triggers.GUARD.wanted()), findings)


def ledger_balanced() -> Checked:
    """I1: every posting is sealed and sums to zero per currency."""
    rows = LedgerEntry.objects.values("tx__cause", "currency").annotate(total=Sum("amount_minor"))
    uneven = rows.exclude(total=0)
    open_ones = LedgerTx.objects.filter(is_sealed=False).values_list("cause", flat=True)
    findings = [f"{row['tx__cause']} sums to {row['total']} {row['currency']}" for row in uneven]
    findings += [f"{cause} is not sealed" for cause in open_ones]
    return Checked("postings, each sealed and summing to zero", LedgerTx.objects.count(), findings)


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
        if kind in ("charge", "unmatched"):
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


def paid_once() -> Checked:
    """I3, I6: a satisfied obligation has exactly one succeeded attempt of the same amount."""
    paid = Count("attempts", filter=Q(attempts__state=A.SUCCEEDED))
    same = Count(
        "attempts",
        filter=Q(
            attempts__state=A.SUCCEEDED,
            attempts__amount_minor=F("amount_minor"),
            attempts__currency=F("currency"),
        ),
    )
    rows = Obligation.objects.annotate(paid=paid, same=same)
    satisfied = Obligation.State.SATISFIED
    wrong = rows.filter(Q(state=satisfied) & ~(Q(paid=1) & Q(same=1))) | rows.filter(
        ~Q(state=satisfied) & Q(paid__gt=0)
    )
    findings = [f"obligation {row.pk} is {row.state} with {row.paid} payments" for row in wrong]
    causes = set(
        LedgerTx.objects.filter(cause__startswith="charge:").values_list("cause", flat=True)
    )
    for ref in Attempt.objects.filter(state=A.SUCCEEDED).values_list("charge_ref", flat=True):
        if f"charge:{ref}" not in causes:
            findings.append(f"payment {ref} is not in the books")
    return Checked("obligations, paid at most once", Obligation.objects.count(), findings)


def refunds_within_charges() -> Checked:
    """I4: what went back never exceeds what came in, per charge and per order."""
    rows = Attempt.objects.filter(state=A.SUCCEEDED).annotate(
        back=Sum("refunds__amount_minor", filter=~Q(refunds__state="failed"))
    )
    findings = [
        f"charge {row.charge_ref}: {row.back} back of {row.amount_minor}"
        for row in rows.filter(back__gt=F("amount_minor"))
    ]
    promises = RefundObligation.objects.annotate(
        back=Sum("attempts__amount_minor", filter=~Q(attempts__state="failed"))
    )
    findings += [
        f"refund {row.cause}: {row.back} sent of {row.amount_minor}"
        for row in promises.filter(back__gt=F("amount_minor"))
    ]
    done = promises.filter(state=RefundObligation.State.DONE).exclude(back=F("amount_minor"))
    findings += [f"refund {row.cause} is done with {row.back}" for row in done]
    return Checked("charges, none refunded beyond itself", rows.count(), findings)


def places() -> Checked:
    """I5: places taken equal the lines of orders that hold them, within quota and limit."""
    findings = []
    holding = Sum("lines__quantity", filter=Q(lines__order__state__in=states.HOLDING))
    variants = Variant.objects.annotate(held=holding)
    for row in variants:
        if row.taken != (row.held or 0) or (row.quota is not None and row.taken > row.quota):
            findings.append(f"{row.sku}: taken {row.taken}, held {row.held or 0} of {row.quota}")
    lines = PreOrderLine.objects.filter(order__state__in=states.HOLDING)
    by_person = {
        (row["order__campaign"], row["order__person"]): row["units"]
        for row in lines.values("order__campaign", "order__person").annotate(units=Sum("quantity"))
    }
    for limit in PersonLimit.objects.select_related("campaign"):
        held = by_person.pop((limit.campaign_id, limit.person), 0)
        if limit.taken != held or held > limit.campaign.person_limit:
            findings.append(f"person {limit.person[:8]}: counted {limit.taken}, held {held}")
    findings += [f"person {person[:8]} is not counted" for _campaign, person in by_person]
    counted = Sum("orders__lines__quantity", filter=Q(orders__state__in=states.COUNTED))
    for campaign in Campaign.objects.annotate(counted=counted):
        if campaign.units != (campaign.counted or 0):
            findings.append(
                f"campaign {campaign.pk}: {campaign.units} units, {campaign.counted} in orders"
            )
    return Checked("variants, persons and campaigns counted", variants.count(), findings)


def ended_orders_owe_nothing() -> Checked:
    """I7, I10: an ended order holds no money and no open payment; what it owes back is promised."""
    findings = []
    ended = PreOrder.objects.filter(state__in=states.FINAL_ORDERS)
    balances = _balances("liab:")
    for order in ended:
        held = -balances[f"liab:order:{order.pk}"]
        owed = -balances[f"liab:refund:{order.pk}"]
        open_ = order.refund_obligations.exclude(state=RefundObligation.State.DONE).exists()
        if held:
            findings.append(f"{order.number} is {order.state} and we hold {held}")
        if owed and not open_:
            findings.append(f"{order.number}: {owed} to go back without an open refund")
    live = Attempt.objects.filter(
        state__in=states.LIVE_ATTEMPTS, obligation__order__state__in=states.FINAL_ORDERS
    )
    findings += [f"attempt {row.pk} of an ended order may still be paid" for row in live]
    negative = [name for name, total in balances.items() if total > 0 and ":tax:" not in name]
    findings += [f"{name} has paid out more than it had" for name in negative]
    return Checked("ended orders without money or open payments", ended.count(), findings)


def _balances(prefix: str) -> dict[str, int]:
    rows = LedgerEntry.objects.filter(account__startswith=prefix).values("account")
    totals = rows.annotate(total=Sum("amount_minor")).values_list("account", "total")
    return defaultdict(int, dict(totals))


def prices_kept() -> Checked:
    """I8: nobody pays more than was shown; all orders of a campaign have one final price."""
    findings = []
    orders = PreOrder.objects.exclude(final_unit_minor=None).select_related("campaign")
    for order in orders:
        if order.final_unit_minor != order.campaign.final_unit_minor:
            findings.append(f"{order.number} has a price of its own")
    for order in PreOrder.objects.filter(state__in=states.COUNTED).select_related("campaign"):
        shown = pricing.quote(
            queries.lines_of(order), order.unit_shown_minor, order.shipping_minor,
            order.campaign.deposit_minor, order.campaign.deposit_worth_bp,
        )  # fmt: skip
        asked = order.obligations.exclude(state=Obligation.State.VOID)
        total = asked.aggregate(total=Sum("amount_minor"))["total"] or 0
        if total > shown.total_minor:
            findings.append(f"{order.number} is asked for {total}, was shown {shown.total_minor}")
    steps = {step.campaign_id for step in PriceStep.objects.all()}
    for campaign in Campaign.objects.exclude(final_unit_minor=None).filter(pk__in=steps):
        ceiling = pricing.unit_now(
            queries.steps_of(campaign), campaign.final_units or 0, campaign.reached_unit_minor
        )
        if (campaign.final_unit_minor or 0) > ceiling:
            findings.append(f"campaign {campaign.pk} ended above its ladder")
    return Checked("orders at or below the price they were shown", orders.count(), findings)


def ended_campaigns_repay() -> Checked:
    """I9: in a failed or cancelled campaign everything paid has gone back or is promised."""
    findings = []
    rows = Campaign.objects.filter(state__in=states.ENDED_CAMPAIGNS)
    orders = PreOrder.objects.filter(campaign__in=rows, state__in=states.FINAL_ORDERS)
    for order in orders.exclude(state=O.DEFAULTED):
        promised = order.refund_obligations.aggregate(total=Sum("amount_minor"))["total"] or 0
        paid = queries.paid(order)
        if promised != paid:
            findings.append(f"{order.number}: paid {paid}, promised back {promised}")
    return Checked("orders of ended campaigns repaid", orders.count(), findings)


def order_matches_books() -> Checked:
    """M3: an order's state is what its payments say."""
    findings = []
    needs: dict[str, Sequence[str]] = {
        "deposit": [*states.COUNTED, O.DEFAULTED, O.RETURNED],
        "balance": states.FULLY_PAID,
    }
    for kind, wanted in needs.items():
        paid = Obligation.objects.filter(kind=kind, state=Obligation.State.SATISFIED)
        rows = PreOrder.objects.filter(state__in=wanted)
        if kind == "balance":
            rows = rows.filter(obligations__kind=kind).exclude(
                obligations__in=Obligation.objects.filter(kind=kind, state="void")
            )
        missing = rows.exclude(pk__in=paid.values("order_id"))
        findings += [f"{order.number} is {order.state} without its {kind}" for order in missing]
    return Checked("orders whose state equals their payments", PreOrder.objects.count(), findings)


def steps_are_listed() -> Checked:
    """I12: every step ever taken by the pre-sale is in the tables."""
    tables = {
        "presale.campaign": states.CAMPAIGN_MOVES,
        "presale.preorder": states.ORDER_MOVES,
        "presale.attempt": states.ATTEMPT_MOVES,
        "presale.obligation": states.OBLIGATION_MOVES,
        "presale.refundattempt": states.REFUND_MOVES,
        "presale.refundobligation": states.PROMISE_MOVES,
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


CHECKS = [
    ledger_guarded,
    ledger_balanced,
    provider_agrees,
    paid_once,
    refunds_within_charges,
    places,
    ended_orders_owe_nothing,
    prices_kept,
    ended_campaigns_repay,
    order_matches_books,
    steps_are_listed,
    nothing_is_stuck,
]


def findings(*, but: tuple[str, ...] = ()) -> Iterator[str]:
    """Everything that is wrong, in sentences; `but` leaves checks out by name."""
    for check in CHECKS:
        if check.__name__ not in but:
            yield from (f"{check.__name__}: {text}" for text in check().findings)
