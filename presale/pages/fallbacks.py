"""What happens to an order if its variant misses its own minimum, in words."""

from django.utils.translation import gettext as _

from presale.models import PreOrder, Variant

If = PreOrder.IfMissed


def fallback_words(variant: Variant, if_missed: str, other_variant_id: int | None) -> str:
    """The sentence a buyer reads before the deposit and on the order's page; "" without one."""
    if variant.minimum is None:
        return ""
    figures = {"label": variant.label, "n": variant.minimum}
    if if_missed == If.MOVE and other_variant_id:
        figures["other"] = Variant.objects.get(pk=other_variant_id).label
        return (
            _(
                "%(label)s is made from %(n)s units on. If fewer are ordered you get %(other)s, or "
                "everything comes back."
            )
            % figures
        )
    if if_missed == If.WAIT:
        return (
            _(
                "%(label)s is made from %(n)s units on. If fewer are ordered the brand decides "
                "within 48 hours: it is made anyway, or everything comes back."
            )
            % figures
        )
    return (
        _("%(label)s is made from %(n)s units on. If fewer are ordered everything comes back.")
        % figures
    )


def fallback_of(order: PreOrder) -> str:
    """The sentence for an order, while it can still happen."""
    line = order.lines.select_related("variant").first()
    if order.state not in (PreOrder.State.RESERVED, PreOrder.State.DEPOSITED) or line is None:
        return ""
    return fallback_words(line.variant, order.if_missed, order.other_variant_id)
