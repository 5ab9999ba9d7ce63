"""Variants that were given up: nobody is left in one."""

from core.verify import Checked
from presale import states
from presale.models import PreOrder, PreOrderLine, Variant


def variants_decided() -> Checked:
    """I17: no order that is due or paid is in a variant that is not made, or waits without end."""
    lines = PreOrderLine.objects.filter(order__state__in=states.COUNTED).select_related("order")
    in_vain = lines.exclude(order__state=PreOrder.State.DEPOSITED).exclude(
        variant__fate=Variant.Fate.MADE
    )
    findings = [f"{line.order.number} is in a variant that is not made" for line in in_vain]
    waiting = lines.filter(order__missed=PreOrder.IfMissed.WAIT).exclude(
        variant__fate=Variant.Fate.ASKED
    )
    findings += [f"{line.order.number} waits for no decision" for line in waiting]
    given_up = Variant.objects.exclude(fate=Variant.Fate.MADE).filter(minimum=None)
    findings += [f"{row.sku} is given up without a minimum" for row in given_up]
    return Checked(
        "variants with a minimum of their own",
        Variant.objects.exclude(minimum=None).count(),
        findings,
    )
