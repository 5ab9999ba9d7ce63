"""What has ended holds no money, and what is to go back is promised."""

from collections import defaultdict

from django.db.models import Sum

from core.verify import Checked
from presale import queries, states
from presale.models import Attempt, Campaign, LedgerEntry, PreOrder, RefundObligation

O = PreOrder.State  # noqa: E741


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


def _taken_by_banks(order: PreOrder) -> int:
    """What lost disputes took of the money held for the order."""
    taken = LedgerEntry.objects.filter(
        account=f"liab:order:{order.pk}", tx__cause__startswith="dispute-lost:"
    )
    return taken.aggregate(total=Sum("amount_minor"))["total"] or 0


def _balances(prefix: str) -> dict[str, int]:
    rows = LedgerEntry.objects.filter(account__startswith=prefix).values("account")
    totals = rows.annotate(total=Sum("amount_minor")).values_list("account", "total")
    return defaultdict(int, dict(totals))


def ended_campaigns_repay() -> Checked:
    """I9: in a failed or cancelled campaign everything paid has gone back or is promised."""
    findings = []
    rows = Campaign.objects.filter(state__in=states.ENDED_CAMPAIGNS)
    orders = PreOrder.objects.filter(campaign__in=rows, state__in=states.FINAL_ORDERS)
    for order in orders.exclude(state=O.DEFAULTED):
        promised = order.refund_obligations.aggregate(total=Sum("amount_minor"))["total"] or 0
        paid = queries.paid(order) - _taken_by_banks(order)
        if promised != paid:
            findings.append(f"{order.number}: paid {paid}, promised back {promised}")
    return Checked("orders of ended campaigns repaid", orders.count(), findings)
