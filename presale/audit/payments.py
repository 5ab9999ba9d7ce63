"""Payments and refunds: each debt paid once, nothing sent back twice, states as paid."""

from collections.abc import Sequence

from django.db.models import Count, F, Q, Sum

from core.verify import Checked
from presale import states
from presale.models import Attempt, LedgerTx, Obligation, PreOrder, RefundObligation

O, A = PreOrder.State, Attempt.State  # noqa: E741


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
    done = promises.filter(state=RefundObligation.State.DONE)
    findings += [
        f"refund {row.cause} is done with {row.back}"
        for row in done
        if (row.back or 0) + row.covered_minor != row.amount_minor
    ]
    return Checked("charges, none refunded beyond itself", rows.count(), findings)


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
